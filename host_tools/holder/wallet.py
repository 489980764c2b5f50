"""A simulated phone: its key, its pseudonym, the statements that issuers made for it, live codes.

A folder a phone, HOLDERS/NAME, for its owner alone (0700): `key.pem`, and `wallet.json` with
everything else (both 0600). wallet.json is replaced whole, under a lock.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from host_tools import files
from host_tools.codes import oc1
from host_tools.holder import request, statement
from host_tools.holder.statement import Statement
from host_tools.keys.private import PrivateKey, generate, load_pem
from host_tools.names import ES256, KINDS, suggest
from host_tools.problems import Failure

DEFAULT_FOLDER = "holders"
ENVIRONMENT = "GATECTL_HOLDERS"
FORMAT = "onecode-holder-1"
MAX_STATEMENTS = 8
SUBJECT = 8  # bytes of a new pseudonym
SKEW = 60  # seconds that an issuer's clock may be ahead; gates allow as much

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_KEY = "key.pem"
_CONTENT = "wallet.json"


@dataclass
class Wallet:
    """One phone. holder: its holder block. statements: at most MAX_STATEMENTS."""

    path: Path
    subject: bytes
    key: PrivateKey
    statements: list[Statement] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def holder(self) -> bytes:
        return oc1.holder_block(self.subject, self.key.public)

    @property
    def request(self) -> str:
        """What an issuer needs."""
        return request.write(self.holder)

    def refuse_others(self, holder: bytes, said: Iterable[Statement]) -> None:
        """Failure unless a code's holder block is this phone's, and each statement is for it."""
        again = f"give the issuer this phone's own: gatectl holder request {self.name}"
        if holder != self.holder:
            who = "another phone of the same person"
            with contextlib.suppress(ValueError):
                if request.subject_of(holder) != self.subject:
                    who = "another person"
            raise Failure(f"this was made for {who}, not for {self.name}; {again}")
        for one in said:
            if not one.is_for(holder):
                raise Failure(
                    f"a statement by {one.by} in it was made for somebody else, or another phone; "
                    f"{again}"
                )

    def add(self, new: Statement) -> list[Statement]:
        """Keep a statement, and give those that it replaces. Failure if there is a newer one."""
        for kept in self.statements:
            newer = (kept.issued, kept.expires) > (new.issued, new.expires)
            if kept.data != new.data and newer and kept.replaces(new):
                raise Failure(f"{self.name} has a newer statement by {kept.by} about the same")
        replaced = [kept for kept in self.statements if new.replaces(kept)]
        rest = [kept for kept in self.statements if kept not in replaced]
        if len(rest) >= MAX_STATEMENTS:
            raise Failure(
                f"{self.name} has {len(rest)} statements already, and a code holds no more; "
                f"take one out: gatectl holder remove {self.name} KIND"
            )
        self.statements = sorted([*rest, new], key=_place)
        return replaced

    def drop(self, kinds: Collection[str]) -> list[Statement]:
        """Take out the statements that speak of these kinds alone, and give them."""
        dropped = [kept for kept in self.statements if kept.kinds <= set(kinds)]
        self.statements = [kept for kept in self.statements if kept not in dropped]
        return dropped

    def to_show(self, now: int, kinds: Collection[str] = ()) -> list[Statement]:
        """The statements that a code shows now: none that has expired or not begun, for one such
        and the whole code is refused; and of some kinds only if those are named."""
        valid = [one for one in self.statements if one.begins - SKEW <= now <= one.expires]
        return [kept for kept in valid if not kinds or kept.kinds & set(kinds)]

    def code(
        self, now: int, gate: str | None = None, kinds: Collection[str] = (), live: bool = True
    ) -> str:
        """The text of a code; live: with this phone's proof of now."""
        shown = self.to_show(now, kinds)
        if not shown:
            raise Failure(self._nothing(kinds))
        missing = set(kinds) - {kind for one in shown for kind in one.kinds}
        if missing:
            raise Failure(
                f"{self.name} has nothing valid about {', '.join(sorted(missing))}; "
                f"see what there is: gatectl holder show {self.name} --once"
            )
        body: list[object] = [self.holder, [one.sign1() for one in shown]]
        if live:
            made = oc1.Proof(self.key, now, gate)
            body.append(oc1.proof(made, self.holder, [one.sign1() for one in shown]))
        return oc1.to_text(body)

    def _nothing(self, kinds: Collection[str]) -> str:
        about = f" about {', '.join(kinds)}" if kinds else ""
        if self.statements:
            return f"nothing that {self.name} has{about} is valid now; ask the issuers anew: " + (
                f"gatectl holder request {self.name}"
            )
        return (
            f"{self.name} has no statements yet: give issuers its request "
            f"(gatectl holder request {self.name} -o FILE), they answer with gatectl issue PERSON "
            f"--for FILE, and gatectl holder add {self.name} FILE keeps that"
        )


