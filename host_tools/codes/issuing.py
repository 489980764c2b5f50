"""From a person's file and the keys it names to signed statements, and to the text of a code.

Whoever makes statements for a phone needs its public key and subject only, never its private key:

    person = read_person(yaml_file.load(path), times.now())   # its subject may be left out
    enrolment = enrol(person, x, y, subject, private_keys(store, None), "national")

x and y: the two coordinates of the phone's P-256 key, 32 bytes each (WebCrypto's raw export is
04 || x || y). The phone keeps `enrolment.holder` and `enrolment.statements` and composes codes of
them (docs/formats.md): body = [holder, [statements], ? proof]. The payload of its proof is
{2: the first two bytes of the digest in the external_aad, 6: now}, with 3: the gate's id if it is
for one gate alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

import cbor2

from host_tools.cbor import encode
from host_tools.codes import oc1
from host_tools.codes.person import MAX_EACH, ClaimSet, Person
from host_tools.keys.private import PrivateKey
from host_tools.keys.public import PublicKey
from host_tools.names import ES256
from host_tools.problems import Failure

FindPrivate = Callable[[str], PrivateKey]
FindPublic = Callable[[str], PublicKey]

_NO_ISSUER = "no issuer is named; use --key, or 'issuer:' in the file"


@dataclass(frozen=True)
class Shown:
    """How a code is to be shown: with a proof made at a time, perhaps for one gate."""

    at: int
    gate: str | None = None


@dataclass(frozen=True)
class Issued:
    """A statement about a holder, signed. issuer: the name its key was found by. data: the
    COSE_Sign1 in CBOR, as it stands in a code."""

    issuer: str
    data: bytes


@dataclass(frozen=True)
class Enrolment:
    """What a phone is given. holder: the encoded holder block, without the head of its byte
    string. statements: in the order in which they stand in a code."""

    holder: bytes
    statements: tuple[Issued, ...]


def enrol(
    person: Person,
    x: bytes,
    y: bytes,
    subject: bytes,
    find_private: FindPrivate,
    default_issuer: str | None = None,
) -> Enrolment:
    """Sign all that a person's file says, for the phone that has the key (x, y).

    subject: 8 to 16 bytes, the phone's pseudonym. find_private: the private key of an issuer by
    the name in the file. Raises KeyFormError (a ValueError) if (x, y) is no point of P-256, and
    Failure for what else is wrong.
    """
    key = PublicKey(ES256, x + y)
    key.native()
    holder = oc1.holder_block(subject, key)
    return Enrolment(holder, tuple(statements(person, holder, find_private, default_issuer)))


def statements(
    person: Person,
    holder: bytes,
    find_private: FindPrivate,
    default_issuer: str | None = None,
    only: str | None = None,
) -> list[Issued]:
    """What a person's file says, signed about a holder block; only: by this issuer alone."""
    return [
        Issued(name, encode(oc1.statement(said, holder)))
        for name, said in _said(person, find_private, default_issuer, only)
    ]


def issue_for(
    person: Person,
    holder: bytes,
    find_private: FindPrivate,
    default_issuer: str | None = None,
    only: str | None = None,
) -> str:
    """The same statements as the text of a code, for the phone whose holder block this is.

    A file that names a subject is about that person and nobody else.
    """
    subject = cbor2.loads(holder)[2]
    if person.subject not in (None, subject):
        raise Failure(
            f"the file is about {person.subject.hex()}, the request is by the phone of "
            f"{subject.hex()}; leave out 'subject', or make the phone with --subject"
        )
    made = statements(person, holder, find_private, default_issuer, only)
    return oc1.to_text([holder, [cbor2.loads(one.data) for one in made]])


def issue(
    person: Person,
    find_private: FindPrivate,
    find_public: FindPublic,
    default_issuer: str | None = None,
    shown: Shown | None = None,
    only: str | None = None,
) -> str:
    """The text of the code for a person. Keys are found by the names in the file; only: what this
    issuer says and nobody else."""
    if person.subject is None:
        raise Failure(
            "'subject' is missing: 8 to 16 random bytes in hexadecimal that stand for this person, "
            f"for example {secrets.token_hex(8)}"
        )
    said = [one for _, one in _said(person, find_private, default_issuer, only)]
    holder_key = find_public(person.holder) if person.holder else None
    proof = None
    if shown is not None:
        if person.holder is None:
            raise Failure("a proof needs the holder's key; use --holder, or 'holder:' in the file")
        proof = oc1.Proof(find_private(person.holder), shown.at, shown.gate)
    return oc1.issue(person.subject, said, holder_key, proof)


def _said(
    person: Person,
    find_private: FindPrivate,
    default_issuer: str | None,
    only: str | None = None,
) -> list[tuple[str, oc1.Said]]:
    speakers = _claims_by_issuer(person, default_issuer)
    if only is not None:
        if only not in speakers:
            raise Failure(
                f"the file has nothing for {only} to say; in it speak {', '.join(sorted(speakers))}"
            )
        speakers = {only: speakers[only]}
    times = person.issued, person.expires, person.not_before
    return [
        (name, oc1.Said(find_private(name), claims, *times, person.cti))
        for name, claims in speakers.items()
    ]


def _claims_by_issuer(person: Person, default_issuer: str | None) -> dict[str, ClaimSet]:
    """Who says what: one statement an issuer, also if it is named once and once the default."""
    speakers: dict[str, ClaimSet] = {}
    for statement in person.statements:
        name = statement.issuer or default_issuer
        if name is None:
            raise Failure(_NO_ISSUER)
        claims = speakers.setdefault(name, {})
        for kind, said in statement.claims.items():
            claims[kind] = [*claims.get(kind, []), *said]
            if len(claims[kind]) > MAX_EACH:
                raise Failure(f"{name} may make at most {MAX_EACH} claims of one kind")
    return speakers
