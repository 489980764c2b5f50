"""`machine.Timer`: soft callbacks, which run when the program next waits."""

from _wire import wire


class Timer:
    ONE_SHOT = 0
    PERIODIC = 1

    def __init__(self, id, **options):
        self._entry = None
        if options:
            self.init(**options)

    def init(self, *, mode=PERIODIC, callback=None, period=-1, freq=None, tick_hz=1000, hard=False):
        self.deinit()
        if hard:
            raise ValueError("hard Timers are not implemented")
        period_us = 1000000 // freq if freq else period * 1000000 // tick_hz
        if period_us <= 0:
            raise ValueError("Timer period is too short for this timer")

        def due(entry):
            if mode == Timer.ONE_SHOT:
                self.deinit()
            else:
                entry[0] += period_us
            if callback:
                callback(self)

        self._entry = [wire.elapsed_us() + period_us, due]
        wire.timers.append(self._entry)

    def deinit(self):
        if self._entry in wire.timers:
            wire.timers.remove(self._entry)
        self._entry = None
