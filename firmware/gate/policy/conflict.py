"""Which of several claims is believed when they disagree, where a site does not leave it at the
default: every claim counts, and the strictest decides.

What the site may choose instead, for health, travel and tests (docs/policy.md tells operators):

    local     only the claims of the place nearest to the site
    national  only those of the site's country, else of the largest place around the site
    newest    only the newest

Several claims that are left are all believed, and the strictest decides. A claim that lies in the
future silences no other.
"""

from micropython import const

from ..codec import jurisdiction
from .hearing import locality

LOCAL = const(1)
NATIONAL = const(2)
NEWEST = const(3)
CONTRARY = ("health", "travel", "test")  # kinds whose claims can disagree; vaccinations add up

_NO_RANK = -1


def settle(claims, mode, home, latest):
    """Those of the claims of one kind that are believed."""
    ranks = [_rank(claim, mode, home, latest) for claim in claims]
    best = max(ranks)
    return [claim for claim, rank in zip(claims, ranks) if rank == best]


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
