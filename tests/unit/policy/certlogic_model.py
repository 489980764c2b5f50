"""CertLogic once more, by another road: expressions in JSON, recursion, Python's own dates.

Written from the specification and the behaviour of its reference in JavaScript, to be compared
with the firmware. Dates are Python's, moved by whole cycles of 400 years where Python has no such
year.
"""

from __future__ import annotations

import itertools
import operator
import re
from datetime import datetime, timedelta
from typing import Any

_CYCLE = timedelta(days=146_097)  # 400 years, after which the calendar repeats itself
_EPOCH = datetime(1970, 1, 1)
UNITS = ("year", "month", "day", "hour")
_DAY = timedelta(days=1)
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(.*))?)?", re.ASCII | re.DOTALL)
_TIME = re.compile(
    r"T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d{1,2}):?(\d\d)?)?", re.ASCII | re.DOTALL
)
_ORDER = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
    "before": operator.lt, "after": operator.gt, "not-after": operator.le,
    "not-before": operator.ge,
}  # fmt: skip


class NoValue(Exception):
    """An error, by the kind that the firmware has for it."""


class Moment:
    """A date-time: base, a year from 2000 to 2399, moved by so many cycles."""

    def __init__(self, base: datetime, cycles: int) -> None:
        self.base = base
        self.cycles = cycles

    @property
    def order(self) -> tuple[int, timedelta]:
        return self.cycles, self.base - _EPOCH

    def checked(self) -> Moment:
        since = self.base - _EPOCH
        days = self.cycles * 146_097 + since.days
        rest = since - timedelta(days=since.days)
        if not -100_000_000 <= days <= 100_000_000 or (days == 100_000_000 and rest):
            raise NoValue("date_range")
        return self

    def iso(self) -> str:
        year = self.base.year + 400 * self.cycles
        shown = f"{year:04}" if 0 <= year <= 9999 else f"{year:+07}"
        rest = self.base.strftime("-%m-%dT%H:%M:%S")
        return f"{shown}{rest}.{self.base.microsecond // 1000:03}Z"


