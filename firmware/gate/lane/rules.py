"""What a lane goes by: what is wired to it, and what the site's signed policy says of it."""

from micropython import const

_OUT = const(2)  # policy.lanes.EXIT; there are no arrows from here to there
_PULSE_MS = const(3000)
_HELD_MS = const(15000)


class Grant:
    """Leave to pass once. The lane completes or annuls it, and never both.

    relay: which opens. pulse: for how many ms; with hold: until the passage is over. passage_ms:
    how long the lane waits for a passage. held_ms: how long that may take. direction, zone: of the
    policy's lane. ticket: of lane.replay; None for a request to exit.
    """

    def __init__(self, relay, site, ticket=None):
        self.relay = relay
        self.ticket = ticket
        self.pulse = site.pulse
        self.hold = site.hold
        self.passage_ms = max(site.pulse, site.passage_ms)
        self.held_ms = site.held_ms
        self.direction = site.direction
        self.zone = site.zone

    @property
    def open_ms(self):
        """How long the relay is open at most."""
        return self.passage_ms + self.held_ms if self.hold else self.pulse


class _Unruled:
    """Instead of a lane of the policy, before there is a bundle: no code opens, people get out."""

    pulse = _PULSE_MS
    hold = False
    passage_ms = 0
    held_ms = _HELD_MS
    alarm_by_key = False
    fire_by_key = False
    direction = None
    zone = None


class Rules:
    """readers, relays: how many the lane has. passage, door: whether it has such a sensor."""

    def __init__(self, readers=1, relays=1, passage=False, door=False):
        self.readers = readers
        self.relays = relays
        self.passage = passage
        self.door = door
        self._sites = (_Unruled,) * readers

    def take(self, sites):
        """sites: for each reader the policy.lanes.Lane of its gate."""
        self._sites = tuple(sites)

    def grant(self, reader, ticket=None):
        """The Grant for whoever showed a code to this reader."""
        return Grant(min(reader, self.relays - 1), self._sites[reader], ticket)

    def exit_grant(self):
        """The Grant for whoever pressed the button inside: by the reader for going out, if there
        is one, else by the last."""
        reader = self.readers - 1
        for number, site in enumerate(self._sites):
            if site.direction == _OUT:
                reader = number
        grant = self.grant(reader)
        grant.direction = _OUT
        return grant

    # The lane's first reader says what holds for the lane as a whole.

    @property
    def held_ms(self):
        return self._sites[0].held_ms

    @property
    def alarm_by_key(self):
        return self._sites[0].alarm_by_key

    @property
    def fire_by_key(self):
        return self._sites[0].fire_by_key