class Wallets:
    """A folder of phones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def new(self, name: str, subject: bytes | None = None) -> Wallet:
        """A new phone with a new key. subject: 8 to 16 bytes; default: random ones."""
        if not _NAME.fullmatch(name):
            raise Failure(
                f"{name!r} is not a name for a phone: up to 32 small letters, digits, hyphens and "
                "underscores, beginning with a letter or digit"
            )
        path = self.folder / name
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.mkdir(mode=0o700)
        except FileExistsError:
            raise Failure(
                f"{path}: there is a phone of this name already; choose another, or see it: "
                f"gatectl holder show {name} --once"
            ) from None
        except OSError as error:
            raise Failure(f"{path}: cannot be created: {error.strerror}") from None
        key = generate(ES256)
        files.write_new_private(path / _KEY, key.pem())
        wallet = Wallet(path, subject or secrets.token_bytes(SUBJECT), key)
        _save(wallet)
        return wallet

    def names(self) -> list[str]:
        return sorted(path.parent.name for path in self.folder.glob(f"*/{_CONTENT}"))

    def open(self, name: str) -> Wallet:
        """The phone called NAME."""
        path = self.folder / name
        if not _NAME.fullmatch(name) or not (path / _CONTENT).is_file():
            names = self.names()
            there = f"it has {', '.join(names)}" if names else "it has none"
            raise Failure(
                f"no phone named {name!r} in {self.folder} ({there}){suggest(name, names)}; "
                f"make one with: gatectl holder new {name}"
            )
        return _load(path)

    @contextlib.contextmanager
    def changing(self, name: str) -> Iterator[Wallet]:
        """The phone, to be changed: nobody else changes it meanwhile, and it is saved at the end
        unless there was an error."""
        self.open(name)  # says what is wrong before a lock is taken
        handle = os.open(self.folder / name, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            wallet = self.open(name)
            yield wallet
            _save(wallet)
        finally:
            os.close(handle)

    def remove(self, name: str) -> None:
        """Forget a phone with its key and everything it keeps."""
        wallet = self.open(name)
        try:
            (wallet.path / _CONTENT).unlink()  # without it the rest is no phone any more
            shutil.rmtree(wallet.path)
        except OSError as error:
            raise Failure(f"{wallet.path}: cannot be removed: {error.strerror}") from None


def _place(one: Statement) -> tuple[int, str, bytes]:
    """Statements stand in the order of what they are about."""
    return min(KINDS[kind] for kind in one.kinds), one.issuer, one.kid


def _save(wallet: Wallet) -> None:
    document = {
        "format": FORMAT,
        "subject": wallet.subject.hex(),
        "statements": [
            {"issuer": kept.issuer, "statement": base64.b64encode(kept.data).decode()}
            for kept in wallet.statements
        ],
    }
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    files.write_bytes(wallet.path / _CONTENT, text.encode(), mode=0o600)


def _load(path: Path) -> Wallet:
    content = path / _CONTENT
    try:
        document = json.loads(content.read_bytes())
        key = load_pem((path / _KEY).read_bytes())
        if document["format"] != FORMAT:
            raise ValueError(f"its format is {document['format']!r}, not {FORMAT!r}")
        kept = [
            statement.read(base64.b64decode(one["statement"]), str(one["issuer"]))
            for one in document["statements"]
        ]
        return Wallet(path, bytes.fromhex(document["subject"]), key, kept)
    except OSError as error:
        raise Failure(f"{error.filename}: cannot be read: {error.strerror}") from None
    except (ValueError, LookupError, TypeError, Failure) as error:
        raise Failure(
            f"{path}: damaged: {error}; remove the folder, and make the phone anew with: "
            f"gatectl holder new {path.name}"
        ) from None
