"""A native kernel that is wrong somewhere is passed over, and nothing is verified with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

from host_tools.bench.cases import verifications
from host_tools.interpreter import Interpreter, run

MAIN = Path(__file__).with_name("fallback_main.py")
ROUTINES = ["ecdsa", "invert", "plan", "rsa", "run", "sha512_rounds", "sm3_rounds"]


@dataclass
class Outcome:
    active: str
    notes: list[str]
    called: list[str]
    answers: list[bool]


@lru_cache(maxsize=1)
def cases() -> tuple[list[str], list[bool]]:
    """Each verification, and again with a bit of the signature changed."""
    lines, valid = [], []
    for case in verifications():
        signature = case.body["signature"]
        for one in (signature, signature[:-1] + f"{int(signature[-1], 16) ^ 1:x}"):
            words = [case.body["key"], case.body["message"], one, case.body["table"] or "-"]
            lines.append(" ".join([str(case.body["alg"]), *words]))
            valid.append(one == signature)
    return lines, valid


def outcome(broken: str, how: str, interpreter: Interpreter, folder: Path) -> Outcome:
    path = folder / "cases"
    path.write_text("\n".join(cases()[0]))
    done = run([str(MAIN), str(path), broken, how], interpreter=interpreter)
    assert done.returncode == 0, done.stderr
    return Outcome(*json.loads(done.stdout))


def test_every_routine_is_used(any_micropython: Interpreter, tmp_path: Path) -> None:
    """The others' control: a kernel that is right is taken, and verifying calls all of it."""
    found = outcome("nothing", "is broken", any_micropython, tmp_path)
    assert found == Outcome("native", [], ROUTINES, cases()[1])


@pytest.mark.parametrize("how", ["wrong", "raises"])
@pytest.mark.parametrize("broken", ROUTINES)
def test_broken_routine_is_passed_over(
    broken: str, how: str, micropython: Interpreter, tmp_path: Path
) -> None:
    found = outcome(broken, how, micropython, tmp_path)
    assert found.answers == cases()[1]
    assert broken not in found.called
    (note,) = found.notes
    if broken == "run":  # without it there is no kernel
        assert (found.active, found.called) == ("viper", [])
        assert note.startswith("kernel_rv32: ")
    else:
        assert found.active == "native"
        assert set(found.called) >= set(ROUTINES) - {broken, "invert"}
        assert note.startswith(f"native.{broken}: ")


def test_kernel_without_a_field_is_passed_over(micropython: Interpreter, tmp_path: Path) -> None:
    found = outcome("FIELDS", "lacks a field", micropython, tmp_path)
    assert found == Outcome("viper", ["kernel_rv32: field 2 is missing"], [], cases()[1])
