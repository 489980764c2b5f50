"""Refusals: why a code does not open the gate, and the stage at which that was seen.

The names are stable: they are in logs, in `gatectl verify`'s answers and in docs/reasons.md, which
says what the person is told and what the guard can do. Texts for people are in gate/ui/.
"""

# (stage, its reasons), in the order in which a code passes the stages. Texts, since a dictionary of
# all would take a twentieth of a small board's heap.
_TABLE = (
    ("reader", "text_too_long frame_invalid reader_garbage"),
    ("prefix", "code_empty code_too_long prefix_unknown code_in_parts"),
    ("base45", "base45_invalid"),
    ("numeric", "numeric_invalid"),
    ("jws", "jws_invalid"),
    ("inflate", "not_compressed inflate_failed inflate_too_large"),
    ("cbor", "cbor_invalid cbor_not_canonical cbor_too_complex"),
    ("json", "json_invalid json_too_complex"),
    ("cose", "cose_invalid alg_unknown"),
    ("key", "kid_missing issuer_unknown alg_mismatch format_not_permitted"),
    ("signature", "signature_invalid statement_other_holder proof_invalid proof_other_claims"),
    (
        "time",
        "clock_untrusted code_expired code_not_yet_valid issuer_key_expired "
        "issuer_key_not_yet_valid",
    ),
    ("claims", "code_revoked claims_invalid claims_several claim_not_permitted issuer_mismatch"),
    (
        "policy",
        "trust_invalid revocation_invalid policy_invalid values_invalid root_invalid "
        "root_rotation_invalid root_rollback bundle_missing bundle_invalid bundle_format "
        "bundle_cut bundle_part_missing bundle_part_damaged bundle_other_site "
        "bundle_signatures bundle_rollback trust_expired policy_expired revocation_expired "
        "values_expired record_damaged storage_full health_missing health_colour health_stale "
        "travel_missing travel_risk travel_window travel_stale vaccination_missing "
        "vaccination_incomplete vaccination_jurisdiction vaccination_too_recent "
        "vaccination_too_old test_missing test_positive test_stale test_kind "
        "test_inconclusive recovery_missing recovery_not_valid claim_jurisdiction "
        "format_not_accepted proof_required proof_stale proof_other_gate site_closed "
        "subject_denied not_listed listing_not_valid condition_failed condition_invalid",
    ),
    (
        "gate",
        "replayed already_inside already_outside zone_full gate_busy lane_alarm lane_locked "
        "lane_maintenance memory_short internal_error",
    ),
)

STAGES = tuple([row[0] for row in _TABLE])


def stage_of(reason):
    """The stage of a reason, one of STAGES; None if there is no such reason."""
    wanted = " %s " % reason
    for stage, names in _TABLE:
        if wanted in " %s " % names:
            return stage
    return None


def reasons():
    """{reason: stage}: everything, for those who have room."""
    found = {}
    for stage, names in _TABLE:
        for reason in names.split():
            found[reason] = stage
    return found


class Refusal(Exception):
    """A code, or a part of what the terminal believes, that must not be believed.

    reason: one of the table's. evidence: an object with what was established before, or None.
    """

    def __init__(self, reason, evidence=None):
        super().__init__(reason)
        self.reason = reason
        self.evidence = evidence

    @property
    def stage(self):
        """The stage at which it was refused, one of STAGES."""
        return stage_of(self.reason)
