"""Whose word counts: who may speak at all, and which of several claims that disagree is believed.

What the site may choose, for health, travel and tests (docs/policy.md tells operators):

    most restrictive  every claim counts; the strictest decides
    local             only the claims of the place nearest to the site
    national          only those of the site's country, else of the largest place around the site
    newest            only the newest

Several claims that are left are all believed, and the strictest decides. A claim that lies in the
future silences no other.
"""

from micropython import const

from ..codec import jurisdiction

MOST_RESTRICTIVE = const(0)
LOCAL = const(1)
NATIONAL = const(2)
NEWEST = const(3)

_NO_RANK = -1


def heard(claims, kind, policy):
    """The claims of a kind from those who may speak."""
    speakers = policy.speakers.get(kind, ())
    return [
        claim
        for claim in claims.get(kind, ())
        if jurisdiction.covered(speakers, claim["jurisdiction"])
    ]


def believed(claims, kind, policy, latest):
    """Of claims of a kind that disagree, those that count, the most local first.

    latest: Unix seconds; what is later lies in the future.
    """
    home = policy.home
    mode = policy.conflict.get(kind, MOST_RESTRICTIVE)
    if mode != MOST_RESTRICTIVE and len(claims) > 1:
        best = max([_rank(claim, mode, home, latest) for claim in claims])
        claims = [claim for claim in claims if _rank(claim, mode, home, latest) == best]
    return sorted(claims, key=lambda claim: -locality(claim["jurisdiction"], home))


def _rank(claim, mode, home, latest):
    """How much a claim has to say; those with the largest number are believed."""
    if claim["at"] > latest:
        return _NO_RANK
    if mode == NEWEST:
        return claim["at"]
    near = locality(claim["jurisdiction"], home)
    if mode == NATIONAL and near:
        return jurisdiction.MAX_LENGTH + 1 - near
    return near


def locality(place, home):
    """How near a jurisdiction is to the site: 0 is elsewhere, else the narrower, the larger."""
    if home is None or jurisdiction.covers(place, home) or jurisdiction.covers(home, place):
        return len(place)
    return 0
