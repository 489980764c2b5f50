"""The parts that a bundle may have. One table, also for the host's tools."""

TRUST = "trust"
POLICY = "policy"
REVOCATION = "revocation"  # everything revoked up to a day; large
RECENT = "recent"  # what was revoked since; travels alone
VALUES = "values"  # value sets of vaccines and tests

# The parts that there are: name -> (needed, in RAM, greatest size in bytes, may be lenient). What
# is not in RAM is read from flash by seeks. Without issuers or rules nothing may ever be granted.
PARTS = {
    TRUST: (True, True, 262144, False),
    POLICY: (True, True, 65536, False),
    REVOCATION: (False, False, 4194304, True),
    RECENT: (False, False, 65536, True),
    VALUES: (False, True, 32768, True),
}
