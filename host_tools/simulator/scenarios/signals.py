"""What a lamp showed and a buzzer said in a span of time, from the record of their pins."""

from __future__ import annotations

from host_tools.boards.profile import Output, Profile
from host_tools.simulator.record import Record

_SHORT_US = 150_000  # of a beep
_LONG_US = 450_000
_DARK = 16  # of 255: a pixel so dim says nothing


def lamp(record: Record, board: Profile, from_us: int, to_us: int) -> str:
    """green, red, both or dark: the colours that were lit for a time."""
    green = _lit(record, board.green, from_us, to_us)
    red = _lit(record, board.red, from_us, to_us)
    if board.pixels:
        bursts = [burst for burst in record.bursts if burst.pin == board.pixels.pin]
        for number, burst in enumerate(bursts):
            end = bursts[number + 1].at_us if number + 1 < len(bursts) else to_us
            if min(end, to_us) <= max(burst.at_us, from_us):
                continue
            for at in range(0, len(burst.data), 3):
                green |= burst.data[at] > _DARK
                red |= burst.data[at + 1] > _DARK
    return {(0, 0): "dark", (1, 0): "green", (0, 1): "red", (1, 1): "both"}[green, red]


def buzzer(record: Record, board: Profile, from_us: int, to_us: int) -> str:
    """The rhythm, by lengths of beeps alone: granted, refused, look, alarm or silent."""
    if board.buzzer is None:
        return "silent"
    pin, active = board.buzzer.pin, board.buzzer.active
    if board.buzzer.tone:
        spans = _tones(record, pin, active, from_us, to_us)
    else:
        spans = [
            (pulse.on_us, to_us if pulse.off_us is None else pulse.off_us)
            for pulse in record.pulses(pin, 1 - active, from_us)
        ]
    lengths = [end - start for start, end in spans if end > start]
    if not lengths:
        return "silent"
    if max(lengths) <= _SHORT_US:
        return "granted" if len(lengths) == 1 else "look"
    return "refused" if len(lengths) == 1 and lengths[0] <= _LONG_US else "alarm"


def _tones(
    record: Record, pin: int, active: int, from_us: int, to_us: int
) -> list[tuple[int, int]]:
    """Spans of one frequency each."""
    silent = 0 if active else 65535
    tones = [tone for tone in record.tones if tone.pin == pin]
    spans = []
    for number, tone in enumerate(tones):
        end = tones[number + 1].at_us if number + 1 < len(tones) else to_us
        if tone.duty != silent and end > tone.at_us >= from_us:
            spans.append((tone.at_us, end))
    return spans


def _lit(record: Record, output: Output | None, from_us: int, to_us: int) -> bool:
    """Whether it was lit for longer than an instant."""
    if output is None:
        return False
    for pulse in record.pulses(output.pin, 1 - output.active):
        end = to_us if pulse.off_us is None else min(pulse.off_us, to_us)
        if end > max(pulse.on_us, from_us):
            return True
    return False
