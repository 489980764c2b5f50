"""Which expressions are valid, what is said of others and where, and what programs look like."""

from __future__ import annotations

import random
from typing import Any

import cbor2
import pytest

from host_tools.cbor import encode
from host_tools.policies.certlogic import (
    MAX_DEPTH,
    MAX_EXPRESSIONS,
    OPERATIONS,
    Invalid,
    compile_expression,
    compile_program,
    place,
    validate,
)

from .certlogic import at, var
from .certlogic_random import Maker

TWO_OR_THREE = [name for name, kind in OPERATIONS.items() if (kind.fewest, kind.most) == (2, 3)]


# Each with the places and a word or two of what is said of them.
INVALID: list[tuple[Any, list[tuple[str, str]]]] = [
    (None, [("logic", "null")]),
    (3.14, [("logic", "no integer")]),
    (float("inf"), [("logic", "no integer")]),
    (2**63, [("logic", "64 bits")]),
    (-(2**63) - 1, [("logic", "64 bits")]),
    (1e30, [("logic", "64 bits")]),
    ("\ud800", [("logic", "surrogate")]),
    (b"x", [("logic", "no expression")]),
    ([1, None, [0.5]], [("logic[1]", "null"), ("logic[2][0]", "no integer")]),
    ({}, [("logic", "this has 0")]),
    ({"var": "a", "!": [1]}, [("logic", "this has 2")]),
    ({"all": [1, 2]}, [("logic", "reduce")]),
    ({"all": "foo"}, [("logic", "is written")]),
    ({"if": {"a": 1}}, [("logic", "is written")]),
    ({"or": [1, 2]}, [("logic", 'write {"if": [a, a, b]}')]),
    ({"plustime": []}, [("logic", "did you mean plusTime?")]),
    ({1: []}, [("logic", "no operation 1")]),
    ({"var": 0}, [("logic", "a text")]),
    ({"var": None}, [("logic", "a text")]),
    ({"var": ["x", 1]}, [("logic", "a text")]),
    ({"var": "x."}, [("logic", "empty name")]),
    ({"var": ".x"}, [("logic", "empty name")]),
    ({"var": "x..y"}, [("logic", "empty name")]),
    ({"var": "."}, [("logic", "empty name")]),
    ({"var": "\udfff"}, [("logic", "surrogate")]),
    ({"if": []}, [("logic", "exactly 3 operands, this has 0")]),
    ({"if": [1, 2]}, [("logic", "exactly 3 operands, this has 2")]),
    ({"if": [1, 2, 3, None]}, [("logic", "exactly 3 operands, this has 4")]),
    ({"if": [None, {"+": [1]}, 3]}, [("logic.if[0]", "null"), ("logic.if[1]", "exactly 2")]),
    ({"and": [1]}, [("logic", "at least 2 operands, this has 1")]),
    ({"!": []}, [("logic", "exactly 1 operands, this has 0")]),
    ({"!": [None, None]}, [("logic", "exactly 1 operands, this has 2")]),
    ({"===": [1, 2, 3]}, [("logic", "exactly 2 operands, this has 3")]),
    ({"in": ["a"]}, [("logic", "exactly 2 operands, this has 1")]),
    ({"+": [1, 2, 3]}, [("logic", "exactly 2 operands, this has 3")]),
    *(({name: [1] * count}, [("logic", f"2 or 3 operands, this has {count}")])
      for name in TWO_OR_THREE for count in (0, 1, 4)),
    ({"reduce": [[], 1]}, [("logic", "exactly 3")]),
    ({"reduce": [[], None, 1]}, [("logic.reduce[1]", "null")]),
    ({"plusTime": []}, [("logic", "exactly 3")]),
    (at(None), [("logic.plusTime[0]", "null")]),
    (at("2021", True), [("logic", "amount")]),
    (at("2021", 0.5), [("logic", "amount")]),  # type: ignore[arg-type]
    (at("2021", 2**63), [("logic", "amount")]),
    (at("2021", 1, "days"), [("logic", "year, month, day, hour")]),
    ({"plusTime": ["2021", var("x"), var("y")]}, [("logic", "amount"), ("logic", "unit")]),
    ({"extractFromUVCI": ["x"]}, [("logic", "exactly 2")]),
    ({"extractFromUVCI": [None, "0"]}, [("logic.extractFromUVCI[0]", "null"), ("logic", "index")]),
    ({"dccDateOfBirth": []}, [("logic", "exactly 1")]),
    ({"dccDateOfBirth": ["2021", 0, "day"]}, [("logic", "exactly 1")]),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "said"), INVALID, ids=lambda value: ascii(value)[:40])
