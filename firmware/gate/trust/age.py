"""How old the parts of a bundle are, and what follows from that.

A part is fresh, then ending (its warning window), then in its grace period, then expired. An
expired part is a refusal with its reason, unless the operators signed that a warning does.
"""

FRESH = "fresh"
ENDING = "ending"
GRACE = "grace"
EXPIRED = "expired"
STATES = (FRESH, ENDING, GRACE, EXPIRED)  # each worse than the one before

# part -> reason; a delta that is too old is a revocation list that is too old
_REASONS = {"recent": "revocation_expired"}


def state(part, now):
    """The state of an envelope.Part. now: Unix seconds."""
    if now >= part.expires + part.grace:
        return EXPIRED
    if now >= part.expires:
        return GRACE
    if now + part.warning >= part.expires:
        return ENDING
    return FRESH


def worst(manifest, now):
    """The worst state of a Manifest's parts."""
    return STATES[max([STATES.index(state(part, now)) for part in manifest.parts.values()])]


def refusal(manifest, now):
    """Why nobody may pass any more: the reason of the first part that has expired, or None."""
    for name in manifest.order:
        part = manifest.parts[name]
        if not part.lenient and state(part, now) == EXPIRED:
            return _REASONS.get(name, name + "_expired")
    return None


def refuses_at(manifest):
    """Unix seconds from which on there is a refusal; some part always ends."""
    parts = manifest.parts.values()
    return min([part.expires + part.grace for part in parts if not part.lenient])
