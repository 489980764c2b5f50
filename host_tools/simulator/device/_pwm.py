"""`machine.PWM`: a pin at a frequency; the record has every change of it."""

from _wire import wire

_FULL = 65535


class PWM:
    def __init__(self, pin, **options):
        self._pin = pin._id
        self._freq = 5000
        self._duty = 32768
        self._on = True
        self._set(**options)

    def init(self, **options):
        self._on = True
        self._set(**options)

    def _set(self, *, freq=None, duty=None, duty_u16=None, duty_ns=None, invert=None):
        if freq is not None:
            if not 1 <= freq <= 40000000:
                raise ValueError("frequency must be from 1Hz to 40MHz")
            self._freq = freq
        if duty is not None:
            if not 0 <= duty <= 1023:
                raise ValueError("duty must be from 0 to 1023")
            self._duty = duty << 6
        if duty_u16 is not None:
            if not 0 <= duty_u16 <= _FULL:
                raise ValueError("duty_u16 must be from 0 to 65535")
            self._duty = duty_u16
        if duty_ns is not None:
            self._duty = min(_FULL, duty_ns * self._freq * _FULL // 1000000000)
        if not self._on:
            raise RuntimeError("PWM is inactive")
        wire.tell("pwm", self._pin, self._freq, self._duty)

    def freq(self, value=None):
        return self._freq if value is None else self._set(freq=value)

    def duty(self, value=None):
        return self._duty >> 6 if value is None else self._set(duty=value)

    def duty_u16(self, value=None):
        return self._duty if value is None else self._set(duty_u16=value)

    def duty_ns(self, value=None):
        if value is not None:
            return self._set(duty_ns=value)
        return self._duty * 1000000000 // (self._freq * _FULL)

    def deinit(self):
        if self._on:
            self._on = False
            wire.tell("pwm", self._pin, self._freq, 0)
