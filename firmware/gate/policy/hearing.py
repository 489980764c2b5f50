"""Whose word counts: who may speak at all, and which of several claims that disagree is
believed."""

from ..codec import jurisdiction


def believed(claims, kind, policy, latest):
    """The claims of a kind that count, the most local first.

    claims: {kind: [claim]}. latest: Unix seconds; what is later lies in the future.
    """
    speakers = policy.speakers.get(kind, ())
    found = []
    for claim in claims.get(kind, ()):
        if jurisdiction.covered(speakers, claim["jurisdiction"]):
            found.append(claim)
    if kind in policy.conflict and len(found) > 1:
        from .conflict import settle

        found = settle(found, policy.conflict[kind], policy.home, latest)
    return sorted(found, key=lambda claim: -locality(claim["jurisdiction"], policy.home))


def locality(place, home):
    """How near a jurisdiction is to the site: 0 is elsewhere, else the narrower, the larger."""
    if home is None or jurisdiction.covers(place, home) or jurisdiction.covers(home, place):
        return len(place)
    return 0
