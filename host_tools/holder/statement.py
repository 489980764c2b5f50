"""One issuer's statement as a phone keeps it: what it says, for whom, until when.

Reading is not verifying: `host_tools.holder.checking` asks the firmware for that.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import cbor2

from host_tools import firmware
from host_tools.cbor import encode
from host_tools.codes.oc1 import TAG
from host_tools.problems import Failure

assert firmware.FIRMWARE.is_dir()
from gate.codec.claims import read_claims  # noqa: E402 - the firmware is on the path only now
from gate.refusal import Refusal  # noqa: E402

_CLAIM_SET = -65537
_LATEST = 0xFFFFFFFF

Claims = dict[str, list[dict[str, Any]]]  # as docs/architecture.md has them


@dataclass(frozen=True)
class Statement:
    """data: the COSE_Sign1 in CBOR. issuer: its name, as far as the phone was told; perhaps ''.
    times: Unix seconds."""

    data: bytes
    issuer: str
    kid: bytes
    alg: int
    issued: int
    expires: int
    not_before: int
    tag: bytes | None
    claims: Claims

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(self.claims)

    @property
    def begins(self) -> int:
        """From when on it is valid."""
        return max(self.issued, self.not_before)

    @property
    def by(self) -> str:
        """Who made it, for people."""
        return self.issuer or f"key {self.kid.hex()}"

    def is_for(self, holder: bytes) -> bool:
        """Whether it says nothing else than that it was made for this holder block."""
        return self.tag in (None, hashlib.sha256(holder).digest()[:TAG])

    def replaces(self, older: Statement) -> bool:
        """Whether the other need not be kept: same issuer, and all its kinds are here."""
        same_key = (self.kid, self.alg) == (older.kid, older.alg)
        same_name = self.issuer != "" and self.issuer == older.issuer
        return (same_key or same_name) and older.kinds <= self.kinds

    def sign1(self) -> list[object]:
        """As it stands in a code."""
        loaded: list[object] = cbor2.loads(self.data)
        return loaded


def read(data: bytes, issuer: str = "") -> Statement:
    """Read a COSE_Sign1 of an OC1 code. Failure if it is not one that a gate would understand."""
    try:
        protected, unprotected, payload, signature = cbor2.loads(data)
        head, said = cbor2.loads(protected), cbor2.loads(payload)
        kid, alg, tag = head[4], head[1], said.get(2)
        times = said[6], said[4], said.get(5, 0)
        exact = [protected, {}, payload, signature]
        if unprotected or encode(exact) != data or encode(said) != payload:
            raise ValueError("not in deterministic encoding")
        if not all(type(time) is int and 0 <= time <= _LATEST for time in times):
            raise ValueError("a time is none")
        if not (type(alg) is int and isinstance(kid, bytes) and isinstance(signature, bytes)):
            raise ValueError("the header is malformed")
        if tag is not None and not isinstance(tag, bytes):
            raise ValueError("the tag is malformed")
        claims = read_claims(said[_CLAIM_SET], times[0], issuer)
    except Refusal as refusal:
        raise Failure(f"the statement is malformed ({refusal.reason})") from None
    except Exception as error:  # whatever the bytes are: two libraries, many kinds of error
        raise Failure(f"the statement is malformed ({error or type(error).__name__})") from None
    return Statement(data, issuer, kid, alg, *times, tag, claims)