def test_what_is_wrong_and_where(expression: Any, said: list[tuple[str, str]]) -> None:
    issues = validate(expression)
    assert [place("logic", issue.path) for issue in issues] == [where for where, _ in said]
    for issue, (_, words) in zip(issues, said, strict=True):
        assert words in issue.message
    with pytest.raises(Invalid) as caught:
        compile_expression(expression)
    assert str(caught.value).startswith(f"{said[0][0]}: ")


def test_many_issues_are_cut_short() -> None:
    with pytest.raises(Invalid, match=r"rule\[4\]: .*; and 15 more$") as caught:
        compile_expression([None] * 20, "rule")
    assert len(caught.value.issues) == 20


def test_depth_is_bounded() -> None:
    expression: Any = var("")
    for _ in range(MAX_DEPTH):
        expression = {"!": [expression]}
    assert not validate(expression)
    for wrapped in ({"!": [expression]}, [expression]):
        (issue,) = validate(wrapped)
        assert "within each other" in issue.message
    endless: list[Any] = []
    endless.append(endless)
    assert len(validate(endless)) == 1
    twins: list[Any] = [1]
    for _ in range(MAX_DEPTH - 1):
        twins = [twins, twins]  # 2 to the power of 63 expressions
    (issue,) = validate(twins)
    assert str(MAX_EXPRESSIONS) in issue.message


@pytest.mark.parametrize(
    ("expression", "program"),
    [
        (True, True),
        (-5, -5),
        (7.0, 7),
        ("é", "é"),
        ([], [0]),
        ([1, [2]], [0, 1, [0, 2]]),
        (var(""), b""),
        (var("a.0.é"), b"a.0.\xc3\xa9"),
        ({"if": [var("x"), 1, False]}, [1, b"x", 1, False]),
        ({"and": [1] * 30}, [3, *[1] * 30]),
        (["x"] * 300, [0, *["x"] * 300]),
        (at("2021", -3, "month"), [15, "2021", -3, 1]),
        (at("2021", 2.0, "hour"), [15, "2021", 2, 3]),  # type: ignore[arg-type]
        ({"reduce": [var("x"), var("current"), 0]}, [16, b"x", b"current", 0]),
        ({"extractFromUVCI": [var("x"), -1]}, [17, b"x", -1]),
        ({"extractFromUCVI": [var("x"), 1]}, [17, b"x", 1]),
        ({"dccDateOfBirth": [var("x")]}, [18, b"x"]),
    ],
)
def test_programs_as_documented(expression: Any, program: Any) -> None:
    assert compile_expression(expression) == encode(program)


def test_every_operation_has_its_number() -> None:
    numbers = [kind.number for kind in OPERATIONS.values()]
    assert numbers == list(range(1, 19))


def test_programs_are_deterministic_and_places_begin_expressions() -> None:
    maker = Maker(random.Random(8))
    for _ in range(300):
        program = compile_program(maker.any(5))
        assert encode(cbor2.loads(program.code)) == program.code
        assert program.places[0] == ()
        for offset in program.places:
            cbor2.loads(program.code[offset:])  # one item begins there


def test_places_are_those_of_the_expression() -> None:
    expression = {"if": [var("x"), at(var("y")), [1, {"!": [{"in": [2, var("z")]}]}]]}
    program = compile_program(expression)
    items = {place("", path): cbor2.loads(program.code[at:]) for at, path in program.places.items()}
    assert items[".if[0]"] == b"x"
    assert items[".if[1].plusTime[0]"] == b"y"
    assert items[".if[2][1].![0].in[1]"] == b"z"
