"""Three ways of checking people, and how long each person takes in each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from host_tools.queue.draws import Draws
from host_tools.queue.lane import Visit
from host_tools.queue.terminal import Terminal


@dataclass(frozen=True)
class Way:
    """check: seconds that the next person needs from standing at the reader to the answer."""

    name: str
    title: str
    check: Callable[[Draws, Terminal], float]


def _one_code(draws: Draws, terminal: Terminal) -> float:
    seconds = _unprepared(draws, draws.happens("ready"), draws.seconds("open_code"))
    showing = draws.seconds("aim") + draws.figure("reader") + terminal.transfer_s
    return seconds + showing * draws.tries("reread") + terminal.decision_s(draws.figure("cycles"))


def _guard(draws: Draws, terminal: Terminal) -> float:
    seconds = 0.0
    for page in range(round(draws.figure("pages"))):
        loaded = _load(draws)
        is_open = draws.happens("page_open")
        seconds += _unprepared(draws, is_open, loaded) if page == 0 else 0 if is_open else loaded
        seconds += draws.seconds("look")
    message = draws.seconds("sms_wait") + draws.seconds("sms_type")
    asked = draws.happens("sms")
    # Whoever had both pages open has typed it in already.
    return seconds + (message if asked and not draws.happens("page_open") else 0)


def _two_codes(draws: Draws, terminal: Terminal) -> float:
    first = _unprepared(draws, draws.happens("page_open"), _load(draws))
    loaded = _load(draws)
    other = draws.seconds("switch") + (0 if draws.happens("page_open") else loaded)
    second = 0 if draws.happens("second_open") else other
    return first + _asked(draws) + second + _asked(draws)


def _asked(draws: Draws) -> float:
    """Showing a code whose text is short, and the server's answer."""
    showing = draws.seconds("aim") + draws.figure("reader")
    return showing * draws.tries("reread") + draws.seconds("server")


def _load(draws: Draws) -> float:
    return draws.seconds("page_load") * draws.tries("reload")


def _unprepared(draws: Draws, ready: bool, opening: float) -> float:
    """What those need first who come with the phone in their pocket."""
    taking = draws.seconds("take_out")
    return 0 if ready else taking + opening


WAYS = (
    Way("one", "one code, our terminal", _one_code),
    Way("two", "two codes scanned one after the other", _two_codes),
    Way("guard", "a guard looks at two pages", _guard),
)


def visits(way: Way, draws: Draws, terminal: Terminal, arrivals: Sequence[float]) -> list[Visit]:
    """What everybody of a crowd does."""
    return [_visit(way, draws, terminal, at) for at in arrivals]


def _visit(way: Way, draws: Draws, terminal: Terminal, arrives: float) -> Visit:
    seconds = draws.seconds("step_up") + way.check(draws, terminal)
    walk = draws.figure("relay") + draws.seconds("walk")
    overlap = draws.happens("overlap")
    away = draws.seconds("turned_away")
    if draws.happens("refused"):
        return Visit(arrives, seconds + away, None, overlap)
    return Visit(arrives, seconds, walk, overlap)


def crowd(draws: Draws, rate: float, minutes: float) -> list[float]:
    """When people come, in seconds: groups at random, `rate` people a minute on average."""
    mean = draws.figure("group")
    at, arrivals = 0.0, list[float]()
    while True:
        at += draws.exponential("arrival", 60 * mean / rate)
        if at >= minutes * 60:
            return arrivals
        arrivals += [at] * _group(draws, mean)


def _group(draws: Draws, mean: float) -> int:
    """Geometric: 1, 2, 3... people with this mean."""
    size = 1
    while mean > 1 and draws.chance("group") > 1 / mean and size < 1000:
        size += 1
    return size
