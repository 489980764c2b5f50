"""Whether a statement for a phone is what it seems: the firmware says so, of issuers known here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cbor2

from host_tools import times, yaml_file
from host_tools.bundles import trust_file
from host_tools.bundles.entry import TrustEntry, compile_trust
from host_tools.bundles.site import read_site
from host_tools.codes import oc1
from host_tools.codes.reading import read_code
from host_tools.holder import statement
from host_tools.holder.statement import Statement
from host_tools.keys.store import KeyStore, load_public
from host_tools.names import ALL_CLAIMS, FORMATS, LATEST
from host_tools.problems import Failure
from host_tools.verifying.service import Service

# What does not speak against keeping a statement: its key is not known here; it begins later; it
# names its issuer as nobody does here.
_NO_OBJECTION = (None, "issuer_unknown", "code_not_yet_valid", "issuer_mismatch")


@dataclass(frozen=True)
class Checked:
    """A statement that may be kept. note: what its owner should know; perhaps ''."""

    statement: Statement
    note: str


def statements_in(given: str) -> tuple[bytes, list[Statement]]:
    """The holder block and the statements of a code: its text, or a file or picture of it."""
    text = read_code(given).decode("utf-8", "replace").strip()
    try:
        holder, listed = oc1.split_text(text)
        return holder, [statement.read(cbor2.dumps(one)) for one in listed]
    except Failure as failure:
        short = given if len(given) <= 60 else f"{given[:57]}..."
        raise Failure(
            f"{short}: {failure}; issuers answer a request with: gatectl issue PERSON --for REQUEST"
        ) from None


def known_issuers(store: KeyStore, trust: Path | None, site: Path | None) -> list[TrustEntry]:
    """Keys of issuers at hand, the best named ones last: of the key store, a trust file, a site."""
    entries = [
        TrustEntry(
            key.public.kid, key.public.alg, key.public.raw, key.name, 0, LATEST, ALL_CLAIMS,
            formats=FORMATS["OC1"],
        )
        for key in store.everything()
        if key.role == "issuer"
    ]  # fmt: skip
    if trust is not None:
        entries += trust_file.load(trust)
    if site is not None:
        read = read_site(yaml_file.load(site), times.now(), lambda name: load_public(name, store))
        entries += read.issuers
    return list({(entry.kid, entry.alg, entry.key): entry for entry in entries}.values())


def check(
    holder: bytes, said: Iterable[Statement], issuers: Sequence[TrustEntry], now: int
) -> list[Checked]:
    """Each statement with its issuer's name. Failure if one must not be kept."""
    with Service(trust=compile_trust(issuers)) as gate:
        return [_check(holder, one, gate, now) for one in said]


def _check(holder: bytes, one: Statement, gate: Service, now: int) -> Checked:
    answer = gate.verify(oc1.to_text([holder, [one.sign1()]]).encode(), now)
    reason, name = answer["reason"], answer["issuer"] or ""
    if reason not in _NO_OBJECTION:
        who = name or one.by
        raise Failure(f"the statement by {who} is refused: {reason}; ask {who} for a new one")
    note = ""
    if reason == "issuer_unknown":
        note = "not checked: its key is not known here (see --trust and --site)"
    elif reason == "code_not_yet_valid":
        note = f"not valid before {times.rfc3339(one.begins)}"
    return Checked(statement.read(one.data, name), note)
