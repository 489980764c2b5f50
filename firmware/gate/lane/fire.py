"""The fire input: opens at once, lets go only when it has been quiet for a moment. Sans I/O."""

from micropython import const

from .table import FIRE_OFF, FIRE_ON

QUIET_POLLS = const(5)  # polls in a row without fire before it counts as over
# A contact that calls again soon after is loose: each time it has to be quiet for twice as long, so
# that the gate does not beat and the log does not fill.
_SOON_POLLS = const(1000)
_MOST_POLLS = const(640)


class FireInput:
    """active: says whether the input calls for opening now. opened: called when it does."""

    def __init__(self, active, opened):
        self.active = active
        self._opened = opened
        self._on = False
        self._seen = False  # by the interrupt, perhaps for less than a poll
        self._quiet = 0
        self._needed = QUIET_POLLS
        self._since = _SOON_POLLS  # polls since it was last over

    def interrupt(self, _pin=None):
        """For Pin.irq: opens before anything else is done, even while a code is verified."""
        if self.active():
            self._seen = True
            self._opened()

    def poll(self):
        """Call often. Gives FIRE_ON, FIRE_OFF or None."""
        if self.active() or self._seen:
            self._seen = False
            self._quiet = 0
            if not self._on:
                self._on = True
                soon = self._since < _SOON_POLLS
                self._needed = min(2 * self._needed, _MOST_POLLS) if soon else QUIET_POLLS
                return FIRE_ON
        elif self._on:
            self._quiet += 1
            if self._quiet >= self._needed:
                self._on = False
                self._since = 0
                return FIRE_OFF
        elif self._since < _SOON_POLLS:
            self._since += 1
        return None

    def calls(self):
        """Whether the gate has to be open now."""
        return self._on or self._seen or self.active()
