"""The signed bundle with its parts read: whom a terminal believes, and how it decides."""

import hashlib
from micropython import const

from .policy.rules import Policy
from .refusal import Refusal
from .storage.source import Memory
from .trust.age import refusal, refuses_at, worst
from .trust.issuers import Issuers
from .trust.parts import PARTS, POLICY, RECENT, REVOCATION, TRUST, VALUES
from .trust.versions import versions_of

_CHUNK = const(1024)  # bytes


class Bundle:
    """site, version, issued: of the manifest. issuers: trust.Issuers. policy: Policy.

    revocations: trust.Revocations, or None where the operators keep no list of them. values:
    trust.Values, or None. issued is a floor for the terminal's clock. versions: what to remember
    once it is installed.
    """

    def __init__(self, manifest, find, root=1, checked=()):
        """find(part): a Source of a part's bytes, or None. root: version of the root that signed.
        checked: digests that need not be computed again.

        Raises Refusal: bundle_part_missing, bundle_part_damaged, bundle_format, bundle_invalid,
        trust_invalid, policy_invalid, revocation_invalid.
        """
        check_parts(manifest)
        self.manifest = manifest
        self.site = manifest.site
        self.version = manifest.version
        self.issued = manifest.issued
        self.versions = versions_of(manifest, root)
        self._refuses_at = refuses_at(manifest)
        read = {}
        for name in manifest.order:
            part = manifest.parts[name]
            source = find(part)
            if source is None:
                raise Refusal("bundle_part_missing")
            read[name] = _whole(part, source, PARTS[name][1], part.digest in checked)
        self.issuers = Issuers(read[TRUST])
        self.policy = Policy(read[POLICY])
        self.values = _values(read.get(VALUES))
        self._open = [read[name] for name in read if not PARTS[name][1]]
        self.revocations = None
        if REVOCATION in read or RECENT in read:
            from .trust.revocation import Revocations  # only where there are any

            self.revocations = Revocations(read.get(REVOCATION), read.get(RECENT))

    def close(self):
        """Close the files of the parts that are read by seeks."""
        for source in self._open:
            source.close()

    def age(self, now):
        """The worst state of its parts (trust.age). now: Unix seconds."""
        return worst(self.manifest, now)

    def expired(self, now):
        """The reason why its age refuses everybody, or None."""
        return None if now < self._refuses_at else refusal(self.manifest, now)

    @property
    def until(self):
        """Unix seconds after which this bundle grants nothing, or nothing of it is renewed."""
        return max([part.expires + part.grace for part in self.manifest.parts.values()])


def check_parts(manifest):
    """Refuse a manifest whose parts are not those that a terminal knows and needs.

    A part of a kind that is not known is refused: what it forbids could not be heeded.
    """
    for name in PARTS:
        if PARTS[name][0] and name not in manifest.parts:
            raise Refusal("bundle_part_missing")
    for name in manifest.order:
        if name not in PARTS:
            raise Refusal("bundle_format")
        part = manifest.parts[name]
        if part.size > PARTS[name][2] or (part.lenient and not PARTS[name][3]):
            raise Refusal("bundle_invalid")


def digest_of(source):
    """SHA-256 of a Source; reads it piece by piece. Raises OSError."""
    digest = hashlib.sha256()
    for _ in digesting(source, digest):
        pass
    return digest.digest()


def digesting(source, digest, also=None):
    """Feed a Source to a hash (and to the function `also`), piece by piece: a step each."""
    buffer = memoryview(bytearray(_CHUNK))
    at = 0
    while at < source.size:
        piece = buffer[: min(_CHUNK, source.size - at)]
        source.readinto(at, piece)
        digest.update(piece)
        if also:
            also(piece)
        at += len(piece)
        yield


def _whole(part, source, in_ram, checked):
    """What the part is to be read from: bytes-like in RAM, or the Source; its digest is right."""
    if source.size != part.size:
        raise Refusal("bundle_part_damaged")
    try:
        data = source.read(0, part.size) if in_ram else source
        if in_ram:
            right = hashlib.sha256(data).digest() == part.digest
        else:
            right = checked or digest_of(source) == part.digest
    except OSError:
        right = False
    if not right:
        raise Refusal("bundle_part_damaged")
    return data


def _values(data):
    if data is None:
        return None
    from .trust.values import Values

    return Values(data)


def open_bundle(data, root):
    """Check a whole bundle file against the root (both bytes-like) and give its Bundle.

    The file is kept and read in place. Raises Refusal: those of trust.bundle_file, trust.root and
    Bundle.
    """
    from .trust.bundle_file import BundleFile  # a terminal needs it only to install
    from .trust.root import Root

    file = BundleFile(Memory(data))
    operators = file.root(Root(root))
    return Bundle(file.manifest(operators), file.part, operators.version)
