"""How many are in each zone: counted when somebody has gone through, not when somebody may.

A grant that is not settled yet takes its place, so that two lanes cannot both give the last one
away. Nothing survives a restart: the count begins at nobody, and the log says that it began. Fewer
may be counted than are there, then and after whoever went out by a broken door; so a count can be
set right by `reset`, and it opens nothing by itself.
"""

from micropython import const

_IN = const(1)  # policy.lanes.ENTRY; there are no arrows from here to there
_OUT = const(2)


class Occupancy:
    """For all lanes of a terminal."""

    def __init__(self):
        self._inside: dict = {}  # zone -> how many
        self._coming: list = []  # grants for going in that are not settled

    def inside(self, zone):
        return self._inside.get(zone, 0)

    def full(self, zone, capacity):
        """Whether one more may not come in. capacity: None for as many as come."""
        if zone is None or capacity is None:
            return False
        coming = 0
        for grant in self._coming:
            if grant.zone == zone:
                coming += 1
        return self.inside(zone) + coming >= capacity

    def expect(self, grant):
        """Keep a place for whoever got this grant."""
        if grant.zone is not None and grant.direction == _IN:
            self._coming.append(grant)

    def annul(self, grant):
        """Nobody went through by it."""
        if grant in self._coming:
            self._coming.remove(grant)

    def complete(self, grant):
        """Somebody went through by it: in, or out by a code or by the button for exit."""
        self.annul(grant)
        zone = grant.zone
        if zone is not None:
            if grant.direction == _IN:
                self._inside[zone] = self.inside(zone) + 1
            elif grant.direction == _OUT:
                self._inside[zone] = max(0, self.inside(zone) - 1)

    def reset(self, zone=None, count=0):
        """Count anew, from `count`; zone: None for all of them, from nobody."""
        if zone is None:
            self._inside.clear()
        else:
            self._inside[zone] = count