def _moment(year: int, month: int, after: timedelta) -> Moment:
    """So long after the first of a month."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    extra, after = after // _CYCLE, after % _CYCLE
    cycles, year = divmod(year - 2000, 400)
    moved = datetime(2000 + year, month, 1) + after
    if moved.year >= 2400:
        moved, extra = moved - _CYCLE, extra + 1
    return Moment(moved, cycles + extra)


def date_time(text: str, whole_day: bool) -> Moment:
    found = _DATE.fullmatch(text)
    if not found:
        raise NoValue("date_invalid")
    year = int(found[1])
    month = int(found[2] or 12)
    if not 1 <= month <= 12:
        raise NoValue("date_invalid")
    following = _moment(year, month + 1, timedelta())
    last = _moment(following.base.year + 400 * following.cycles, following.base.month, -_DAY)
    if found[3] is None:
        return last
    day = int(found[3])
    if not 1 <= day <= last.base.day:
        raise NoValue("date_invalid")
    if not found[4]:
        return _moment(year, month, (day - 1) * _DAY)
    clock = None if whole_day else _TIME.fullmatch(found[4])
    if not clock:
        raise NoValue("date_invalid")
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3])
    milliseconds = int(((clock[4] or "") + "000")[:3])
    time = timedelta(hours=hour, minutes=minute, seconds=second, milliseconds=milliseconds)
    if minute > 59 or second > 59 or time > _DAY or (hour == 24 and time != _DAY):
        raise NoValue("date_invalid")
    if clock[5]:
        hours, minutes = int(clock[6]), int(clock[7] or 0)
        if hours > 23 or minutes > 59:
            raise NoValue("date_invalid")
        offset = timedelta(hours=hours, minutes=minutes)
        time += offset if clock[5] == "-" else -offset
    return _moment(year, month, (day - 1) * _DAY + time)


def plus(moment: Moment, amount: int, unit: str) -> Moment:
    year, month = moment.base.year + 400 * moment.cycles, moment.base.month
    after = moment.base - moment.base.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if abs(amount) > 10**10:
        raise NoValue("date_range")
    if unit == "year":
        year += amount
    elif unit == "month":
        month += amount
    else:
        hours = amount if unit == "hour" else 24 * amount
        cycles, hours = divmod(hours, 146_097 * 24)
        moved = _moment(year, month, after + timedelta(hours=hours))
        return Moment(moved.base, moved.cycles + cycles).checked()
    return _moment(year, month, after).checked()


def evaluate(expression: Any, data: Any, outer: Any = None) -> Any:
    """The value of a valid expression. outer: in a lambda, (data around it, around that)."""
    if isinstance(expression, list):
        return [evaluate(item, data, outer) for item in expression]
    if not isinstance(expression, dict):
        return expression
    ((name, operands),) = expression.items()
    if name == "var":
        return access(operands, data, outer)
    if name == "if":
        chosen = operands[1 if truth(evaluate(operands[0], data, outer)) else 2]
        return evaluate(chosen, data, outer)
    if name == "and":
        for operand in operands:
            value = evaluate(operand, data, outer)
            if not truth(value):
                break
        return value
    if name == "!":
        return not truth(evaluate(operands[0], data, outer))
    if name == "reduce":
        return reduce(operands, data, outer)
    first = evaluate(operands[0], data, outer)
    if name in ("plusTime", "dccDateOfBirth"):
        if not isinstance(first, str):
            raise NoValue("not_text")
        moment = date_time(first, name == "dccDateOfBirth")
        return plus(moment, *operands[1:]) if name == "plusTime" else moment
    if name == "extractFromUVCI":
        return extract(first, operands[1])
    return infix(name, [first, *(evaluate(o, data, outer) for o in operands[1:])])


def infix(name: str, values: list[Any]) -> Any:
    if name == "===":
        return same(values[0], values[1])
    if name == "in":
        if not isinstance(values[1], list):
            raise NoValue("not_array")
        return any(same(values[0], item) for item in values[1])
    wanted = Moment if name[0] in "abn" else int
    if not all(isinstance(value, wanted) and not isinstance(value, bool) for value in values):
        raise NoValue("not_date_time" if wanted is Moment else "not_integer")
    if name == "+":
        if not -(2**63) <= sum(values) < 2**63:
            raise NoValue("integer_range")
        return sum(values)
    keys = [value.order if wanted is Moment else value for value in values]
    return all(_ORDER[name](a, b) for a, b in itertools.pairwise(keys))


def reduce(operands: list[Any], data: Any, outer: Any) -> Any:
    values = evaluate(operands[0], data, outer)
    if values is not None and not isinstance(values, list):
        raise NoValue("not_array")
    result = evaluate(operands[2], data, outer)
    for value in values or ():
        context = {"accumulator": result, "current": value}
        result = evaluate(operands[1], context, (data, outer))
    return result


def extract(text: Any, index: int) -> Any:
    if text is None:
        return None
    if not isinstance(text, str):
        raise NoValue("not_text")
    parts = re.split("[/#:]", text.removeprefix("URN:UVCI:"))
    return parts[index] if 0 <= index < len(parts) else None


def access(path: str, data: Any, outer: Any) -> Any:
    names = path.split(".") if path else []
    while outer is not None and names and names[0] == "data":
        (data, outer), names = outer, names[1:]
    for name in names:
        if isinstance(data, dict):
            data = data.get(name)
        elif isinstance(data, list) and re.fullmatch("[0-9]+", name):
            data = data[int(name)] if int(name) < len(data) else None
        else:
            data = None
    return data


def truth(value: Any) -> bool:
    if isinstance(value, Moment):
        raise NoValue("not_boolean")
    return bool(value)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, bool | list | dict | Moment) or isinstance(other, bool):
        return one is other
    return type(one) is type(other) and bool(one == other)


def plain(value: Any) -> Any:
    """A value in JSON."""
    if isinstance(value, Moment):
        return value.iso()
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value
