"""CertLogic clause by clause: each operation with its corners, on both word sizes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from host_tools.interpreter import Interpreter
from host_tools.policies.certlogic_service import Evaluator

from .certlogic import Error, at, exact, outcome, var

BIG = 2**63 - 1
CODE = "URN:UVCI:01:NL:187/37512422923#B"
SUM = {"+": [var("accumulator"), var("current")]}

Case = tuple[Any, Any, Any]  # logic, data, value or Error

VALUES: list[Case] = [  # "Literal values", "A JSON array evaluates to ..."
    ("", None, ""),
    (17.0, None, 17),
    (-BIG - 1, None, -BIG - 1),
    ([], None, []),
    ([1, [var("x")], [[]], True], {"x": None}, [1, [None], [[]], True]),
    ("é\u2028\U0001f600\x00", None, "é\u2028\U0001f600\x00"),
]
ACCESS: list[Case] = [  # "Data access (var)"
    (var(""), None, None),
    (var(""), [1, {"a": 2}], [1, {"a": 2}]),
    (var("a.b"), {"a": {"b": {"c": 1}}}, {"c": 1}),
    (var("a.b.c.d.e"), {"a": {"b": None}}, None),
    (var("a"), {"a": False}, False),
    (var("0"), ["x"], "x"),
    (var("1"), ["x"], None),
    (var("00"), ["x"], "x"),
    (var("-1"), ["x"], None),
    (var("1e0"), ["x", "y"], None),
    (var("12345678901234567890"), ["x"], None),
    (var("0"), {"0": "x"}, "x"),  # a name in digits is a name like others where there are names
    (var("2g.3"), {"2g": {"3": 4}}, 4),
    (var("0"), "text", None),  # texts have no parts
    (var("length"), "text", None),
    (var("length"), [1, 2], None),
    (var("a"), 5, None),
    (var("é.数.\U0001f600"), {"é": {"数": {"\U0001f600": 1}}}, 1),
    (var(" a"), {" a": 1, "a": 2}, 1),
    (var("a b.c-d"), {"a b": {"c-d": 1}}, 1),
    (var("x"), {"x": 1.5}, 1.5),
    (var("x"), {"x": 2.0}, 2),
    (var("data.x"), {"x": 1}, None),  # there is no `data` outside of a reduction
]
IF: list[Case] = [  # "If-then-else (if)"
    *(({"if": [var(""), "T", "F"]}, data, "T") for data in (True, 1, -1, "0", [0], [[]], {"a": 0})),
    *(({"if": [var(""), "T", "F"]}, data, "F") for data in (False, None, 0, "", [], {})),
    ({"if": [var(""), "T", "F"]}, 0.5, "T"),
    ({"if": [at("2021"), 1, 2]}, None, Error("not_boolean")),
    ({"if": [True, 1, {"+": ["no", 1]}]}, None, 1),  # the other branch is not evaluated
    ({"if": [False, at("never"), 2]}, None, 2),
    ({"if": [0, 1, {"if": [0, 2, {"if": [1, [3, [4]], 5]}]}]}, None, [3, [4]]),
    ({"if": [{"if": [True, "", 1]}, 1, {"if": [1, var("x"), 3]}]}, {"x": []}, []),
]
AND: list[Case] = [  # "Operations with infix operators": and
    ({"and": [1, "a", [2]]}, None, [2]),
    ({"and": [1, "", {"+": ["no", 1]}]}, None, ""),
    ({"and": [[], 1]}, None, []),
    ({"and": [1, {"and": [2, 0, 3]}, 4]}, None, 0),
    ({"and": [True, at("2021")]}, None, Error("not_boolean")),
    ({"and": [at("2021"), True]}, None, Error("not_boolean")),
    ({"and": [1, 2, 3, 4, 5, 6, 7, 8, 9, var("x")]}, None, None),
]
SAME: list[Case] = [  # ===: values of texts and integers, nothing is converted
    ({"===": ["a", "a"]}, None, True),
    ({"===": ["a", "A"]}, None, False),
    ({"===": [1, 1]}, None, True),
    ({"===": [1, "1"]}, None, False),
    ({"===": [1, True]}, None, False),
    ({"===": [0, False]}, None, False),
    ({"===": [False, False]}, None, True),
    ({"===": [var("x"), var("y")]}, {}, True),
    ({"===": [var("x"), False]}, {}, False),
    ({"===": [var("x"), ""]}, {"x": None}, False),
    ({"===": [BIG, BIG]}, None, True),
    ({"===": [BIG, BIG - 1]}, None, False),
    ({"===": [{"+": [BIG - 1, 1]}, BIG]}, None, True),
    ({"===": [var("0"), var("1")]}, [1.5, 1.5], True),
    ({"===": [var("0"), var("1")]}, [1.5, 2], False),
    ({"===": [[], []]}, None, False),  # as the reference has it: the same one, or not the same
    ({"===": [var("0"), var("1")]}, [[1], [1]], False),
    ({"===": [var("0"), var("0")]}, [[1]], True),
    ({"===": [var("0"), var("0")]}, [{}], True),
    ({"===": [at("2021"), at("2021")]}, None, False),
]
IN: list[Case] = [
    ({"in": ["b", ["a", "b"]]}, None, True),
    ({"in": ["", ["a", "b"]]}, None, False),
    ({"in": [1, [True, "1", 2]]}, None, False),
    ({"in": [True, [1, "true"]]}, None, False),
    ({"in": [var("x"), var("y")]}, {"y": [0, None]}, True),
    ({"in": [var("x"), var("y")]}, {"y": [0, False]}, False),
    ({"in": [1.5, [1]]}, None, Error("expression_invalid")),
    ({"in": [var("0"), var("1")]}, [1.5, [1, 1.5]], True),
    ({"in": [[], [[]]]}, None, False),
    ({"in": ["a", var("x")]}, None, Error("not_array")),
    ({"in": ["a", "abc"]}, None, Error("not_array")),
    ({"in": ["a", var("")]}, {"a": 1}, Error("not_array")),
]
COMPARE: list[Case] = [
    ({"<": [1, 2]}, None, True),
    ({"<": [2, 2]}, None, False),
    ({"<=": [2, 2]}, None, True),
    ({">": [2, 1, 0]}, None, True),
    ({">": [2, 2, 0]}, None, False),
    ({">=": [2, 2, 0]}, None, True),
    ({">=": [2, 2, 3]}, None, False),
    ({"<": [-BIG - 1, BIG]}, None, True),
    ({"<": [2**30 - 1, 2**30, 2**31]}, None, True),
    ({"<": [-(2**31), -(2**30) - 1, -(2**30)]}, None, True),
    *(({op: [1, wrong]}, {}, Error("not_integer"))
      for op in ("<", ">", "<=", ">=") for wrong in (True, "2", var("x"), [], at("2021"))),
    ({"<": [2, 1, "x"]}, None, Error("not_integer")),  # all are evaluated
    ({"<": [1, var("")]}, 1.5, Error("not_integer")),
]  # fmt: skip
DATES: list[Case] = [
    ({"before": [at("2021-06-23"), at("2021-06-23T00:00:00.001")]}, None, True),
    ({"before": [at("2021-06-23"), at("2021-06-23T00:00:00Z")]}, None, False),
    ({"not-after": [at("2021-06-23"), at("2021-06-23T02:00:00+02:00")]}, None, True),
    ({"not-before": [at("2021-06-23"), at("2021-06-22T19:30:00-0430")]}, None, True),
    ({"after": [at("2021-06-24"), at("2021-06-23T23:59:59.999Z")]}, None, True),
    ({"after": [at("2038-01-20"), at("2038-01-19T03:14:08Z"), at("1901-12-13")]}, None, True),
    ({"after": [at("2021-02"), at("2021-02-27"), at("2020")]}, None, True),
    ({"not-after": [at("2020"), at("2020-12"), at("2020-12-31")]}, None, True),
    ({"before": [at("2021"), at("2021"), at("2022")]}, None, False),
    *(({op: [at("2021"), wrong]}, {}, Error("not_date_time"))
      for op in ("before", "after", "not-before", "not-after")
      for wrong in ("2021-01-01", 1, True, var("x"), [])),
]  # fmt: skip
ADD: list[Case] = [
    ({"+": [2, -3]}, None, -1),
    ({"+": [2**30 - 1, 1]}, None, 2**30),
    ({"+": [-(2**30), -1]}, None, -(2**30) - 1),
    ({"+": [BIG, -BIG]}, None, 0),
    ({"+": [BIG, 1]}, None, Error("integer_range")),
    ({"+": [-BIG - 1, -1]}, None, Error("integer_range")),
    *(({"+": [1, wrong]}, {}, Error("not_integer")) for wrong in ("a", True, var("x"), [1])),
]
NOT: list[Case] = [
    *(({"!": [var("")]}, data, False) for data in (True, 7, "false", [None], {"a": None}, 0.1)),
    *(({"!": [var("")]}, data, True) for data in (False, None, 0, "", [], {}, 0.0)),
    ({"!": [{"!": [var("x")]}]}, {"x": "y"}, True),
    ({"!": [at("2021")]}, None, Error("not_boolean")),
]
REDUCE: list[Case] = [
    ({"reduce": [[1, 2, 3], SUM, 10]}, None, 16),
    ({"reduce": [var("x"), SUM, 10]}, {"x": []}, 10),
    ({"reduce": [var("x"), SUM, {"+": [1, 1]}]}, {}, 2),  # null is as good as an empty array
    ({"reduce": [var("x"), SUM, 0]}, {"x": "abc"}, Error("not_array")),
    ({"reduce": [var("x"), SUM, 0]}, {"x": {}}, Error("not_array")),
    ({"reduce": [[1], var(""), 0]}, None, {"accumulator": 0, "current": 1}),
    ({"reduce": [[1, 2], [var("current"), var("accumulator")], 0]}, None, [2, [1, 0]]),
    ({"reduce": [[1], var("x"), 0]}, {"x": 5}, None),  # the data around are not seen as such
    ({"reduce": [[1], var("data.x"), 0]}, {"x": 5}, 5),  # but under `data` (the patched reduce)
    ({"reduce": [[1], var("data"), 0]}, [5], [5]),
    ({"reduce": [[1], {"reduce": [[2], var("data.current"), 0]}, 0]}, None, 1),
    ({"reduce": [[1], {"reduce": [[2], var("data.data.data"), 0]}, 0]}, {"data": 6}, 6),
    ({"reduce": [[1], var("current.data"), 0]}, {"data": 6}, None),
    ({"+": [{"reduce": [[1, 2], SUM, 0]}, var("x")]}, {"x": 5}, 8),  # and after it all is as before
    ({"reduce": [[[1, 2], [3]], {"+": [var("accumulator"),
        {"reduce": [var("current"), SUM, 0]}]}, 0]}, None, 6),
    ({"reduce": [[1, 2], {"+": [var("current"), "no"]}, 0]}, None, Error("not_integer")),
    ({"reduce": [[], {"+": [1, "no"]}, at("2021")]}, None, "2021-12-31T00:00:00.000Z"),
    ({"reduce": [{"reduce": [[1, 2], [var("current"), 5], 0]}, SUM, 0]}, None, 7),
]  # fmt: skip
EXTRACT: list[Case] = [
    *(({"extractFromUVCI": [CODE, i]}, None, part)
      for i, part in enumerate(("01", "NL", "187", "37512422923", "B", None))),
    ({"extractFromUVCI": [CODE, -1]}, None, None),
    ({"extractFromUVCI": [CODE, BIG]}, None, None),
    ({"extractFromUCVI": [CODE, 1]}, None, "NL"),
    ({"extractFromUCI": [CODE, 1]}, None, "NL"),
    ({"extractFromUVCI": [var("x"), 0]}, {}, None),
    ({"extractFromUVCI": ["", 0]}, None, ""),
    ({"extractFromUVCI": ["", 1]}, None, None),
    ({"extractFromUVCI": ["URN:UVCI:", 0]}, None, ""),
    ({"extractFromUVCI": ["URN:UVCI", 1]}, None, "UVCI"),
    ({"extractFromUVCI": ["urn:uvci:01", 0]}, None, "urn"),
    ({"extractFromUVCI": ["URN:UVCI:URN:UVCI:01", 1]}, None, "UVCI"),
    *(({"extractFromUVCI": ["a::c/#/f", i]}, None, part)
      for i, part in enumerate(("a", "", "c", "", "", "f", None))),
    ({"extractFromUVCI": ["é:数/\U0001f600#ß", 2]}, None, "\U0001f600"),
    *(({"extractFromUVCI": [var(""), 0]}, wrong, Error("not_text"))
      for wrong in (1, True, [], {}, 0.5)),
]  # fmt: skip
PLUS: list[Case] = [  # "Offset date-time (plusTime)", (text, amount, unit) -> text
    (at(text, amount, unit), None, value)
    for text, amount, unit, value in (
        ("2021-06-23", 1, "day", "2021-06-24T00:00:00.000Z"),
        ("2020-12-31", 1, "day", "2021-01-01T00:00:00.000Z"),
        ("2021-06-23T00:00:00.000Z", -1, "hour", "2021-06-22T23:00:00.000Z"),
        ("2021-06-23T22:00:00+02:00", 4, "hour", "2021-06-24T00:00:00.000Z"),
        ("2021-03-28T01:30:00+01:00", 24, "hour", "2021-03-29T00:30:00.000Z"),
        ("2021-12-01", 1, "month", "2022-01-01T00:00:00.000Z"),
        ("2021-01-01", -13, "month", "2019-12-01T00:00:00.000Z"),
        ("2021-01-31", 1, "month", "2021-03-03T00:00:00.000Z"),  # what February lacks runs over
        ("2020-01-31", 1, "month", "2020-03-02T00:00:00.000Z"),
        ("2021-03-31", -1, "month", "2021-03-03T00:00:00.000Z"),
        ("2021-08-31T12:34:56.789Z", 1, "month", "2021-10-01T12:34:56.789Z"),
        ("2021-03-01T00:30:00+01:00", 1, "month", "2021-03-28T23:30:00.000Z"),  # counted in UTC
        ("2020-02-29", 1, "day", "2020-03-01T00:00:00.000Z"),
        ("2020-02-29", 1, "month", "2020-03-29T00:00:00.000Z"),
        ("2020-02-29", 1, "year", "2021-03-01T00:00:00.000Z"),
        ("2020-02-29", 4, "year", "2024-02-29T00:00:00.000Z"),
        ("2020-02-29", -20, "year", "2000-02-29T00:00:00.000Z"),
        ("2020-02-29", 80, "year", "2100-03-01T00:00:00.000Z"),
        ("2020-02-29", 12, "month", "2021-03-01T00:00:00.000Z"),
        ("2004", -18, "year", "1986-12-31T00:00:00.000Z"),
        ("2004-02", 0, "month", "2004-02-29T00:00:00.000Z"),
        ("1900-02", 0, "day", "1900-02-28T00:00:00.000Z"),
        ("2000-02", 0, "day", "2000-02-29T00:00:00.000Z"),
        ("2021-12", 0, "day", "2021-12-31T00:00:00.000Z"),
        ("2038-01-19T03:14:07Z", 1, "hour", "2038-01-19T04:14:07.000Z"),
        ("1969-12-31T23:59:59.999Z", 0, "year", "1969-12-31T23:59:59.999Z"),
        ("0000-01-01", -1, "hour", "-000001-12-31T23:00:00.000Z"),
        ("9999-12-31T23:30:00Z", 1, "hour", "+010000-01-01T00:30:00.000Z"),
        ("1970-01-01", 100_000_000, "day", "+275760-09-13T00:00:00.000Z"),
        ("1970-01-01", -100_000_000, "day", "-271821-04-20T00:00:00.000Z"),
        ("1970-01-01", -2_400_000_000, "hour", "-271821-04-20T00:00:00.000Z"),
        ("1970-01-01", 100_000_001, "day", Error("date_range")),
        ("1970-01-01T00:00:00.001Z", 100_000_000, "day", Error("date_range")),
        ("2021-01-01", BIG, "year", Error("date_range")),
        ("2021-01-01", -BIG - 1, "month", Error("date_range")),
        ("2021-01-01", BIG, "hour", Error("date_range")),
    )
]
TEXTS: list[Case] = [  # the allowed formats, each
    (at(f"2021-05-04T13:37:42{rest}"), None, f"2021-05-04T{value}Z")
    for rest, value in (
        ("", "13:37:42.000"),
        ("Z", "13:37:42.000"),
        ("+1", "12:37:42.000"),
        ("-1", "14:37:42.000"),
        ("+01", "12:37:42.000"),
        ("+130", "12:07:42.000"),
        ("-0130", "15:07:42.000"),
        ("+1:30", "12:07:42.000"),
        ("-01:30", "15:07:42.000"),
        ("-00:00", "13:37:42.000"),
        ("+13:37", "00:00:42.000"),
        (".1", "13:37:42.100"),
        (".01Z", "13:37:42.010"),
        (".0019Z", "13:37:42.001"),
        (".9999999999999999999999999999Z", "13:37:42.999"),
        (".5+1", "12:37:42.500"),
        (".25+01", "12:37:42.250"),
        (".123+130", "12:07:42.123"),
        (".12345-0130", "15:07:42.123"),
        (".5+1:30", "12:07:42.500"),
        (".5-01:30", "15:07:42.500"),
    )
]
NO_DATES: list[Case] = [
    (at(text), None, Error("date_invalid"))
    for text in (
        "", "2", "202", "20210", "2021-", "2021-1", "2021-001", "2021-00", "2021-13",
        "2022-13", "2021-01-", "2021-01-1", "2021-01-00", "2021-01-32", "2021-02-29",
        "1900-02-29", "2021-04-31", "2021-09-99", "2021/01/01", "20210101", "01-01-2021",
        "-2021-01-01", "+002021-01-01", "2021-01-01T", "2021-01-01T00", "2021-01-01T00:00",
        "2021-01-01T00:00Z", "2021-01-01T0:00:00", "2021-01-01t00:00:00Z",
        "2021-01-01 00:00:00Z", "2021-01-01T00:00:00z", "2021-01-01T000000Z",
        "2021-01-01T00:00.00Z", "2021-01-01T00-00:00Z", "2021-01-01T24:00:01Z",
        "2021-01-01T25:00:00Z", "2021-01-01T00:60:00Z",
        "2021-01-01T23:59:60Z", "2021-01-01T00:00:00.", "2021-01-01T00:00:00.Z",
        "2021-01-01T00:00:00,5Z", "2021-01-01T00:00:00+", "2021-01-01T00:00:00+24:00",
        "2021-01-01T00:00:00+00:60", "2021-01-01T00:00:00+01000", "2021-01-01T00:00:00+01:0",
        "2021-01-01T00:00:00+:30", "2021-01-01T00:00:00Z ", "2021-01-01T00:00:00Z\n", " 2021",
        "2021\n", "２０２１-01-01", "2021-01-01T00:00:00\N{MINUS SIGN}01:00",
        "2021-01-01T00:00:00UTC", "2021-01-01T00:00:00+1:3:0", "2021-W01-1", "2021-001", "x",
        "2021-0x-01",
    )
]  # fmt: skip
OPERANDS: list[Case] = [
    *((at(wrong), {"x": [1]}, Error("not_text")) for wrong in (2021, True, var("y"), var("x"), [])),
    (at(at("2021")), None, Error("not_text")),  # a date-time is no text
    (at({"dccDateOfBirth": ["2021"]}), None, Error("not_text")),
    ({"dccDateOfBirth": [at("2021")]}, None, Error("not_text")),
    ({"dccDateOfBirth": [var("x")]}, {}, Error("not_text")),
]
BIRTH: list[Case] = [  # "DCC Date of birth (dccDateOfBirth)"
    ({"dccDateOfBirth": ["2004"]}, None, "2004-12-31T00:00:00.000Z"),
    ({"dccDateOfBirth": ["2004-02"]}, None, "2004-02-29T00:00:00.000Z"),
    ({"dccDateOfBirth": ["2003-02"]}, None, "2003-02-28T00:00:00.000Z"),
    ({"dccDateOfBirth": ["2004-12"]}, None, "2004-12-31T00:00:00.000Z"),
    ({"dccDateOfBirth": ["2021-05-04"]}, None, "2021-05-04T00:00:00.000Z"),
    *(({"dccDateOfBirth": [text]}, None, Error("date_invalid"))
      for text in ("", "04", "2004-13", "2021-02-29", "2021-05-04T00:00:00Z", "2021-05-04T")),
]  # fmt: skip

CLAUSES = {
    "values": VALUES, "var": ACCESS, "if": IF, "and": AND, "===": SAME, "in": IN,
    "comparison": COMPARE, "date comparison": DATES, "+": ADD, "!": NOT, "reduce": REDUCE,
    "extractFromUVCI": EXTRACT, "plusTime": PLUS, "date-time texts": TEXTS, "no dates": NO_DATES,
    "operands of dates": OPERANDS, "dccDateOfBirth": BIRTH,
}  # fmt: skip


@pytest.fixture(scope="module")
def evaluator(any_micropython: Interpreter) -> Iterator[Evaluator]:
    with Evaluator(interpreter=any_micropython) as service:
        yield service


@pytest.mark.parametrize("clause", CLAUSES)
def test_clause(evaluator: Evaluator, clause: str) -> None:
    for logic, data, expected in CLAUSES[clause]:
        assert outcome(evaluator, logic, data) == exact(expected), (logic, data)


def test_a_minor_by_the_specification(evaluator: Evaluator) -> None:
    """The rule of clause "DCC Date of birth", at the edge of the day."""
    logic = {
        "after": [
            {"dccDateOfBirth": [var("payload.dob")]},
            at(var("external.validationClock"), -18, "year"),
        ]
    }
    for clock, minor in (("2022-01-30T23:59:59.999+00:00", True), ("2022-01-31T00:00:00Z", False)):
        data = {"payload": {"dob": "2004-01"}, "external": {"validationClock": clock}}
        assert outcome(evaluator, logic, data) == exact(minor)
