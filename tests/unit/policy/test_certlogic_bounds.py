"""What no program and no data can do: take more steps, memory or stack than there is to be had."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest

from host_tools import firmware
from host_tools import interpreter as micropython
from host_tools.interpreter import Interpreter
from host_tools.policies import certlogic as compiler
from host_tools.policies.certlogic import compile_expression

from .certlogic import at, var
from .certlogic_random import Maker

MAIN = Path(__file__).with_name("certlogic_main.py")
STACK = Path(__file__).with_name("certlogic_stack_main.py")
BUDGET = 5000  # the firmware's own
LOOKS = 8  # at a program, at most, for each step
SUM = {"+": [var("accumulator"), var("current")]}

# In form and size like the larger ones of those that countries published; for two doses of a
# vaccine, 14 to 270 days ago.
TYPICAL = {
    "if": [
        var("payload.v.0"),
        {
            "if": [
                {"in": [var("payload.v.0.mp"), [f"EU/1/20/{i}" for i in range(1500, 1506)]]},
                {
                    "and": [
                        {">=": [var("payload.v.0.dn"), var("payload.v.0.sd")]},
                        {
                            "not-after": [
                                at(var("payload.v.0.dt"), 14),
                                at(var("external.validationClock")),
                                at(var("payload.v.0.dt"), 270),
                            ]
                        },
                    ]
                },
                False,
            ]
        },
        True,
    ]
}
DOSE = {"mp": "EU/1/20/1505", "dn": 2, "sd": 2, "dt": "2021-06-01"}
CERTIFICATE = {
    "payload": {"v": [DOSE]},
    "external": {"validationClock": "2021-09-01T12:00:00Z"},
}


@dataclass(frozen=True)
class Run:
    """What happened to one program."""

    kind: str | None
    checked: str | None
    reads: int
    kept: int
    made: int


def run(
    cases: Iterable[tuple[bytes, int, Any]], interpreter: Interpreter, weighed: bool = False
) -> list[Run]:
    """weighed: whether what is kept and made is looked at."""
    with NamedTemporaryFile("w", suffix=".txt") as lines:
        for program, budget, data in cases:
            lines.write(f"{program.hex()} {budget} {json.dumps(data)}\n")
        lines.flush()
        options = ["weighed"] * weighed
        done = micropython.run(
            [str(MAIN), lines.name, *options], interpreter=interpreter, heap="4M"
        )
    assert done.returncode == 0, done.stderr[-2000:]
    return [Run(*json.loads(line)) for line in done.stdout.splitlines()]


def nested(depth: int) -> bytes:
    """`!` of `!` of ... of the data: depth operations, whatever the compiler would say."""
    return b"\x82\x0e" * depth + b"\x40"


def test_tables_of_compiler_and_firmware_agree() -> None:
    assert firmware.FIRMWARE.is_dir()
    source = (firmware.FIRMWARE / "gate/policy/certlogic.py").read_text()
    assert f"\nMAX_DEPTH = {compiler.MAX_DEPTH} " in source
    assert f"\nBUDGET = {BUDGET} " in source


def test_a_typical_rule(micropython: Interpreter) -> None:
    program = compile_expression(TYPICAL)
    one, barely, not_quite = run(
        [(program, budget, CERTIFICATE) for budget in (BUDGET, 75, 74)], micropython, weighed=True
    )
    assert (barely.kind, not_quite.kind) == (None, "budget_exhausted")
    assert (one.kind, one.checked) == (None, None)
    assert len(program) < len(json.dumps(TYPICAL, separators=(",", ":"))) * 0.6
    assert one.kept <= 64
    assert one.made < 4096  # without a single collection


def test_the_budget_ends_everything(micropython: Interpreter) -> None:
    """An expression that needs n steps has a value with n and none with fewer."""
    maker = Maker(random.Random(6))
    tried = [(compile_expression(maker.any(4)), maker.data()) for _ in range(40)]
    every = run([(p, budget, data) for p, data in tried for budget in range(100)], micropython)
    for i in range(0, len(every), 100):
        runs = every[i : i + 100]
        kinds = [one.kind for one in runs]
        enough = kinds.count("budget_exhausted")
        assert kinds[:enough] == ["budget_exhausted"] * enough
        assert len(set(kinds[enough:])) <= 1
        assert all(one.reads <= LOOKS * (budget + 1) for budget, one in enumerate(runs))


def bombs() -> dict[str, tuple[Any, Any]]:
    many = list(range(3000))
    inner = {"reduce": [var("data.data"), SUM, 0]}
    grow = {"reduce": [var(""), [var("accumulator"), var("accumulator")], 0]}
    chain = {"reduce": [var(""), [var("accumulator")], 0]}
    keep = {"reduce": [var(""), var(""), 0]}
    pad = {"reduce": [var(""), [var("accumulator"), *range(200)], 0]}
    code = {"extractFromUVCI": [var("data.0"), 5]}
    return {
        "nested reductions": ({"reduce": [var(""), {"reduce": [var("data"), inner, 0]}, 0]}, many),
        "a list of twice itself": (grow, many),
        "a list in a list in a list": (chain, many),
        "all contexts kept": (keep, many),
        "long lists kept": (pad, many),
        "a large set asked often": (
            {"reduce": [var(""), {"in": ["no", var("data")]}, 0]}, many),
        "a long text taken apart often": (
            {"reduce": [var("1"), code, 0]}, ["x" * 5000, many]),
        "a long date read often": (
            {"reduce": [var("1"), at(var("data.0")), 0]},
            ["2021-01-01T00:00:00." + "1" * 5000, many]),
        "sums without end": (
            {"reduce": [var(""), {"+": [var("accumulator"), var("accumulator")]}, 1]}, many),
        "much passed over": (
            {"reduce": [var(""), {"if": [0, ["x"] * 500, 0]}, 0]}, many),
        "a long path": (
            {"reduce": [var(""), var(".".join("a" * 500)), 0]}, many),
    }  # fmt: skip


def test_bombs(micropython: Interpreter) -> None:
    """Each ends with a typed error, having kept or read only what its budget allows."""
    cases = bombs()
    runs = run(
        [(compile_expression(logic), BUDGET, data) for logic, data in cases.values()], micropython
    )
    kinds = {name: one.kind for name, one in zip(cases, runs, strict=True)}
    assert kinds.pop("sums without end") == "integer_range"
    assert kinds == dict.fromkeys(kinds, "budget_exhausted")
    assert max(one.reads for one in runs) <= LOOKS * BUDGET


def test_long_texts_cost_what_looking_at_them_costs(micropython: Interpreter) -> None:
    many = list(range(3000))
    long = "2021-01-01T00:00:00." + "1" * 5000
    cases: list[tuple[Any, Any]] = [
        ({"reduce": [var(""), long, 0]}, many),
        ({"reduce": [var("1"), at(var("data.0")), 0]}, [long, many]),
        ({"reduce": [var("1"), {"extractFromUVCI": [var("data.0"), 9]}, 0]}, [long, many]),
        ({"reduce": [var(""), {"in": [-1, var("data")]}, 0]}, many),
    ]
    programs = [(compile_expression(logic), BUDGET, data) for logic, data in cases]
    for one in run(programs, micropython):
        assert one.kind == "budget_exhausted"
        assert one.reads < 500  # and 3000 rounds would take more than 10,000


def test_units_are_four_even_in_programs_that_nobody_checked(micropython: Interpreter) -> None:
    for unit, kind in (("03", None), ("04", "program_invalid")):
        (one,) = run([(bytes.fromhex("840f643230323100" + unit), BUDGET, None)], micropython)
        assert (one.kind, one.checked) == (kind, kind)


def test_memory_follows_the_budget(micropython: Interpreter) -> None:
    """The largest values that a budget can buy keep at most four bytes a step."""
    # per item: charge for the reduction, reading, and building
    programs = {
        "a list of twice itself": 12 + 8 + 2 + 1 + 4,
        "a list in a list in a list": 12 + 8 + 1 + 1 + 2,
        "all contexts kept": 12 + 1,
        "long lists kept": 12 + 8 + 201 + 1 + 202,
    }
    cases = []
    for name, cost in programs.items():
        logic, data = bombs()[name]
        cases.append((compile_expression(logic), BUDGET, data[: BUDGET // cost - 1]))
    runs = run(cases, micropython, weighed=True)
    for name, one in zip(programs, runs, strict=True):
        assert one.kind is None, name
        assert BUDGET / 4 < one.kept < 4 * BUDGET, (name, one.kept)


def test_depth(micropython: Interpreter) -> None:
    deepest = compiler.MAX_DEPTH
    runs = run(
        [(nested(depth), BUDGET, 1) for depth in (deepest, deepest + 1, 3000)],
        micropython,
        weighed=True,
    )
    assert [one.kind for one in runs] == [None, "too_deep", "too_deep"]
    assert [one.checked for one in runs] == [None, "too_deep", "too_deep"]
    assert runs[0].made < 8192


def test_depth_of_the_program_takes_no_stack(micropython: Interpreter) -> None:
    """The interpreter on the computer bounds its stack too, and tells how much was left."""
    flat, deep = (calls_around(nested(depth), micropython) for depth in (1, compiler.MAX_DEPTH))
    assert flat == deep > 20


def calls_around(program: bytes, interpreter: Interpreter) -> int:
    with NamedTemporaryFile() as file:
        file.write(program)
        file.flush()
        done = micropython.run([str(STACK), file.name], interpreter=interpreter, heap="1M")
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_whatever_the_bytes_only_a_typed_error(any_micropython: Interpreter) -> None:
    rng = random.Random(7)
    maker = Maker(rng)
    programs = [rng.randbytes(rng.randrange(12)) for _ in range(3000)]
    for _ in range(3000):
        good = compile_expression(maker.any(4))
        at = rng.randrange(len(good))
        piece = rng.choice((b"", rng.randbytes(1), rng.randbytes(3), good[:9], b"\x81" * 70))
        programs.append(good[:at] + piece + good[at + rng.randrange(4) :])
    runs = run([(program, 300, maker.data()) for program in programs], any_micropython)
    assert len(runs) == len(programs)
    for program, one in zip(programs, runs, strict=True):
        assert one.reads <= LOOKS * 301, program.hex()
        if one.checked is None:
            assert one.kind not in ("program_invalid", "too_deep"), program.hex()
    assert sum(one.checked is None for one in runs) > 200
    assert sum(one.kind == "program_invalid" for one in runs) > 1000


def test_every_part_of_a_program_is_no_program(micropython: Interpreter) -> None:
    whole = compile_expression(TYPICAL)
    parts = [whole[:size] for size in range(len(whole))] + [whole + b"\x00"]
    runs = run([(part, BUDGET, CERTIFICATE) for part in parts], micropython)
    assert {one.checked for one in runs} == {"program_invalid"}
    assert {one.kind for one in runs} == {"program_invalid"}


@pytest.mark.parametrize(
    "program",
    [
        "", "f6", "f7", "fb3ff8000000000000", "a0", "c000", "80", "8113", "820e", "830e0000",
        "84010000", "820200", "6180", "62c080", "41ff", "42612e", "432e6161", "1800",
        "9f00ff", "830f6000", "840f600004", "840f606000", "83116060", "1b0000000000000000",
        "8218ff00", "81f5", "c249010000000000000000",
    ],
)  # fmt: skip
def test_what_is_no_program(micropython: Interpreter, program: str) -> None:
    (one,) = run([(bytes.fromhex(program), BUDGET, None)], micropython)
    assert one.checked == "program_invalid"
