"""Everything that a page may ask of the gate, and the only way in for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from host_tools.pages.strict import Refused

MAX_CODE = 2000  # characters of a code that somebody pastes; a QR code has room for 4296
MAX_LANES = 2
MAX_READERS = 2
INPUTS = ("fire", "tamper", "lock", "maintenance", "passage", "door")


@dataclass(frozen=True)
class Command:
    """What is to be done, checked."""

    do: str
    arguments: Mapping[str, Any]


def _text(high: int) -> Callable[[object], str]:
    def check(value: object) -> str:
        if not isinstance(value, str) or not 0 < len(value) <= high or not value.isprintable():
            raise ValueError
        return value

    return check


def _number(high: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < high:
            raise ValueError
        return value

    return check


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _input(value: object) -> str:
    if value not in INPUTS:
        raise ValueError
    return str(value)


_LANE = {"lane": _number(MAX_LANES)}
# command -> its arguments, every one of which has to be there
COMMANDS: Mapping[str, Mapping[str, Callable[[object], Any]]] = {
    "show": {"person": _text(40), "reader": _number(MAX_READERS)},
    "paste": {"code": _text(MAX_CODE), "reader": _number(MAX_READERS)},
    "walk": _LANE,
    "follow": _LANE,
    "force": _LANE,
    "exit": _LANE,
    "auto": {"on": _flag},
    "input": {"name": _input, "lane": _number(MAX_LANES), "on": _flag},
    "reader": {"reader": _number(MAX_READERS), "alive": _flag},
    "clock": {"trusted": _flag},
    "power": {"on": _flag},
    "update": {},
}


def parse(asked: Mapping[str, object]) -> Command:
    """The command in a request's JSON; Refused if it is none."""
    do = asked.get("do")
    wanted = COMMANDS.get(do) if isinstance(do, str) else None
    if wanted is None:
        raise Refused(400, "no such command")
    if set(asked) - {"do", "token"} != set(wanted):
        raise Refused(400, f"{do} takes {', '.join(wanted) or 'nothing'}")
    arguments = {}
    for name, check in wanted.items():
        try:
            arguments[name] = check(asked[name])
        except ValueError:
            raise Refused(400, f"{name} makes no sense") from None
    return Command(str(do), arguments)
