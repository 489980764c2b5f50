"""Issuers for one person: what a phone is told when it asks with the ticket it was given.

They are simulated in so far as one process holds all their keys; what they sign is real.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import cbor2

from host_tools import times, yaml_file
from host_tools.codes import issuing, oc1
from host_tools.codes.issuing import FindPrivate
from host_tools.codes.person import read_person
from host_tools.keys.public import KeyFormError, PublicKey, from_jwk
from host_tools.names import ES256
from host_tools.pages.strict import Refused

MAX_PHONES = 100  # that one ticket is good for
TICKET_BYTES = 16
_SUBJECT_BYTES = 8


def new_ticket() -> str:
    """A ticket that nobody guesses."""
    return secrets.token_urlsafe(TICKET_BYTES)


@dataclass
class Enrolment:
    """One person's issuers. names: of issuers as gates call them, by their kid; keys of others are
    called as the person's file calls them. clock: Unix seconds."""

    person: Path
    ticket: str
    find_private: FindPrivate
    default_issuer: str | None = None
    names: Mapping[bytes, str] = field(default_factory=dict)
    clock: Callable[[], int] = times.now
    _subjects: dict[bytes, bytes] = field(default_factory=dict)  # key -> pseudonym
    _lock: Lock = field(default_factory=Lock)

    def enrol(self, ticket: object, jwk: object) -> dict[str, object]:
        """Statements for the phone whose public key is in a JSON Web Key, as the text of a code."""
        given = ticket.encode("utf-8", "surrogatepass") if isinstance(ticket, str) else b""
        if not hmac.compare_digest(given, self.ticket.encode()):
            raise Refused(403, "the ticket is not valid")
        return self.issue(_phone_key(jwk))

    def issue(self, key: PublicKey) -> dict[str, object]:
        """Everything that the person's file says, as of now."""
        now = self.clock()
        person = read_person(yaml_file.load(self.person), now)
        with self._lock:
            if key.raw not in self._subjects and len(self._subjects) >= MAX_PHONES:
                raise Refused(429, "the ticket was used by too many phones")
            own = person.subject or secrets.token_bytes(_SUBJECT_BYTES)
            subject = self._subjects.setdefault(key.raw, own)
        made = issuing.enrol(
            person, key.raw[:32], key.raw[32:], subject, self.find_private, self.default_issuer
        )
        statements = [cbor2.loads(issued.data) for issued in made.statements]
        return {
            "code": oc1.to_text([made.holder, statements]),
            "issuers": {
                _kid(statement).hex(): self.names.get(_kid(statement), issued.issuer)
                for statement, issued in zip(statements, made.statements, strict=True)
            },
            "now": now,
        }


def _kid(statement: list[object]) -> bytes:
    protected = statement[0]
    assert isinstance(protected, bytes)
    kid = cbor2.loads(protected)[4]
    assert isinstance(kid, bytes)
    return kid


def _phone_key(jwk: object) -> PublicKey:
    if not isinstance(jwk, dict):
        raise Refused(400, "the key is missing")
    try:
        key = from_jwk(jwk)
    except KeyFormError as error:
        raise Refused(400, f"the key cannot be used: {error}") from None
    if key.alg != ES256:
        raise Refused(400, f"a phone's key must be ES256, not {key.algorithm}")
    return key
