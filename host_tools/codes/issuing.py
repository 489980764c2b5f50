"""From a person's file and the keys it names to the text of a code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from host_tools.codes import oc1
from host_tools.codes.person import Person
from host_tools.keys.private import PrivateKey
from host_tools.keys.public import PublicKey
from host_tools.problems import Failure

FindPrivate = Callable[[str], PrivateKey]
FindPublic = Callable[[str], PublicKey]


@dataclass(frozen=True)
class Shown:
    """How a code is to be shown: with a proof made at a time, perhaps for one gate."""

    at: int
    gate: str | None = None


def issue(
    person: Person,
    find_private: FindPrivate,
    find_public: FindPublic,
    default_issuer: str | None = None,
    shown: Shown | None = None,
) -> str:
    """The text of the code for a person. Keys are found by the names in the file."""
    said = []
    for statement in person.statements:
        name = statement.issuer or default_issuer
        if name is None:
            raise Failure("no issuer is named; use --key, or 'issuer:' in the file")
        said.append(
            oc1.Said(
                find_private(name),
                statement.claims,
                person.issued,
                person.expires,
                person.not_before,
                person.cti,
            )
        )
    holder_key = find_public(person.holder) if person.holder else None
    proof = None
    if shown is not None:
        if person.holder is None:
            raise Failure("a proof needs the holder's key; use --holder, or 'holder:' in the file")
        proof = oc1.Proof(find_private(person.holder), shown.at, shown.gate)
    return oc1.issue(person.subject, said, holder_key, proof)
