"""The generated files of the firmware are what their generators make."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bootstrap.places import FIRMWARE, ROOT
from host_tools.kernels import programs
from host_tools.kernels.combs import CURVES, base_table

CRYPTO = FIRMWARE / "gate" / "crypto"
MODULES = {
    "kernel_viper.py": ["viper_machine"],
    "programs_w.py": ["programs", "w"],
    "programs_e.py": ["programs", "e"],
    "selftest.py": ["selftest"],
    "rsa.py": ["viper_rsa"],
}


@pytest.mark.parametrize("name", MODULES)
def test_module_is_up_to_date(name: str) -> None:
    module, *args = MODULES[name]
    made = subprocess.run(
        [sys.executable, "-m", f"host_tools.kernels.{module}", *args],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    command = " ".join([f"python -m host_tools.kernels.{module}", *args])
    assert (CRYPTO / name).read_text() == made.stdout, f"run: {command} > {Path(name)}"


@pytest.mark.parametrize("curve", CURVES.values(), ids=lambda curve: curve.name)
def test_base_table_is_up_to_date(curve) -> None:  # type: ignore[no-untyped-def]
    assert (CRYPTO / f"{curve.name}.bin").read_bytes() == base_table(curve)


@pytest.mark.parametrize(("family", "name"), [("w", "weierstrass.py"), ("e", "eddsa.py")])
def test_numbers_of_programs_and_slots_are_those_of_the_programs(family: str, name: str) -> None:
    assert programs.numbers(family) in (CRYPTO / name).read_text()
