"""The clock: what it believes of its sources, and that it never runs backwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Run = Callable[..., list[Any]]

T = 1_790_000_000

PRELUDE = f"""
import json, time as real
class time:
    ticks = (1 << 30) - 5000  # it wraps soon
    unix = 0
    epoch = 946684800
    ticks_ms = staticmethod(lambda: time.ticks)
    ticks_diff = staticmethod(real.ticks_diff)
    time = staticmethod(lambda: time.unix)
    gmtime = staticmethod(lambda s: real.gmtime(s + time.epoch))
    mktime = staticmethod(lambda f: real.mktime(f) - time.epoch)
import gate.runtime.clock as module
module.time = time
from gate.runtime.clock import Clock
T = {T}
def clock_of(unix, floor=T - 86400):
    time.unix = unix - time.epoch
    clock = Clock()
    clock.floor = floor
    return clock
def pass_ms(ms):
    time.ticks = (time.ticks + ms) & ((1 << 30) - 1)
def show(value):
    print(json.dumps(value))
"""


def test_a_clock_that_nobody_has_set_is_not_trusted(run_firmware: Run) -> None:
    said = run_firmware(f"""{PRELUDE}
clock = clock_of(time.epoch + 5)
show([clock.unix(), clock.trusted, clock.source])
show(clock.set(T - 90000, "rtc"))
show(clock.set(T, "rtc"))
pass_ms(61000)
show([clock.unix(), clock.trusted, clock.source])
clock.floor = T + 3600
show([clock.unix(), clock.set(T + 3601, "system"), clock.unix()])
""")
    assert said == [
        [None, False, None],
        "before_floor",
        None,
        [T + 61, True, "rtc"],
        [None, None, T + 3601],
    ]


def test_milliseconds_and_seconds_live_through_wraps_of_the_ticks(run_firmware: Run) -> None:
    """Sixty days, in which ticks wrap several times and milliseconds leave a small integer."""
    [answer] = run_firmware(f"""{PRELUDE}
clock = clock_of(T)
for day in range(60 * 8):
    pass_ms(3 * 3600 * 1000)
    assert clock.ms() == (day + 1) * 3 * 3600 * 1000
show([clock.ms(), clock.unix() - T])
""")
    assert answer == [60 * 86_400_000, 60 * 86_400]


def test_a_source_that_is_behind_stops_the_clock_and_never_turns_it_back(
    run_firmware: Run,
) -> None:
    said = run_firmware(f"""{PRELUDE}
clock = clock_of(T)
show(clock.unix())
show(clock.set(T - 100, "network"))
pass_ms(99000)
show(clock.unix())
pass_ms(3000)
show(clock.unix())
show(clock.set(T - 200, "network"))
""")
    assert said == [T, None, T, T + 2, "backwards"]


def test_a_jump_ahead_needs_a_stronger_source_three_times(run_firmware: Run) -> None:
    said = run_firmware(f"""{PRELUDE}
clock = clock_of(T)
clock.set(T, "rtc")
show(clock.set(T + 400, "rtc"))
show([clock.set(T + 9000, "network") for _ in range(2)])
pass_ms(60000)
show(clock.set(T + 20000, "network"))
for _ in range(2):
    pass_ms(60000)
    said = clock.set(T + 20000 + (clock.ms() - 60000) // 1000, "network")
    show(said)
show(clock.unix() - T)
show(clock.set(T + 20500, "rtc"))
show(clock.set(T + 20500, "network"))
""")
    assert said == ["jump", ["jump", "jump"], "jump", "jump", None, 20120, "weaker_source", "jump"]


def test_two_claims_that_do_not_agree_are_no_evidence(run_firmware: Run) -> None:
    [answer] = run_firmware(f"""{PRELUDE}
clock = clock_of(T)
show([clock.set(T + 5000 + 10 * i, "network") for i in range(30)])
""")
    assert set(answer) == {"jump"}


def test_it_never_runs_backwards_whatever_the_sources_say(run_firmware: Run) -> None:
    [answer] = run_firmware(
        f"""{PRELUDE}
import random
random.seed(31)
given = refused = taken = 0
for _ in range(60):
    clock = clock_of(random.choice((time.epoch + 3, T - 90000, T, T + 1000)))
    last = 0
    true = T
    for _ in range(400):
        ms = random.choice((0, 1, 10, 999, 1000, 60000, 3600000, 400000000))
        pass_ms(ms)
        clock.ms()
        true += ms // 1000
        what = random.randrange(10)
        if what < 6:
            wrong = random.choice((0, 0, 1, -1, 60, -60, 119, -121, 299, 301, -4000, 10 ** 6))
            reason = clock.set(true + wrong, random.choice(("system", "rtc", "network")))
            taken += reason is None
            refused += reason is not None
        elif what == 6:
            clock.floor = max(clock.floor, true - random.randrange(5000))
        elif what == 7 and not random.randrange(20):
            clock.distrust()
        now = clock.unix()
        assert now is not None or not clock.trusted
        if now is not None:
            given += 1
            assert now >= last, (now, last)
            assert now >= clock.floor
            last = now
show([given, taken, refused])
""",
        timeout=120,
    )
    assert min(answer) > 1000, "the walk went somewhere"
