"""CertLogic, evaluated by the firmware on MicroPython: an expression and data in, a value out."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import cbor2

from host_tools.interpreter import Interpreter
from host_tools.policies.certlogic import Invalid, Program, compile_program, place
from host_tools.problems import Failure
from host_tools.served import NoAnswer, Served

LOOP = Path(__file__).with_name("device") / "certlogic_loop.py"
HEAP = "32M"  # for the data of a whole line as objects; the terminal's own need is far smaller
PATIENCE = 60.0  # seconds; the budget below takes about two
BUDGET = 1_000_000  # steps
MAX_LINE = 1 << 20  # bytes
MAX_DATA_DEPTH = 256

_NUMBER = 4000  # CBOR tags, as in the loop
_MOMENT = 4001

# kind of an error -> what it means; the first are the firmware's (gate.policy.certlogic.KINDS)
WORDS = {
    "program_invalid": "the firmware does not take this for a program",
    "too_deep": "too many operations within each other",
    "budget_exhausted": "the evaluation takes more steps than it may",
    "not_boolean": "a date-time is neither truthy nor falsy",
    "not_integer": "every operand must be an integer",
    "not_text": "the operand must be a text",
    "not_array": "the operand must be an array",
    "not_date_time": "every operand must be a date-time, which plusTime and dccDateOfBirth make",
    "date_invalid": "the text is no date or date-time that CertLogic knows",
    "date_range": "the date-time would be more than 100,000,000 days from 1970",
    "integer_range": "the sum does not fit into 64 bits",
    # the service's own
    "expression_invalid": "",
    "data_invalid": "",
    "line_invalid": "",
    "result_too_large": "the result is larger than can be shown",
    "memory_short": "the evaluation needs more memory than there is",
    "no_answer": "the firmware gave no answer; the next line finds a new process",
}


class CertLogicFailure(Failure):
    """An evaluation without a value. kind: a key of WORDS."""

    def __init__(self, kind: str, message: str = "", where: str | None = None) -> None:
        at = "" if where is None else f" (at {where})"
        super().__init__(f"{kind}: {message or WORDS[kind]}{at}")
        self.kind = kind


class Evaluator:
    """Evaluates with one MicroPython process, or its successor. A context manager."""

    def __init__(self, budget: int = BUDGET, interpreter: Interpreter | None = None) -> None:
        self.budget = budget
        self._served = Served(LOOP, heap=HEAP, patience=PATIENCE, interpreter=interpreter)

    def __enter__(self) -> Evaluator:
        return self

    def __exit__(self, *_: object) -> None:
        self._served.stop()

    def answer(self, line: bytes | None) -> dict[str, Any]:
        """The answer to one line of `gatectl policy certlogic`. None: a line that is too long."""
        try:
            logic, data = read_line(line)
            return {"result": self.evaluate(logic, data)}
        except CertLogicFailure as failure:
            return {"error": str(failure)}

    def evaluate(self, expression: object, data: object) -> object:
        """The value, in JSON; date-times as ISO 8601 texts. Raises CertLogicFailure."""
        try:
            program = compile_program(expression)
        except Invalid as invalid:
            raise CertLogicFailure("expression_invalid", str(invalid)) from None
        return self.run(program, encode_data(data))

    def run(self, program: Program, data: bytes) -> object:
        """The value of a program over encoded data. Raises CertLogicFailure."""
        frames = (self.budget.to_bytes(4, "big"), program.code, data)
        try:
            answer = cbor2.loads(self._served.ask(frames), tag_hook=_value)
        except (NoAnswer, ValueError, RecursionError):
            raise CertLogicFailure("no_answer") from None
        if len(answer) == 1:
            return answer[0]
        kind, at = answer
        path = program.places.get(at)
        raise CertLogicFailure(kind, where=None if path is None else place("logic", path))


def read_line(line: bytes | None) -> tuple[object, object]:
    """Expression and data of a line. Raises CertLogicFailure."""
    if line is None:
        raise CertLogicFailure("line_invalid", f"longer than {MAX_LINE} bytes")
    try:
        document = json.loads(line.decode(), parse_constant=_no_constant)
    except RecursionError:
        raise CertLogicFailure("line_invalid", "nested too deeply") from None
    except ValueError as error:
        raise CertLogicFailure("line_invalid", f"no JSON in UTF-8: {error}") from None
    if not isinstance(document, dict) or "logic" not in document:
        raise CertLogicFailure("line_invalid", 'no object {"logic": ..., "data": ...}')
    return document["logic"], document.get("data")


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def encode_data(data: object) -> bytes:
    """Data for the firmware. Raises CertLogicFailure."""
    try:
        return cbor2.dumps(_prepared(data, 0))
    except UnicodeEncodeError:
        message = "a text with half of a surrogate pair is no Unicode"
        raise CertLogicFailure("data_invalid", message) from None


def _prepared(item: object, depth: int) -> object:
    if depth > MAX_DATA_DEPTH:
        raise CertLogicFailure("data_invalid", f"nested more than {MAX_DATA_DEPTH} times")
    if isinstance(item, dict):
        return {key: _prepared(value, depth + 1) for key, value in item.items()}
    if isinstance(item, list):
        return [_prepared(value, depth + 1) for value in item]
    if isinstance(item, float):
        if not math.isfinite(item):
            raise CertLogicFailure("data_invalid", "a number is too large")
        if not item.is_integer():
            return cbor2.CBORTag(_NUMBER, repr(item))
        item = int(item)
    if isinstance(item, int) and not -(1 << 63) <= item < 1 << 63:
        raise CertLogicFailure("data_invalid", f"{item} does not fit into 64 bits")
    return item


def _value(tag: cbor2.CBORTag, _immutable: bool) -> object:
    if tag.tag == _NUMBER:
        return float(tag.value)
    if tag.tag == _MOMENT:
        return iso(*tag.value)
    raise ValueError(tag.tag)


def iso(day: int, ms: int) -> str:
    """A date-time as ECMAScript writes it: `2021-06-24T00:00:00.000Z`.

    day: days since 1970-01-01. ms: milliseconds of that day.
    """
    day += 719_468  # from 0000-03-01
    cycle, day = divmod(day, 146_097)  # 400 years
    year = (day - day // 1460 + day // 36_524 - day // 146_096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    of_month = day - (153 * month + 2) // 5 + 1
    year += 400 * cycle + (month >= 10)
    month = month - 9 if month >= 10 else month + 3
    written = f"{year:04}" if 0 <= year <= 9999 else f"{year:+07}"
    second, ms = divmod(ms, 1000)
    minute, second = divmod(second, 60)
    hour, minute = divmod(minute, 60)
    return f"{written}-{month:02}-{of_month:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z"
