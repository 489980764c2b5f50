"""The signed bundle with its parts read: whom a terminal believes, and how it decides."""

from .policy.rules import Policy
from .refusal import Refusal
from .trust.envelope import open_envelope
from .trust.issuers import Issuers
from .trust.versions import versions_of

TRUST = "trust"
POLICY = "policy"


class Bundle:
    """site, version, issued, expires: of the manifest. issuers: trust.Issuers. policy: Policy.

    issued is a floor for the terminal's clock. versions: what to remember once it is installed.
    """

    def __init__(self, envelope):
        self.site = envelope.site
        self.version = envelope.version
        self.issued = envelope.issued
        self.expires = envelope.expires
        self.versions = versions_of(envelope)
        self.issuers = Issuers(envelope.parts[TRUST].data)
        self.policy = Policy(envelope.parts[POLICY].data)


def open_bundle(data, root):
    """Check a bundle file against the root (both bytes-like) and give its Bundle.

    The file is kept and read in place. Raises Refusal: those of trust.envelope, trust_invalid,
    policy_invalid. A part of a kind that is not known is refused: what it forbids could not be
    heeded.
    """
    envelope = open_envelope(data, root)
    for name in (TRUST, POLICY):
        if name not in envelope.parts:
            raise Refusal("bundle_part_missing")
    if len(envelope.parts) != 2:
        raise Refusal("bundle_format")
    return Bundle(envelope)
