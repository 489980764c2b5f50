"""`OC1:`, the combined code: its envelope. docs/formats.md has the CDDL and the reasons for it.

Only the structure is read here; whose signatures these are is found out in gate/verifier.py.
"""

import hashlib

from ..refusal import Refusal
from .cbor import Reader, decode
from .claims import Fields
from .cose import read_sign1

PREFIX = b"OC1:"
MAX_BODY = 1536  # bytes
MAX_HOLDER = 96
MAX_STATEMENTS = 8
MAX_PAYLOAD = 1024

ISS = 1  # CWT claims, RFC 8392
SUB = 2
AUD = 3
EXP = 4
NBF = 5
IAT = 6
CTI = 7
CNF = 8  # RFC 8747
CLAIM_SET = -65537

LATEST = 0xFFFFFFFF  # Unix seconds


class Body:
    """What the text holds: holder (bytes), statements ([Sign1]), proof (Sign1 or None).

    digest: SHA-256 over the encoded holder and statements, which the proof is over.
    """

    def __init__(self, holder, statements, proof, digest):
        self.holder = holder
        self.statements = statements
        self.proof = proof
        self.digest = digest

    def statement_aad(self):
        """The external_aad of every statement's signature."""
        return b"OC1S" + self.holder

    def proof_aad(self):
        """The external_aad of the holder's signature."""
        return b"OC1P" + self.digest


def read_body(data):
    """Read the body. data: bytes-like. Raises Refusal of the stages cbor and cose."""
    if len(data) > MAX_BODY:
        raise Refusal("code_too_long")
    data = memoryview(data)
    reader = Reader(data, wrong="cose_invalid")
    parts = reader.array(2, 3)
    start = reader.position
    holder = reader.bytes(1, MAX_HOLDER)
    count = reader.array(1, MAX_STATEMENTS)
    statements = []
    for _ in range(count):
        statements.append(read_sign1(reader, MAX_PAYLOAD))
    end = reader.position
    proof = read_sign1(reader, MAX_PAYLOAD) if parts == 3 else None
    reader.finish()
    return Body(holder, statements, proof, hashlib.sha256(data[start:end]).digest())


class Holder:
    """Whom the code is about. subject: 8..16 bytes. key: (x, 32 bytes; y odd, bool) or None."""

    def __init__(self, data):
        """data: the holder block, bytes-like. Raises Refusal('claims_invalid') and cbor's."""
        fields = _fields(data)
        self.subject = _string(fields.take(SUB), 8, 16)
        self.key = None
        confirmation = fields.optional(CNF)
        if confirmation is not None:
            self.key = _cose_key(confirmation)
        fields.finish()


class Statement:
    """What one issuer says. issuer: text or None; expires, not_before, issued: Unix seconds;
    cti: bytes or None; claims: the decoded claim-set, unchecked."""

    def __init__(self, payload):
        """payload: bytes-like. Raises Refusal('claims_invalid') and cbor's."""
        fields = _fields(payload)
        self.issuer = fields.optional(ISS)
        if self.issuer is not None and not isinstance(self.issuer, str):
            raise Refusal("claims_invalid")
        self.expires = fields.number(EXP, 0, LATEST)
        self.not_before = fields.number(NBF, 0, LATEST) if fields.has(NBF) else 0
        self.issued = fields.number(IAT, 0, LATEST)
        cti = fields.optional(CTI)
        self.cti = None if cti is None else _string(cti, 4, 16)
        self.claims = fields.take(CLAIM_SET)
        fields.finish()


class Proof:
    """The holder's signature of now. at: Unix seconds. gate: the gate's id it is for, or None."""

    def __init__(self, payload):
        """payload: bytes-like. Raises Refusal('claims_invalid') and cbor's."""
        fields = _fields(payload)
        self.gate = fields.optional(AUD)
        if self.gate is not None and not (isinstance(self.gate, str) and 1 <= len(self.gate) <= 32):
            raise Refusal("claims_invalid")
        self.at = fields.number(IAT, 0, LATEST)
        fields.finish()


def _fields(data):
    value = decode(data)
    if not isinstance(value, dict):
        raise Refusal("claims_invalid")
    return Fields(value)


def _string(value, low, high):
    if not isinstance(value, bytes) or not low <= len(value) <= high:
        raise Refusal("claims_invalid")
    return value


def _cose_key(confirmation):
    """{1: COSE_Key} with a compressed point of P-256 (RFC 9053 7.1.1)."""
    if not isinstance(confirmation, dict):
        raise Refusal("claims_invalid")
    outer = Fields(confirmation)
    inner = outer.take(1)
    outer.finish()
    if not isinstance(inner, dict):
        raise Refusal("claims_invalid")
    key = Fields(inner)
    key.number(1, 2, 2)  # kty: EC2
    key.number(-1, 1, 1)  # crv: P-256
    x = _string(key.take(-2), 32, 32)
    odd = key.take(-3)
    key.finish()
    if not isinstance(odd, bool):
        raise Refusal("claims_invalid")
    return x, odd
