"""The root: operators' keys, how many of them must sign, and whether they did.

Set at provisioning; afterwards only a *rotation* replaces it: the next root, signed by enough keys
of the old one and by enough of its own, so that neither a thief of the new keys nor a mistake in
them takes a terminal over.
"""

from micropython import const

from .. import crypto
from ..codec.cbor import Reader
from ..refusal import Refusal
from .signed import ROTATION, read, to_be_signed

MAX_KEYS = const(8)
MAX_ROOT = const(4608)  # bytes; eight RSA keys with 4096 bits
MAX_ROTATION = const(14336)  # and sixteen signatures by such keys

_MAX_KID = const(16)
_MIN_KEY = const(32)  # bytes, Ed25519
_MAX_KEY = const(512)  # bytes, RSA with 4096 bits
_LATEST = 0xFFFFFFFF


class Root:
    """version: one more with each rotation. threshold: how many. keys: [(kid, alg, key)], all
    different. data: as it was read."""

    def __init__(self, data):
        """data: bytes-like, kept. Raises Refusal('root_invalid')."""
        self.data = data
        try:
            self._read(Reader(data, wrong="root_invalid"))
        except Refusal:
            raise Refusal("root_invalid")

    def _read(self, reader):
        reader.array(3, 3)
        self.version = reader.uint(_LATEST)
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
        if not self.version or not 1 <= self.threshold <= len(self.keys):
            raise Refusal("root_invalid")

    def signers(self, signatures, payload, aad):
        """Which keys (their places in `keys`) have signed the payload; each counts once.

        signatures: those of trust.signed. Every key under a key id is tried.
        """
        found = []
        for protected, kid, alg, signature in signatures:
            message = None
            for i in range(len(self.keys)):
                its_kid, its_alg, key = self.keys[i]
                if i in found or its_kid != kid or its_alg != alg:
                    continue
                message = message or to_be_signed(protected, aad, payload)
                if crypto.verify(alg, key, message, signature):
                    found.append(i)
                    break
        return found

    def enough(self, signatures, payload, aad):
        """Say whether at least `threshold` different keys signed the payload."""
        return len(self.signers(signatures, payload, aad)) >= self.threshold

    def rotated(self, rotation):
        """The root that follows this one. rotation: bytes-like, a signed root of docs/formats.md.

        A rotation that this root has been through already leaves it as it is. Raises
        Refusal('root_rotation_invalid').
        """
        wrong = "root_rotation_invalid"
        payload, signatures = read(rotation, MAX_ROOT, 2 * MAX_KEYS, wrong)
        try:
            following = Root(bytes(payload))
        except Refusal:
            raise Refusal(wrong)
        if following.version <= self.version:
            return self
        if (
            following.version != self.version + 1
            or not self.enough(signatures, payload, ROTATION)
            or not following.enough(signatures, payload, ROTATION)
        ):
            raise Refusal(wrong)
        return following
