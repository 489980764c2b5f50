"""`OC1:`, the combined code. docs/formats.md has the CDDL and the reasons for it.

An adapter (docs/adapters.md): the structure is read here; whose signatures these are is found out
in gate/verifier.py.
"""

import hashlib

from ..refusal import Refusal
from . import base45
from .cbor import Reader, decode
from .claims import Fields, read_claims
from .cose import read_sign1, signature_hash

MAX_BODY = 1536  # bytes
MAX_HOLDER = 96
MAX_STATEMENTS = 8
MAX_PAYLOAD = 1024
TAG = 2  # bytes of a digest that say, where a signature is wrong, what it was made for

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


def read(text, start):
    """Read a code's structure. text: bytes-like; start: where its prefix ends.

    Raises Refusal of the stages base45, cbor and cose.
    """
    data = base45.decode(text, start)
    if len(data) > MAX_BODY:
        raise Refusal("code_too_long")
    return Code(memoryview(data))


class Code:
    """A code: whom it is about, what issuers say, perhaps a proof of presence."""

    hcert = None

    def __init__(self, data):
        reader = Reader(data, wrong="cose_invalid")
        parts = reader.array(2, 3)
        start = reader.position
        self._holder = reader.bytes(1, MAX_HOLDER)
        aad = b"OC1S" + self._holder
        tag = hashlib.sha256(self._holder).digest()[:TAG]
        self.statements = []
        for _ in range(reader.array(1, MAX_STATEMENTS)):
            self.statements.append(Statement(read_sign1(reader, MAX_PAYLOAD), aad, tag))
        end = reader.position
        self.proof = None
        if parts == 3:
            sign1 = read_sign1(reader, MAX_PAYLOAD)
            digest = hashlib.sha256(data[start:end]).digest()
            self.proof = Proof(sign1, b"OC1P" + digest, digest[:TAG])
        reader.finish()
        self.subject = None  # bytes, once every issuer's signature over it has been found right

    def open(self):
        """Read the holder block. Raises Refusal: claims_invalid and cbor's."""
        holder = Holder(self._holder)
        self.subject = holder.subject
        if self.proof is not None:
            self.proof.key = holder.key


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
    """What one issuer says, signed over the holder block too.

    Once open: expires, not_before, issued: Unix seconds; cti: bytes or None.
    """

    said_issuer = None  # a name in the code never stands for the key's owner; it must be the same

    def __init__(self, sign1, aad, tag):
        self._sign1 = sign1
        self._aad = aad
        self._tag = tag
        self.alg = sign1.alg
        self.kid = sign1.kid
        self.signature = sign1.signature

    def signed(self):
        """What the signature is over."""
        return self._sign1.signed(self._aad)

    def why_invalid(self):
        """Why no key made this signature, if what is said of that can be believed; else None."""
        return "statement_other_holder" if _is_for_other(self._sign1, self._tag) else None

    def open(self):
        """Read what was signed. Raises Refusal: claims_invalid and cbor's."""
        fields = _fields(self._sign1.payload)
        if not _is_for(fields, self._tag):
            raise Refusal("statement_other_holder")
        self._name = fields.optional(ISS)
        if self._name is not None and not isinstance(self._name, str):
            raise Refusal("claims_invalid")
        self.expires = fields.number(EXP, 0, LATEST)
        self.not_before = fields.number(NBF, 0, LATEST) if fields.has(NBF) else 0
        self.issued = fields.number(IAT, 0, LATEST)
        cti = fields.optional(CTI)
        self.cti = None if cti is None else _string(cti, 4, 16)
        self._claims = fields.take(CLAIM_SET)
        fields.finish()

    def is_by(self, issuer):
        """Whether the code names no other issuer than the key's owner."""
        return self._name is None or self._name == issuer.name

    def revocation_hashes(self, issuer):
        """By cti and its issuer's key, or by the signature where there is no cti: 16 bytes.

        The key is the whole one: somebody else may have a key with the same id, and a name in
        the trust list may change. The length keeps cti and key apart.
        """
        if self.cti is None:
            return (signature_hash(self.alg, self.signature),)
        whose = b"OC1R" + bytes([len(self.cti)]) + self.cti
        return (hashlib.sha256(whose + bytes(issuer.key)).digest()[:16],)

    def claims(self, issuer, values):
        """{kind: [claim]}. Raises Refusal('claims_invalid')."""
        return read_claims(self._claims, self.issued, issuer.name)


class Proof:
    """The holder's signature of now. at: Unix seconds. gate: the gate's id it is for, or None."""

    def __init__(self, sign1, aad, tag):
        self._sign1 = sign1
        self._aad = aad
        self._tag = tag
        self.alg = sign1.alg if sign1.kid is None else None  # the key is the holder block's
        self.signature = sign1.signature
        self.key = None  # (x, y odd), or None where the issuers signed no key

    def signed(self):
        """What the signature is over: everything else in the code."""
        return self._sign1.signed(self._aad)

    def why_invalid(self):
        """As for a statement."""
        return "proof_other_claims" if _is_for_other(self._sign1, self._tag) else None

    def open(self):
        """Read what was signed. Raises Refusal: claims_invalid, proof_other_claims and cbor's."""
        fields = _fields(self._sign1.payload)
        if not _is_for(fields, self._tag):
            raise Refusal("proof_other_claims")
        self.gate = fields.optional(AUD)
        if self.gate is not None and not (isinstance(self.gate, str) and 1 <= len(self.gate) <= 32):
            raise Refusal("claims_invalid")
        self.at = fields.number(IAT, 0, LATEST)
        fields.finish()


def _is_for(fields, tag):
    """Whether a payload says that it was made for this, or says nothing of that."""
    return not fields.has(SUB) or fields.take(SUB) == tag


def _is_for_other(sign1, tag):
    """Whether a payload that perhaps nobody signed says that it was made for something else."""
    try:
        return not _is_for(_fields(sign1.payload), tag)
    except Refusal:
        return False


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
