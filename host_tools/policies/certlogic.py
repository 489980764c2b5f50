"""CertLogic 1.3: expressions in JSON are validated and compiled to programs for the terminal.

Specification: ehn-dcc-development/eu-dcc-business-rules, certlogic/specification. Programs are
described in docs/formats.md ("CertLogic program"). Nothing is evaluated here; the firmware does
that.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import cbor2

from host_tools import firmware
from host_tools.names import suggest
from host_tools.problems import Failure

assert firmware.FIRMWARE.is_dir()  # now `gate` can be imported

UNITS = ("year", "month", "day", "hour")
MAX_DEPTH = 64  # operations and arrays within each other; the firmware's bound, held by a test
MAX_EXPRESSIONS = 20_000
_SHOWN_ISSUES = 5
_LITERALS = (bool, int, str)

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Operation:
    """number: in programs. fewest, most: operands; most None: any number."""

    number: int
    fewest: int
    most: int | None


OPERATIONS = {
    "if": Operation(1, 3, 3),
    "===": Operation(2, 2, 2),
    "and": Operation(3, 2, None),
    "<": Operation(4, 2, 3),
    ">": Operation(5, 2, 3),
    "<=": Operation(6, 2, 3),
    ">=": Operation(7, 2, 3),
    "before": Operation(8, 2, 3),
    "after": Operation(9, 2, 3),
    "not-after": Operation(10, 2, 3),
    "not-before": Operation(11, 2, 3),
    "in": Operation(12, 2, 2),
    "+": Operation(13, 2, 2),
    "!": Operation(14, 1, 1),
    "plusTime": Operation(15, 3, 3),
    "reduce": Operation(16, 3, 3),
    "extractFromUVCI": Operation(17, 2, 2),
    "dccDateOfBirth": Operation(18, 1, 1),
}
# Other spellings that rules and implementations have used.
ALIASES = {"extractFromUCVI": "extractFromUVCI", "extractFromUCI": "extractFromUVCI"}
_ARRAY = 0

_INSTEAD = {
    "==": 'compare with "==="',
    "!=": 'write {"!": [{"===": [...]}]}',
    "!==": 'write {"!": [{"===": [...]}]}',
    "!!": 'write {"!": [{"!": [...]}]}',
    "or": 'write {"if": [a, a, b]}',
    "missing": 'ask {"!": [{"var": "..."}]}',
    "all": 'write a "reduce"',
    "some": 'write a "reduce"',
    "none": 'write a "reduce"',
    "map": 'write a "reduce"',
    "filter": 'write a "reduce"',
}


@dataclass(frozen=True)
class Issue:
    """What is wrong with one expression. path: how to get there from the whole one."""

    path: Path
    expression: object
    message: str

    def at(self, root: str) -> str:
        return f"{place(root, self.path)}: {self.message}"


class Invalid(Failure):
    """An expression that is no CertLogic. issues: at least one."""

    def __init__(self, issues: list[Issue], root: str) -> None:
        shown = [issue.at(root) for issue in issues[:_SHOWN_ISSUES]]
        if len(issues) > _SHOWN_ISSUES:
            shown.append(f"and {len(issues) - _SHOWN_ISSUES} more")
        super().__init__("; ".join(shown))
        self.issues = issues


@dataclass
class Program:
    """code: for the firmware. places: offset in it -> path of the expression that begins there."""

    code: bytes
    places: dict[int, Path] = field(default_factory=dict)


def compile_expression(expression: object, root: str = "logic") -> bytes:
    """The program of an expression in JSON. root: its name in messages. Raises Invalid."""
    return compile_program(expression, root).code


def compile_program(expression: object, root: str = "logic") -> Program:
    """As compile_expression, with what is needed to say where an evaluation went wrong."""
    issues = validate(expression)
    if issues:
        raise Invalid(issues, root)
    writer = _Writer()
    writer.expression(expression, ())
    return Program(bytes(writer.code), writer.places)


def place(root: str, path: Path) -> str:
    """`logic.if[1].plusTime[0]`"""
    return root + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)


# validation


def validate(expression: object) -> list[Issue]:
    """Everything that is wrong with an expression, in order; empty if it is valid."""
    return list(_Validator().expression(expression, (), 0))


class _Validator:
    def __init__(self) -> None:
        self.room = MAX_EXPRESSIONS

    def expression(self, expression: object, path: Path, depth: int) -> Iterator[Issue]:
        self.room -= 1
        if self.room <= 0:
            if self.room == 0:
                yield Issue(path, expression, f"more than {MAX_EXPRESSIONS} expressions in one")
        elif isinstance(expression, list) and expression:
            yield from self._within(expression, path, depth, expression)
        elif isinstance(expression, dict):
            yield from self._operation(expression, path, depth)
        else:
            problem = _literal_problem(expression)
            if problem is not None:
                yield Issue(path, expression, problem)

    def _within(
        self, operands: list[object], path: Path, depth: int, whole: object
    ) -> Iterator[Issue]:
        if depth == MAX_DEPTH:
            yield Issue(path, whole, f"more than {MAX_DEPTH} operations within each other")
            return
        for i, operand in enumerate(operands):
            yield from self.expression(operand, (*path, i), depth + 1)

    def _operation(
        self, expression: dict[object, object], path: Path, depth: int
    ) -> Iterator[Issue]:
        if len(expression) != 1:
            message = f"an operation is an object with exactly one key, this has {len(expression)}"
            yield Issue(path, expression, message)
            return
        ((name, operands),) = expression.items()
        if name == "var":
            problem = _path_problem(operands)
            if problem is not None:
                yield Issue(path, expression, problem)
            return
        if not isinstance(operands, list):
            yield Issue(path, expression, 'an operation is written {"<name>": [<operand>, ...]}')
            return
        canonical = ALIASES.get(name, name) if isinstance(name, str) else ""
        operation = OPERATIONS.get(canonical)
        if operation is None:
            yield Issue(path, expression, f"there is no operation {_shown(name)}{_hint(name)}")
            return
        count = len(operands)
        if count < operation.fewest or (operation.most is not None and count > operation.most):
            wanted = _wanted(operation)
            yield Issue(path, expression, f'"{name}" takes {wanted} operands, this has {count}')
            if canonical == "!":
                return
        inner = (*path, str(name))
        if canonical == "plusTime":
            yield from self._within(operands[:1], inner, depth, expression)
            if count > 1 and not _is_integer(operands[1]):
                message = f"the amount to add must be an integer, not {_shown(operands[1])}"
                yield Issue(path, expression, message)
            if count > 2 and operands[2] not in UNITS:
                message = f"the unit must be one of {', '.join(UNITS)}, not {_shown(operands[2])}"
                yield Issue(path, expression, message)
        elif canonical == "extractFromUVCI":
            yield from self._within(operands[:1], inner, depth, expression)
            if count > 1 and not _is_integer(operands[1]):
                message = f"the index must be an integer, not {_shown(operands[1])}"
                yield Issue(path, expression, message)
        else:
            yield from self._within(operands[: operation.most], inner, depth, expression)


def _literal_problem(value: object) -> str | None:
    if isinstance(value, str):
        return None if _is_text(value) else "a text with half of a surrogate pair is no Unicode"
    if isinstance(value, bool | list) or _is_integer(value):
        return None
    if value is None:
        return "null is no expression; what is missing is asked for with var"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return f"{_shown(value)} does not fit into 64 bits"
    if isinstance(value, float):
        return f"{_shown(value)} is no integer"
    return f"{_shown(value)} is no expression"


def _path_problem(path: object) -> str | None:
    if not isinstance(path, str):
        return 'data are read with {"var": "<path>"}, the path being a text'
    if not _is_text(path):
        return "a path with half of a surrogate pair is no Unicode"
    if path and "" in path.split("."):
        return f"the path {_shown(path)} has an empty name; names stand between full stops"
    return None


def _is_integer(value: object) -> bool:
    """Whether it is an integer of JSON (which 3.0 is) that fits into 64 bits with its sign."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if isinstance(value, float) and not (math.isfinite(value) and value.is_integer()):
        return False
    return -(1 << 63) <= int(value) < 1 << 63


