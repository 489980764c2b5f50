"""`gatectl policy certlogic -` as its user meets it: lines in, lines out, whatever is in them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from host_tools.policies.certlogic_service import (
    MAX_LINE,
    WORDS,
    CertLogicFailure,
    Evaluator,
    encode_data,
    iso,
)

from ..gatectl import GATECTL, gatectl
from .certlogic import at, var

COMMAND = [str(GATECTL), "policy", "certlogic", "-"]


def answers(*lines: bytes, end: bytes = b"\n") -> list[dict[str, Any]]:
    done = subprocess.run(COMMAND, input=b"\n".join(lines) + end, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    given = [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]
    assert all(len(answer) == 1 for answer in given)
    return given


def line(logic: object, data: object = None) -> bytes:
    return json.dumps({"logic": logic, "data": data}).encode()


def test_one_answer_for_each_line_in_order() -> None:
    lines: list[tuple[bytes, Any]] = [
        (line({"+": [var("x"), 1]}, {"x": 41}), 42),
        (b"", "line_invalid"),
        (b"nonsense", "line_invalid"),
        (b"[1]", "line_invalid"),
        (b'{"data": 1}', "line_invalid"),
        (b'{"logic": true, "data": NaN}', "line_invalid"),
        (b'{"logic": "\xff"}', "line_invalid"),
        (b"[" * 100_000, "line_invalid"),
        (b'{"logic": ' + b"[" * 500 + b"]" * 500 + b"}", "expression_invalid"),
        (b'{"logic": 1, "data": ' + b"[" * 300 + b"]" * 300 + b"}", "data_invalid"),
        (b'{"logic": 1, "data": 1e999}', "data_invalid"),
        (b'{"logic": 1, "data": 99999999999999999999}', "data_invalid"),
        (b'{"logic": 1, "data": "\\ud800"}', "data_invalid"),
        (b'{"logic": "\\ud800"}', "expression_invalid"),
        (b'{"logic": {"or": [1, 2]}}', "expression_invalid"),
        (b'{"logic": {"<": [1, "2"]}}', "not_integer"),
        (b'{"logic": 1}\r', 1),
        (b' {"data": 0, "logic": {"var": ""}, "name": "a case"} ', 0),
        (b'{"logic": "' + b"x" * MAX_LINE + b'"}', "line_invalid"),
        (line(at("2021-06-23T23:00:00+01:00", -1, "month")), "2021-05-23T22:00:00.000Z"),
    ]
    given = answers(*(sent for sent, _ in lines))
    for (sent, expected), answer in zip(lines, given, strict=True):
        if isinstance(expected, str) and expected in WORDS:
            assert answer["error"].startswith(expected + ": "), (sent[:80], answer)
        else:
            assert answer == {"result": expected}, sent[:80]


def test_results_keep_their_types_and_letters() -> None:
    data = {"数": ["\U0001f600\u2028\x00\x7f\u200e", "é", 1.5, -0.1, 1e-300, 2.0, True, None, {}]}
    (answer,) = answers(line([var(""), 2**63 - 1, -(2**63)], data))
    expected = json.loads(json.dumps([data, 2**63 - 1, -(2**63)]).replace("2.0", "2"))
    assert json.dumps(answer["result"]) == json.dumps(expected)


def test_output_is_safe_for_terminals() -> None:
    done = subprocess.run(COMMAND, input=line("\x1b[2J\u202e"), capture_output=True, check=True)
    assert done.stdout == b'{"result": "\\u001b[2J\\u202e"}\n'


def test_an_error_says_what_and_where() -> None:
    logic = {"and": [True, {"if": [1, {"+": [1, var("x")]}, 0]}]}
    given = answers(line(logic, {"x": "2"}), line({"if": [1, {"plusTime": ["x"]}, None]}))
    assert given == [
        {"error": "not_integer: every operand must be an integer (at logic.and[1].if[1])"},
        {
            "error": 'expression_invalid: logic.if[1]: "plusTime" takes exactly 3 operands, this '
            "has 1; logic.if[2]: null is no expression; what is missing is asked for with var"
        },
    ]


def test_answers_come_at_once() -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin and process.stdout
        for i in range(3):
            process.stdin.write(line({"+": [i, 1]}) + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline()) == {"result": i + 1}
        process.stdin.close()
        assert process.wait() == 0


def test_a_last_line_without_an_end_counts() -> None:
    assert answers(b'{"logic": 1}', b'{"logic": 2}', end=b"") == [{"result": 1}, {"result": 2}]


def test_steps_are_bounded_and_the_next_line_is_read() -> None:
    many = list(range(2000))
    inner = {"reduce": [var("data.data"), {"+": [var("accumulator"), 1]}, 0]}
    bomb = {"reduce": [var(""), {"reduce": [var("data"), inner, 0]}, 0]}
    doubled = {"reduce": [var(""), [var("accumulator"), var("accumulator")], 0]}
    deep = {"reduce": [var(""), [var("accumulator")], 0]}
    given = answers(
        line(bomb, many), line(doubled, many[:60]), line(deep, many), line({"+": [1, 2]})
    )
    assert given[0]["error"].startswith("budget_exhausted: ")
    assert given[1]["error"].startswith("result_too_large: ")
    assert given[2]["error"].startswith("result_too_large: ")
    assert given[3] == {"result": 3}


def test_the_budget_can_be_chosen(tmp_path: Path) -> None:
    sent = line({"reduce": [list(range(10)), var("current"), 0]}).decode() + "\n"
    for budget, word in (("50", "error"), ("500", "result")):
        done = gatectl("policy", "certlogic", "--budget", budget, "-", cwd=tmp_path, input=sent)
        assert list(json.loads(done.stdout)) == [word]


def test_a_process_that_dies_costs_one_answer() -> None:
    with Evaluator() as evaluator:
        assert evaluator.evaluate(1, None) == 1
        process = evaluator._served._process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert evaluator.answer(line(2))["error"].startswith("no_answer: ")
        assert evaluator.answer(line(3)) == {"result": 3}


def test_every_kind_of_the_firmware_has_words() -> None:
    from gate.policy import __file__ as room

    source = (Path(room).parent / "certlogic.py").read_text()
    table = source.split("KINDS = (")[1].split("\n)\n")[0]
    kinds = [part.split('"')[1] for part in table.splitlines() if '"' in part]
    assert len(kinds) == 11
    assert kinds == [kind for kind in WORDS if kind in kinds]


@pytest.mark.parametrize(
    ("day", "ms", "text"),
    [
        (0, 0, "1970-01-01T00:00:00.000Z"),
        (-1, 86_399_999, "1969-12-31T23:59:59.999Z"),
        (11_016, 1, "2000-02-29T00:00:00.001Z"),
        (-719_528, 0, "0000-01-01T00:00:00.000Z"),
        (-719_529, 0, "-000001-12-31T00:00:00.000Z"),
        (2_932_897, 0, "+010000-01-01T00:00:00.000Z"),
    ],
)
def test_dates_are_written_as_ecmascript_does(day: int, ms: int, text: str) -> None:
    assert iso(day, ms) == text


def test_python_agrees_on_dates() -> None:
    start = time.gmtime(0)
    assert start.tm_year == 1970
    for day in range(-100_000, 100_000, 97):
        written = time.strftime("%Y-%m-%d", time.gmtime(day * 86_400))
        assert iso(day, 0).startswith(written)


def test_data_beyond_json_are_refused() -> None:
    with pytest.raises(CertLogicFailure, match="64 bits"):
        encode_data([1 << 63])


def test_unknown_words_are_usage_errors(tmp_path: Path) -> None:
    done = gatectl("policy", "certlogik", cwd=tmp_path)
    assert done.returncode == 2
    assert "did you mean certlogic?" in done.stderr
