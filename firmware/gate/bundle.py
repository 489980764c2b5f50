"""The signed bundle with its parts read: whom a terminal believes, and how it decides."""

from .policy.rules import Policy
from .refusal import Refusal
from .storage.source import Memory
from .trust.envelope import open_envelope
from .trust.issuers import Issuers
from .trust.versions import versions_of

TRUST = "trust"
POLICY = "policy"
REVOCATION = "revocation"  # everything revoked up to a day; large
RECENT = "recent"  # what was revoked since; travels alone
VALUES = "values"  # value sets of vaccines and tests

# The parts that there are: name -> (needed, in RAM, greatest size in bytes). What is not in RAM is
# read from flash by seeks.
PARTS = {
    TRUST: (True, True, 262144),
    POLICY: (True, True, 65536),
    REVOCATION: (False, False, 4194304),
    RECENT: (False, False, 65536),
    VALUES: (False, True, 32768),
}


class Bundle:
    """site, version, issued, expires: of the manifest. issuers: trust.Issuers. policy: Policy.

    revocations: trust.Revocations, or None where the operators keep no list of them. values:
    trust.Values, or None. issued is a floor for the terminal's clock. versions: what to remember
    once it is installed.
    """

    def __init__(self, envelope):
        self.site = envelope.site
        self.version = envelope.version
        self.issued = envelope.issued
        self.expires = envelope.expires
        self.versions = versions_of(envelope)
        self.issuers = Issuers(envelope.parts[TRUST].data)
        self.policy = Policy(envelope.parts[POLICY].data)
        self.revocations = _revocations(envelope.parts)
        self.values = _values(envelope.parts)


def _revocations(parts):
    if REVOCATION not in parts and RECENT not in parts:
        return None
    from .trust.revocation import Revocations  # only where there are any

    base = Memory(parts[REVOCATION].data) if REVOCATION in parts else None
    recent = Memory(parts[RECENT].data) if RECENT in parts else None
    return Revocations(base, recent)


def _values(parts):
    if VALUES not in parts:
        return None
    from .trust.values import Values

    return Values(parts[VALUES].data)


def open_bundle(data, root):
    """Check a bundle file against the root (both bytes-like) and give its Bundle.

    The file is kept and read in place. Raises Refusal: those of trust.envelope, trust_invalid,
    policy_invalid. A part of a kind that is not known is refused: what it forbids could not be
    heeded.
    """
    envelope = open_envelope(data, root)
    for name in PARTS:
        if PARTS[name][0] and name not in envelope.parts:
            raise Refusal("bundle_part_missing")
    for name in envelope.parts:
        if name not in PARTS:
            raise Refusal("bundle_format")
    return Bundle(envelope)
