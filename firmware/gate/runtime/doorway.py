"""One lane with what is wired to it: steps the lane, and does at the relays what it says."""

from ..lane import table
from ..lane.lane import Lane
from ..lane.rules import Rules
from .log import log


class Doorway:
    """number: of the lane. readers, relays: numbers of the terminal's that are its own.

    relays: lane.relay.Relays of the whole terminal. calls(): whether there is a fire. now_ms: the
    monotonic clock. do(doorway, output, value): does what is no relay's. opened(): told of every
    opening. named: the condition, list or way that the last code was refused by.
    """

    def __init__(self, number, wiring, relays, calls, now_ms, do, opened):
        self.number = number
        self.readers = wiring[0]
        self.relays = [relays[relay] for relay in wiring[1]]
        self.rules = Rules(len(wiring[0]), len(wiring[1]), bool(wiring[2]), bool(wiring[3]))
        self.lane = Lane(self.rules)
        self.named = None
        self.told_until = 0  # ms; what is no code is not logged before
        self.subject = None  # replay_key of whoever was last granted
        self.gate = None  # the id by which that was
        self._said: tuple = (table.IDLE, None)
        self._calls = calls
        self._now = now_ms
        self._do = do
        self._opened = opened

    @property
    def at_rest(self):
        """Whether nobody is being judged or passing; an alarm and a fire are no time to rest."""
        return self.lane.state in (table.IDLE, table.LOCKED, table.MAINTENANCE)

    def handle(self, event, argument=None):
        """Step the lane and do what it says."""
        now = self._now()
        for relay in self.relays:
            relay.check(now)
        lane = self.lane
        for output, value in lane.step(now, event, argument):
            if output == table.OPEN:
                relay, open_ms = value
                self.relays[relay].open(now, open_ms)
                self._opened()
            elif output == table.OPEN_HELD:
                for relay in self.relays:
                    relay.hold()
            elif output == table.SHUT:
                self.shut()
            else:
                self._do(self, output, value)
        state = lane.state, lane.alarm
        if state != self._said:  # a verification answers within the step, and says what came of it
            self._said = state
            log("lane", (("lane", self.number), ("state", state[0]), ("alarm", state[1])))

    def tick(self, now, event=None):
        """What is due. event: FIRE_ON, FIRE_OFF or None. Whether there is a fire is looked at each
        time: what broke while the lane was told of it must not leave it open, or shut."""
        burns = self._calls()
        if event is None and burns != (self.lane.state == table.FIRE):
            event = table.FIRE_ON if burns else table.FIRE_OFF
        if event:
            self.handle(event)
        if self.lane.due(now):
            self.handle(table.TIMER)
        for relay in self.relays:
            if relay.held and self.lane.state != table.FIRE:
                self.shut()

    def shut(self):
        """The safe level, but in a fire, which may begin between any two lines."""
        for relay in self.relays:
            if not self._burns():
                relay.shut()
            if self._burns():
                relay.hold()

    def _burns(self):
        """The lane's fire may last longer than the contact's."""
        return self._calls() or self.lane.state == table.FIRE
