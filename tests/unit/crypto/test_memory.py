"""What a verification takes of the heap once warm, and the code of executable memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from bootstrap.places import FIRMWARE, ROOT
from host_tools.bench.cases import verifications
from host_tools.interpreter import Interpreter, run
from host_tools.kernels import mpy

MAIN = Path(__file__).with_name("memory_main.py")
HEAP_LIMIT = 2048  # bytes of one verification
CODE_LIMIT = 40 * 1024  # bytes of native code of a board's algorithms
# What ES256 imports when no native kernel serves; with one, `gatectl board build` keeps the limit.
PORTABLE_ES256 = {"kernel_viper.py", "inverse.py", "machine.py", "steps.py"}
PAGE = (ROOT / "docs" / "crypto-methods.md").read_text(encoding="utf-8")
CRYPTO = FIRMWARE / "gate" / "crypto"


def test_heap_of_each_verification(micropython: Interpreter, tmp_path: Path) -> None:
    cases = [case.body for case in verifications()]
    parts = ("alg", "key", "message", "signature", "table")
    lines = [
        " ".join([f"case{number}", *(str(body[part]) or "-" for part in parts)])
        for number, body in enumerate(cases)
    ]
    path = tmp_path / "cases"
    path.write_text("\n".join(lines))
    done = run([str(MAIN), str(path)], interpreter=micropython)
    assert done.returncode == 0, done.stderr
    answers = [line.split() for line in done.stdout.splitlines()]
    assert len(answers) == len(cases)
    for (name, valid, taken), body in zip(answers, cases, strict=True):
        sizes = f"key {len(body['key']) // 2}, table {len(body['table']) // 2}"
        print(f"alg {body['alg']}, {sizes}: {taken} bytes of heap")
        assert valid == "1", name
        assert int(taken) <= HEAP_LIMIT, (name, taken)
        assert f"{int(taken):,}" in PAGE, f"docs/crypto-methods.md does not say {taken}"


@pytest.mark.parametrize("arch", ["rv32imc", "xtensawin"])
def test_native_code_fits(arch: str) -> None:
    sizes = {
        path.name: sum(len(f.code) for f in mpy.functions(mpy.compile_file(path, arch)))
        for path in sorted(CRYPTO.glob("*.py"))
    }
    es256 = sum(sizes[name] for name in PORTABLE_ES256)
    used = ", ".join(f"{name} {size}" for name, size in sizes.items() if size)
    print(
        f"{arch}, portable: {sum(sizes.values())} bytes of native code, {es256} for ES256: {used}"
    )
    assert es256 <= CODE_LIMIT
