"""`OC1:`, the combined code: encoded and signed as docs/formats.md has it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import base45
import cbor2

from host_tools.cbor import encode
from host_tools.codes.person import ClaimSet
from host_tools.keys.private import PrivateKey
from host_tools.keys.public import PublicKey
from host_tools.names import ES256
from host_tools.problems import Failure

PREFIX = "OC1:"
MAX_BODY = 1536  # bytes
MAX_GATE = 32  # bytes
TAG = 2  # bytes of a digest that tell what a statement or a proof was made for

_CLAIM_SET = -65537


@dataclass(frozen=True)
class Said:
    """One issuer's statement, to be signed. `kid` and `iss` are only given when not the usual."""

    key: PrivateKey
    claims: ClaimSet
    issued: int
    expires: int
    not_before: int | None = None
    cti: bytes | None = None
    iss: str | None = None
    kid: bytes | None = None


@dataclass(frozen=True)
class Proof:
    """The holder's signature of now, perhaps for one gate only."""

    key: PrivateKey
    at: int
    gate: str | None = None


def holder_block(subject: bytes, key: PublicKey | None = None) -> bytes:
    """Who a code is about, with the key that may prove it."""
    block: dict[int, object] = {2: subject}
    if key is not None:
        if key.alg != ES256:
            raise Failure(f"a holder's key must be ES256, not {key.algorithm}")
        block[8] = {1: {1: 2, -1: 1, -2: key.raw[:32], -3: bool(key.raw[63] & 1)}}
    return encode(block)


def sign1(key: PrivateKey, protected: bytes, aad: bytes, payload: bytes) -> list[object]:
    """A COSE_Sign1 (RFC 9052 4.2 and 4.4), untagged, nothing unprotected."""
    structure = encode(["Signature1", protected, aad, payload])
    return [protected, {}, payload, key.sign(structure)]


def statement(said: Said, holder: bytes) -> list[object]:
    """What one issuer says about a holder, signed."""
    tag = hashlib.sha256(holder).digest()[:TAG]
    claims: dict[int, object] = {2: tag, 4: said.expires, 6: said.issued, _CLAIM_SET: said.claims}
    for label, value in ((1, said.iss), (5, said.not_before), (7, said.cti)):
        if value is not None:
            claims[label] = value
    public = said.key.public
    protected = encode({1: public.alg, 4: said.kid or public.kid})
    return sign1(said.key, protected, b"OC1S" + holder, encode(claims))


def proof(made: Proof, holder: bytes, statements: Sequence[object]) -> list[object]:
    """The holder's signature over everything else in the code."""
    digest = hashlib.sha256(encode(holder) + encode(statements)).digest()
    payload: dict[int, object] = {2: digest[:TAG], 6: made.at}
    if made.gate is not None:
        if not 1 <= len(made.gate.encode()) <= MAX_GATE:
            raise Failure(f"a gate's id has 1 to {MAX_GATE} bytes, not {made.gate!r}")
        payload[3] = made.gate
    protected = encode({1: made.key.public.alg})
    return sign1(made.key, protected, b"OC1P" + digest, encode(payload))


def issue(
    subject: bytes,
    said: Sequence[Said],
    holder_key: PublicKey | None = None,
    shown: Proof | None = None,
) -> str:
    """The text of a code."""
    holder = holder_block(subject, holder_key)
    statements = [statement(one, holder) for one in said]
    body: list[object] = [holder, statements]
    if shown is not None:
        body.append(proof(shown, holder, statements))
    return to_text(body)


def to_text(body: Sequence[object]) -> str:
    """The text of a code body."""
    data = encode(body)
    if len(data) > MAX_BODY:
        raise Failure(
            f"the code would have {len(data)} bytes, {MAX_BODY} are possible; "
            "let fewer issuers speak, or say less"
        )
    text: str = base45.b45encode(data).decode()
    return PREFIX + text


def parse_text(text: str) -> list[object]:
    """The body of a code's text, to add a proof to it. Checks nothing else."""
    if not text.startswith(PREFIX):
        raise Failure(f"the code does not begin with {PREFIX}")
    try:
        body = cbor2.loads(base45.b45decode(text[len(PREFIX) :]))
    except Exception as error:  # two libraries, many kinds of error
        raise Failure(f"the code cannot be read: {error}") from None
    if not isinstance(body, list) or not 2 <= len(body) <= 3:
        raise Failure("the code is not an OC1 code")
    return body


def split_text(text: str) -> tuple[bytes, list[object]]:
    """The holder block and the statements of a code's text, whatever these hold."""
    holder, statements = parse_text(text)[:2]
    if not isinstance(holder, bytes) or not isinstance(statements, list) or not statements:
        raise Failure("the code is not an OC1 code")
    return holder, statements


def with_proof(text: str, shown: Proof) -> str:
    """The same code with a fresh proof in place of an older one."""
    holder, statements = split_text(text)
    return to_text([holder, statements, proof(shown, holder, statements)])
