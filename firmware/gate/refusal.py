"""Refusals: why a code does not open the gate, and the stage at which that was seen.

The names are stable: they are in logs, in `gatectl verify`'s answers and in docs/reasons.md, which
says what the person is told and what the guard can do. Texts for people are in gate/ui/.
"""

# reason -> stage; the stages in the order in which a code passes them
STAGES = (
    "reader",
    "prefix",
    "base45",
    "numeric",
    "jws",
    "inflate",
    "cbor",
    "json",
    "cose",
    "key",
    "signature",
    "time",
    "claims",
    "policy",
    "gate",
)

REASONS = {
    # what the reader sent was no text
    "text_too_long": "reader",
    "frame_invalid": "reader",
    "reader_garbage": "reader",
    # the text is no code of ours
    "code_empty": "prefix",
    "code_too_long": "prefix",
    "prefix_unknown": "prefix",
    "code_in_parts": "prefix",
    "base45_invalid": "base45",
    "numeric_invalid": "numeric",
    "jws_invalid": "jws",
    "not_compressed": "inflate",
    "inflate_failed": "inflate",
    "inflate_too_large": "inflate",
    "cbor_invalid": "cbor",
    "cbor_not_canonical": "cbor",
    "cbor_too_complex": "cbor",
    "json_invalid": "json",
    "json_too_complex": "json",
    "cose_invalid": "cose",
    "alg_unknown": "cose",
    # who signed it
    "kid_missing": "key",
    "issuer_unknown": "key",
    "alg_mismatch": "key",
    "format_not_permitted": "key",
    "signature_invalid": "signature",
    "statement_other_holder": "signature",
    "proof_invalid": "signature",
    "proof_other_claims": "signature",
    # when
    "clock_untrusted": "time",
    "code_expired": "time",
    "code_not_yet_valid": "time",
    "issuer_key_expired": "time",
    "issuer_key_not_yet_valid": "time",
    # what it says
    "code_revoked": "claims",
    "claims_invalid": "claims",
    "claims_several": "claims",
    "claim_not_permitted": "claims",
    "issuer_mismatch": "claims",
    # whether that is enough here
    "trust_invalid": "policy",
    "revocation_invalid": "policy",
    "policy_invalid": "policy",
    "values_invalid": "policy",
    "root_invalid": "policy",
    "bundle_missing": "policy",
    "bundle_invalid": "policy",
    "bundle_format": "policy",
    "bundle_part_missing": "policy",
    "bundle_part_damaged": "policy",
    "bundle_other_site": "policy",
    "bundle_signatures": "policy",
    "bundle_rollback": "policy",
    "bundle_expired": "policy",
    "health_missing": "policy",
    "health_colour": "policy",
    "health_stale": "policy",
    "travel_missing": "policy",
    "travel_risk": "policy",
    "travel_window": "policy",
    "travel_stale": "policy",
    "vaccination_missing": "policy",
    "vaccination_incomplete": "policy",
    "vaccination_jurisdiction": "policy",
    "vaccination_too_recent": "policy",
    "vaccination_too_old": "policy",
    "test_missing": "policy",
    "test_positive": "policy",
    "test_stale": "policy",
    "test_kind": "policy",
    "test_inconclusive": "policy",
    "recovery_missing": "policy",
    "recovery_not_valid": "policy",
    "claim_jurisdiction": "policy",
    "format_not_accepted": "policy",
    "proof_required": "policy",
    "proof_stale": "policy",
    "proof_other_gate": "policy",
    "site_closed": "policy",
    "subject_denied": "policy",
    "not_listed": "policy",
    "listing_not_valid": "policy",
    "condition_failed": "policy",
    "condition_invalid": "policy",
    # the gate itself
    "replayed": "gate",
    "already_inside": "gate",
    "gate_busy": "gate",
    "gate_locked": "gate",
    "memory_short": "gate",
    "internal_error": "gate",
}


class Refusal(Exception):
    """A code, or a part of what the terminal believes, that must not be believed.

    reason: a key of REASONS. evidence: an object with what was established before, or None.
    """

    def __init__(self, reason, evidence=None):
        super().__init__(reason)
        self.reason = reason
        self.evidence = evidence

    @property
    def stage(self):
        """The stage at which it was refused, one of STAGES."""
        return REASONS[self.reason]
