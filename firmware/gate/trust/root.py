"""The root: operators' keys, how many of them must sign, and whether they did.

Set at provisioning, not by a bundle. Signatures are COSE_Signatures (RFC 9052 4.1 and 4.4).
"""

from micropython import const

from .. import crypto
from ..codec.cbor import Reader
from ..codec.cose import append_bytes
from ..refusal import Refusal

MAX_KEYS = const(8)
AAD = b"OCB1"  # sets signatures of bundles apart from those of codes

_MAX_KID = const(16)
_MIN_KEY = const(32)  # bytes, Ed25519
_MAX_KEY = const(512)  # bytes, RSA with 4096 bits


class Root:
    """threshold: how many. keys: [(kid, alg, key)], all different."""

    def __init__(self, data):
        """data: bytes-like. Raises Refusal('root_invalid')."""
        try:
            self._read(Reader(data, wrong="root_invalid"))
        except Refusal:
            raise Refusal("root_invalid")

    def _read(self, reader):
        reader.array(2, 2)
        self.threshold = reader.uint(MAX_KEYS)
        self.keys = []
        for _ in range(reader.array(1, MAX_KEYS)):
            reader.array(3, 3)
            kid = reader.bytes(1, _MAX_KID)
            alg = reader.int()
            key = reader.bytes(_MIN_KEY, _MAX_KEY)
            if alg not in crypto.ALGORITHMS or key in [other[2] for other in self.keys]:
                raise Refusal("root_invalid")  # one operator must not count twice
            self.keys.append((kid, alg, key))
        reader.finish()
        if not 1 <= self.threshold <= len(self.keys):
            raise Refusal("root_invalid")

    def enough(self, signatures, payload):
        """Say whether at least `threshold` different keys signed the payload.

        signatures: [(protected, kid, alg, signature)].
        """
        signers = []
        for protected, kid, alg, signature in signatures:
            message = None
            for i in range(len(self.keys)):
                its_kid, its_alg, key = self.keys[i]
                if i in signers or its_kid != kid or its_alg != alg:
                    continue
                message = message or to_be_signed(protected, payload)
                if crypto.verify(alg, key, message, signature):
                    signers.append(i)
                    break
        return len(signers) >= self.threshold


def to_be_signed(protected, payload):
    """The Sig_structure of one signature over a bundle's manifest."""
    out = bytearray(b"\x85\x69Signature\x40")
    for part in (protected, AAD, payload):
        append_bytes(out, part)
    return out
