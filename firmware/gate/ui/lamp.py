"""What the lamp says, as a pattern in time and a colour: who cannot tell red from green reads the
pattern. It is two seconds in sixteen slots, the first bit first, and begins when it is shown.
"""

from machine import Pin
from micropython import const

_GREEN = const(1)
_RED = const(2)
_SLOT_MS = const(125)
_FIRST = const(0x8000)
# Who waits for people blinks once, late: whoever went before has seen the lamp go out.
_WAITING = const(0x0080)
_NOTE = const(0x0008)  # red besides, for a standing remark

# What is shown, its pattern (four hex digits) and colour. One text: a table would take more heap.
#   ready        .... .... #... ....      refused      #### .... #### ....
#   wait         #.#. #.#. #.#. #.#.      fire         #### #### #### #.#.
#   granted      #### #### #### ####      alarm        #.#. .... #.#. ....
#   locked       #### #### .... ....      maintenance  #### .... .... ....
#   data_expired ##.. .... ##.. ....
_TABLE = (
    " ready=00801 data_ending=00801 data_old=00801 wait=AAAA3 granted=FFFF1 refused=F0F02"
    " fire=FFFA1 alarm=A0A02 locked=FF002 maintenance=F0003 data_expired=C0C02"
)


def pattern(what, noted):
    """(pattern of green, pattern of red) of what is shown; noted: there is a standing remark."""
    at = _TABLE.find(" %s=" % what)
    if at < 0:
        return 0, _FIRST  # what nobody has told the lamp of is at least no green
    at += len(what) + 2
    bits = int(_TABLE[at : at + 4], 16)
    colour = int(_TABLE[at + 4])
    green = bits if colour & _GREEN else 0
    red = bits if colour & _RED else 0
    return green, red | _NOTE if noted and bits == _WAITING else red


def due(patterns, since_ms):
    """(whether green is lit, whether red is) so long after the patterns began."""
    bit = _FIRST >> (since_ms // _SLOT_MS & 15)
    return patterns[0] & bit != 0, patterns[1] & bit != 0


class Rhythm:
    """What goes on in patterns, whatever the lamp is made of."""

    def __init__(self):
        self._patterns = None
        self._began = 0

    def show(self, what, noted, now_ms):
        """Begin a pattern, unless it is the one that is going on."""
        patterns = pattern(what, noted)
        if patterns != self._patterns:
            self._patterns = patterns
            self._began = now_ms
            self.check(now_ms)

    def check(self, now_ms):
        """Switch what is due; call often."""
        if self._patterns is not None:
            self._light(*due(self._patterns, now_ms - self._began))

    def _light(self, green, red):
        raise NotImplementedError


class Lamp(Rhythm):
    """green, red: (pin, active level) or None."""

    def __init__(self, green, red):
        super().__init__()
        self._pins = [_output(green), _output(red)]
        self._lit = [False, False]

    def _light(self, green, red):
        for i, lit in ((0, green), (1, red)):
            if lit != self._lit[i] and self._pins[i]:
                pin, active = self._pins[i]
                pin.value(active if lit else 1 - active)
            self._lit[i] = lit


def _output(wiring):
    if wiring is None:
        return None
    number, active = wiring
    return Pin(number, Pin.OUT, value=1 - active), active
