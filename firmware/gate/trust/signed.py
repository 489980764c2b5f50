"""A payload that several have signed: COSE_Sign (RFC 9052 4.1), as docs/formats.md has it."""

from micropython import const

from ..codec.cbor import Reader
from ..codec.cose import append_bytes
from ..refusal import Refusal

# external_aad: sets signatures of bundles, of roots and of codes apart
BUNDLE = b"OCB1"
ROTATION = b"OCR1"

_TAG = const(98)
_MAX_HEADER = const(32)
_MAX_SIGNATURE = const(512)  # bytes, RSA with 4096 bits
_MAX_KID = const(16)


def read(data, most, signers, wrong):
    """(payload, [(protected, kid, alg, signature)]) of exactly one COSE_Sign.

    data: bytes-like. most: bytes of payload; signers: signatures. Raises Refusal(wrong), and
    nothing has been verified yet.
    """
    try:
        return _read(Reader(data, wrong=wrong), most, signers, wrong)
    except Refusal:
        raise Refusal(wrong)


def _read(reader, most, signers, wrong):
    if not reader.tag(_TAG):
        raise Refusal(wrong)
    reader.array(4, 4)
    reader.bytes(0, 0)
    reader.map(0, 0)
    payload = reader.view(1, most)
    signatures = []
    for _ in range(reader.array(1, signers)):
        reader.array(3, 3)
        protected = reader.view(1, _MAX_HEADER)
        reader.map(0, 0)
        signature = reader.view(1, _MAX_SIGNATURE)
        header = Reader(protected, wrong=wrong)
        header.map(2, 2)
        header.key(1)
        alg = header.int()
        header.key(4)
        kid = header.bytes(1, _MAX_KID)
        header.finish()
        signatures.append((protected, kid, alg, signature))
    reader.finish()
    return payload, signatures


def to_be_signed(protected, aad, payload):
    """The Sig_structure of one signature (RFC 9052 4.4)."""
    out = bytearray(b"\x85\x69Signature\x40")
    for part in (protected, aad, payload):
        append_bytes(out, part)
    return out
