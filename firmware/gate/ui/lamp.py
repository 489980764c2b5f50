"""What the lamp says, as a pattern in time and a colour: who cannot tell red from green reads the
pattern. It is two seconds in sixteen slots, the first bit first, and begins when it is shown.
"""

from machine import Pin
from micropython import const

GREEN = const(1)
RED = const(2)
_SLOT_MS = const(125)
_FIRST = const(0x8000)
# Who waits for people blinks once, late: whoever went before has seen the lamp go out.
_WAITING = const(0x0080)
_NOTE = const(0x0008)  # red besides, for a standing remark

# what is shown, pattern, colour
_TABLE = (
    ("ready", 0b0000_0000_1000_0000, 1),
    ("data_ending", 0b0000_0000_1000_0000, 1),
    ("wait", 0b1010_1010_1010_1010, 3),
    ("granted", 0b1111_1111_1111_1111, 1),
    ("refused", 0b1111_0000_1111_0000, 2),
    ("fire", 0b1111_1111_1111_1010, 1),
    ("alarm", 0b1010_0000_1010_0000, 2),
    ("locked", 0b1111_1111_0000_0000, 2),
    ("maintenance", 0b1111_0000_0000_0000, 3),
    ("data_old", 0b0000_0000_1000_0000, 1),
    ("data_expired", 0b1100_0000_1100_0000, 2),
)


def pattern(what, noted):
    """(pattern of green, pattern of red) of what is shown; noted: there is a standing remark."""
    for name, bits, colour in _TABLE:
        if name == what:
            green = bits if colour & GREEN else 0
            red = bits if colour & RED else 0
            return green, red | _NOTE if noted and bits == _WAITING else red
    return 0, _FIRST  # what nobody has told the lamp of is at least no green


def due(patterns, since_ms):
    """(whether green is lit, whether red is) so long after the patterns began."""
    bit = _FIRST >> (since_ms // _SLOT_MS & 15)
    return patterns[0] & bit != 0, patterns[1] & bit != 0


class Lamp:
    """green, red: (pin, active level) or None."""

    def __init__(self, green, red):
        self._pins = [_output(green), _output(red)]
        self._patterns = None
        self._began = 0
        self._lit = [False, False]

    def show(self, what, noted, now_ms):
        """Begin a pattern, unless it is the one that is going on."""
        patterns = pattern(what, noted)
        if patterns != self._patterns:
            self._patterns = patterns
            self._began = now_ms
            self.check(now_ms)

    def check(self, now_ms):
        """Switch what is due; call often."""
        if self._patterns is None:
            return
        now = due(self._patterns, now_ms - self._began)
        for i in (0, 1):
            lit = now[i]
            if lit != self._lit[i] and self._pins[i]:
                pin, active = self._pins[i]
                pin.value(active if lit else 1 - active)
            self._lit[i] = lit


def _output(wiring):
    if wiring is None:
        return None
    number, active = wiring
    return Pin(number, Pin.OUT, value=1 - active), active
