"""The key store: a folder with two files a key, NAME.ROLE.pem (private) and NAME.ROLE.pub.pem.

Private files are created with mode 0600 and never overwritten. The public file lets keys be listed
and shown without a passphrase.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from pathlib import Path

from host_tools import files
from host_tools.keys.private import PassphraseError, PrivateKey, generate, is_encrypted, load_pem
from host_tools.keys.public import KeyFormError, PublicKey, from_spki
from host_tools.names import suggest
from host_tools.problems import Failure

ROLES = ("issuer", "operator", "holder", "device")
DEFAULT_FOLDER = "keys"
ENVIRONMENT = "GATECTL_KEYS"
MAX_NAME = 32  # an issuer's name is its key's, and an entry of a trust list has no room for more

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True)
class StoredKey:
    """One key of a store. `private` is None if only the public half is here."""

    name: str
    role: str
    public: PublicKey
    private: Path | None
    encrypted: bool

    @property
    def exposed(self) -> bool:
        """Whether others than its owner may read the private file."""
        if self.private is None:
            return False
        return bool(self.private.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


class KeyStore:
    """A folder of keys."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def new(
        self, role: str, alg: int, name: str | None = None, passphrase: bytes | None = None
    ) -> StoredKey:
        """Make a key pair. Without a name it is called like its role, with a number if need be."""
        if role not in ROLES:
            raise Failure(f"{role!r} is not a role; roles are {', '.join(ROLES)}")
        if name is None:
            name = self._free_name(role)
        if not _NAME.fullmatch(name) or len(name) > MAX_NAME:
            raise Failure(
                f"{name!r} is not a name for a key: up to {MAX_NAME} small letters, digits, "
                "hyphens and underscores, beginning with a letter or digit"
            )
        if taken := self._files(name):
            raise Failure(
                f"{taken[0]}: there is a key named {name} already; choose another with --name"
            )
        self._make_folder()
        key = generate(alg)
        private, public = (self.folder / f"{name}.{role}.{end}" for end in ("pem", "pub.pem"))
        files.write_new_private(private, key.pem(passphrase))
        files.write_text(public, key.public.pem())
        return StoredKey(name, role, key.public, private, passphrase is not None)

    def everything(self) -> list[StoredKey]:
        """Every key, by name."""
        stems = {path.name.removesuffix(".pem").removesuffix(".pub") for path in self._files("*")}
        return [self._stored(stem) for stem in sorted(stems)]

    def find(self, name: str) -> StoredKey:
        """The key called NAME or NAME.ROLE."""
        for stem in (name, *(f"{name}.{role}" for role in ROLES)):
            role = stem.rpartition(".")[2]
            if role in ROLES and any((self.folder / f"{stem}{end}").exists() for end in _ENDS):
                return self._stored(stem)
        names = [key.name for key in self.everything()]
        there = f"it has {', '.join(names)}" if names else "it is empty"
        raise Failure(
            f"no key named {name!r} in {self.folder} ({there}){suggest(name, names)}; "
            f"make one with: gatectl keys new ROLE --name {name}"
        )

    def _stored(self, stem: str) -> StoredKey:
        name, _, role = stem.rpartition(".")
        private, public = (self.folder / f"{stem}{end}" for end in _ENDS)
        try:
            data = private.read_bytes() if private.exists() else b""
            if public.exists():
                key = from_spki(public.read_bytes())
            else:
                key = load_pem(data).public
        except OSError as error:
            raise Failure(f"{error.filename}: cannot be read: {error.strerror}") from None
        except PassphraseError:
            raise Failure(
                f"{public}: is missing, and {private.name} is encrypted; restore it with: "
                f"openssl pkey -in {private} -pubout -out {public}"
            ) from None
        except KeyFormError as error:
            raise Failure(f"{public if public.exists() else private}: {error}") from None
        return StoredKey(name, role, key, private if data else None, is_encrypted(data))

    def _files(self, name: str) -> list[Path]:
        return [p for role in ROLES for p in sorted(self.folder.glob(f"{name}.{role}*.pem"))]

    def _free_name(self, role: str) -> str:
        number = 1
        while self._files(name := role if number == 1 else f"{role}-{number}"):
            number += 1
        return name

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Failure(f"{self.folder}: cannot be created: {error.strerror}") from None


_ENDS = (".pem", ".pub.pem")


def needs_passphrase(reference: str, store: KeyStore) -> bool:
    """Whether the private key that a NAME of the store or a FILE stands for is encrypted."""
    path = Path(reference)
    if not path.is_file():
        return store.find(reference).encrypted
    try:
        return is_encrypted(path.read_bytes())
    except OSError:
        return False  # whoever loads it says why it cannot be read


def load_private(reference: str, store: KeyStore, passphrase: bytes | None) -> PrivateKey:
    """The private key that a NAME of the store or a FILE in PEM stands for."""
    path = Path(reference)
    if not path.is_file():
        stored = store.find(reference)
        if stored.private is None:
            raise Failure(f"only the public half of {reference} is in {store.folder}")
        path = stored.private
    try:
        return load_pem(path.read_bytes(), passphrase)
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}") from None
    except PassphraseError as error:
        raise Failure(
            f"{path}: {error}; use --passphrase-file FILE or GATECTL_PASSPHRASE"
        ) from None
    except KeyFormError as error:
        raise Failure(f"{path}: {error}") from None


def load_public(reference: str, store: KeyStore) -> PublicKey:
    """The public key that a NAME of the store or a FILE in PEM stands for."""
    path = Path(reference)
    if not path.is_file():
        return store.find(reference).public
    try:
        data = path.read_bytes()
        if b"PRIVATE KEY" in data:
            return load_pem(data).public
        return from_spki(data)
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}") from None
    except (KeyFormError, PassphraseError) as error:
        raise Failure(f"{path}: {error}") from None