def _is_text(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _wanted(operation: Operation) -> str:
    if operation.most is None:
        return f"at least {operation.fewest}"
    if operation.most == operation.fewest:
        return f"exactly {operation.most}"
    return f"{operation.fewest} or {operation.most}"


def _hint(name: object) -> str:
    instead = _INSTEAD.get(name) if isinstance(name, str) else None
    if instead is not None:
        return f"; {instead}"
    return suggest(name, (*OPERATIONS, "var")) if isinstance(name, str) else ""


def _shown(value: object) -> str:
    """A value in a message: short, and safe for a terminal."""
    text = ascii(value)
    return text if len(text) <= 60 else text[:57] + "..."


# compilation


class _Writer:
    def __init__(self) -> None:
        self.code = bytearray()
        self.places: dict[int, Path] = {}

    def expression(self, expression: object, path: Path) -> None:
        """One expression that has been validated."""
        self.places[len(self.code)] = path
        if isinstance(expression, list):
            self._operation(_ARRAY, expression, path)
            return
        if not isinstance(expression, dict):
            self._item(int(expression) if isinstance(expression, float) else expression)
            return
        ((name, operands),) = expression.items()
        if name == "var":
            self._item(operands.encode())
            return
        canonical = ALIASES.get(name, str(name))
        number = OPERATIONS[canonical].number
        inner = (*path, name)
        if canonical == "plusTime":
            self._operation(number, operands[:1], inner, 2)
            self._item(int(operands[1]))
            self._item(UNITS.index(operands[2]))
        elif canonical == "extractFromUVCI":
            self._operation(number, operands[:1], inner, 1)
            self._item(int(operands[1]))
        else:
            self._operation(number, operands, inner)

    def _operation(self, number: int, operands: list[object], path: Path, more: int = 0) -> None:
        self.code += _array_head(1 + len(operands) + more)
        self._item(number)
        for i, operand in enumerate(operands):
            self.expression(operand, (*path, i))

    def _item(self, item: object) -> None:
        self.code += cbor2.dumps(item)


def _array_head(count: int) -> bytes:
    if count < 24:
        return bytes([0x80 + count])
    return bytes([0x98, count]) if count < 256 else b"\x99" + count.to_bytes(2, "big")
