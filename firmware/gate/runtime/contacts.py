"""The inputs of the terminal but fire: contacts on pins, debounced, that become events of lanes."""

from machine import Pin
from micropython import const

from ..lane import table
from ..lane.inputs import Debounce

_MOST = const(8)  # events of one contact that nobody has taken yet
_STUCK_MS = const(60000)  # a button for exit that is pressed for longer hangs, or is stuck

_AGAIN_MS = const(60000)  # trouble that comes and goes is told no more often

PULLS = {1: Pin.PULL_UP, -1: Pin.PULL_DOWN, 0: -1}


class Contact:
    """name: for the log. wiring: (pin, active level, pull). doorways: whose events these are."""

    def __init__(self, name, wiring, debounce, doorways):
        number, self._level, pull = wiring
        self._pin = Pin(number, Pin.IN, PULLS[pull])
        self._debounce = debounce
        self.name = name
        self.doorways = doorways
        self._happened = []
        self._trouble = None  # that was told
        self._told = -_AGAIN_MS  # ms when
        self._now = 0

    def sample(self, now_ms):
        """Call each 10 ms; by interrupt while a code is verified."""
        self._now = now_ms
        event = self._debounce.sense(now_ms, self._pin.value() == self._level)
        if event and len(self._happened) < _MOST:
            self._happened.append(event)

    def taken(self):
        """The next event that has happened, or None."""
        return self._happened.pop(0) if self._happened else None

    def trouble(self):
        """What is wrong with it, if that is news; "" when nothing is any more."""
        trouble = self._debounce.trouble
        if trouble == self._trouble or self._now - self._told < _AGAIN_MS:
            return None
        self._trouble = trouble
        self._told = self._now
        return trouble or ""


def contacts(board, doorways):
    """Those that a board has: of the whole terminal, and of each lane."""
    t = table
    wired: list = [
        ("tamper", board.TAMPER, Debounce(t.TAMPER_ON, t.TAMPER_OFF), doorways),
        ("lock", board.LOCK, Debounce(t.LOCK_ON, t.LOCK_OFF), doorways),
        (
            "maintenance",
            board.MAINTENANCE,
            Debounce(t.MAINTENANCE_ON, t.MAINTENANCE_OFF),
            doorways,
        ),
    ]
    for number, (_, _, passage, door, button) in enumerate(board.LANES):
        own = doorways[number : number + 1]
        wired.append(("passage", passage, Debounce(t.PASSAGE_ON, t.PASSAGE_OFF), own))
        wired.append(("door", door, Debounce(t.DOOR_OPEN, t.DOOR_SHUT), own))
        wired.append(("exit", button, Debounce(t.EXIT_REQUEST, None, _STUCK_MS), own))
    return [Contact(*one) for one in wired if one[1]]
