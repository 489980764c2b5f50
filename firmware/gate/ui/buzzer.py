"""What is heard, told apart by rhythm, so that a buzzer with one tone says the same: one short
(granted), one long (refused), two short (look at the display), and an alarm that goes on.

Refused means that the display only says why; look, that it says what the person can do at once.
"""

from machine import Pin
from micropython import const

_HALF = const(32768)  # of a period: the loudest

# Hz and ms, one after the other; 0 Hz is a pause
_GRANTED = (2700, 80)
_REFUSED = (400, 400)
_LOOK = (1800, 80, 0, 80, 1800, 80)
_ALARM = (2700, 250, 1800, 250, 0, 500)

# Refusals that end when the person does what the display says.
_OWN = (
    " text_too_long frame_invalid reader_garbage code_empty code_too_long prefix_unknown"
    " base45_invalid numeric_invalid inflate_failed cbor_invalid signature_invalid"
    " statement_other_holder proof_invalid proof_other_claims code_expired"
    " issuer_key_expired health_missing health_stale travel_missing travel_window"
    " travel_stale vaccination_jurisdiction claim_jurisdiction proof_required proof_stale"
    " proof_other_gate lane_locked lane_maintenance memory_short internal_error "
)


def helps_oneself(reason):
    """Whether the person can put a refusal right at once, by what the display says."""
    return " %s " % reason in _OWN


class Buzzer:
    """tone: the buzzer has none of its own, and is driven with one."""

    def __init__(self, pin, active, tone):
        self._active = active
        self._pin = Pin(pin, Pin.OUT, value=1 - active)
        self._pwm = None
        if tone:
            from machine import PWM

            self._pwm = PWM(self._pin, freq=_GRANTED[0], duty_u16=0 if active else 65535)
        self._melody: tuple[int, ...] = ()
        self._next = 0  # place in the melody
        self._due = 0  # ms, when the next note is
        self._alarmed = False

    def show(self, what, reason, alarmed, now_ms):
        """Begin what is heard when this is shown. alarmed: there is an alarm, here or in another
        lane, which goes on when what is new has been said."""
        going_on = alarmed and self._melody is _ALARM
        self._alarmed = alarmed
        melody: tuple[int, ...] = ()
        if what == "granted":
            melody = _GRANTED
        elif what == "refused":
            melody = _LOOK if helps_oneself(reason) else _REFUSED
        elif alarmed:
            melody = _ALARM
        if melody is _ALARM and going_on:
            return
        self._begin(melody, now_ms)

    def check(self, now_ms):
        """Go on to the next note when it is due; call often."""
        if not self._melody or now_ms < self._due:
            return
        if self._next == len(self._melody):
            self._begin(_ALARM if self._alarmed else (), now_ms)
            return
        self._sound(self._melody[self._next])
        self._due = now_ms + self._melody[self._next + 1]
        self._next += 2

    def _begin(self, melody, now_ms):
        self._melody = melody
        self._next = 0
        self._due = now_ms
        if not melody:
            self._sound(0)
        else:
            self.check(now_ms)

    def _sound(self, hertz):
        if self._pwm is None:
            self._pin.value(self._active if hertz else 1 - self._active)
        elif hertz:
            self._pwm.freq(hertz)
            self._pwm.duty_u16(_HALF)
        else:
            self._pwm.duty_u16(0 if self._active else 65535)
