"""`machine.Pin`: every change of a level goes to the simulator, which records it with its time."""

from _wire import wire

_levels = {}  # inputs as the simulator last set them
_interrupts = {}  # pin -> (handler, trigger, Pin)
_latches = {}  # outputs as last written
_driven = {}  # outputs as the simulator knows them


class Pin:
    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_DOWN = 1
    PULL_UP = 2
    IRQ_RISING = 1
    IRQ_FALLING = 2

    def __init__(self, id, mode=-1, pull=-1, *, value=None):
        self._id = id
        self._mode = None
        self._pull = None
        self.init(mode, pull, value=value)

    def init(self, mode=-1, pull=-1, *, value=None):
        if value is not None:
            _latches[self._id] = 1 if value else 0
        if pull != -1:
            self._pull = pull
        if mode != -1:
            self._mode = mode
        if self._mode in (Pin.OUT, Pin.OPEN_DRAIN) and (mode != -1 or value is not None):
            self._drive()
        elif mode == Pin.IN and _driven.pop(self._id, None) is not None:
            wire.tell("pin", self._id, "-")

    def _drive(self):
        level = _latches.get(self._id, 0)
        if _driven.get(self._id) != level:
            _driven[self._id] = level
            wire.tell("pin", self._id, level)

    def value(self, level=None):
        if level is not None:
            _latches[self._id] = 1 if level else 0
            if self._mode in (Pin.OUT, Pin.OPEN_DRAIN):
                self._drive()
            return None
        if self._mode in (Pin.OUT, Pin.OPEN_DRAIN):
            return _latches.get(self._id, 0)
        return _levels.get(self._id, 1 if self._pull == Pin.PULL_UP else 0)

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    def irq(self, handler=None, trigger=IRQ_RISING | IRQ_FALLING, hard=False):
        _interrupts[self._id] = (handler, trigger, self)


def _on_input(pin, level):
    before = _levels.get(pin)
    if before is None and pin in _interrupts:
        before = 1 if _interrupts[pin][2]._pull == Pin.PULL_UP else 0
    _levels[pin] = level
    handler, trigger, owner = _interrupts.get(pin, (None, 0, None))
    edge = Pin.IRQ_RISING if level else Pin.IRQ_FALLING
    if handler and before != level and trigger & edge:
        handler(owner)


wire.on_input = _on_input
for _pin, _level in wire.inputs():
    _levels[_pin] = _level
