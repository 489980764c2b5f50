"""The portable power modulo an RSA key, and its division, against Python's integers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from host_tools.interpreter import Interpreter, run

MAIN = Path(__file__).with_name("rsa_main.py")
LIMB = 13


def answers(lines: list[str], interpreter: Interpreter, folder: Path) -> list[str]:
    path = folder / "lines"
    path.write_text("".join(line + "\n" for line in lines))
    done = run([str(MAIN), str(path)], interpreter=interpreter, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split()


def shapes(bits: int, rng: random.Random) -> Iterator[int]:
    """Numbers of exactly so many bits whose limbs are extreme."""
    top = 1 << (bits - 1)
    yield from (2 * top - 1, top, top + 1)
    for period in (LIMB, 2 * LIMB, 8 * LIMB, 16 * LIMB):
        mask = sum(((1 << LIMB) - 1) << at for at in range(0, bits, period)) % (2 * top)
        yield mask | top
        yield (2 * top - 1 - mask) | top
    # the highest 15 bits, from which quotients are estimated, at their least and their most
    yield top | ((1 << (bits - 15)) - 1)
    yield (2 * top - 1) ^ ((1 << (bits - 15)) - 1)
    yield top | rng.getrandbits(bits - 1)


def test_power(any_micropython: Interpreter, tmp_path: Path) -> None:
    rng = random.Random(17)
    lines, wanted = [], []
    for size in (256, 257, 263, 269, 384, 399, 500, 511, 512):
        for shape in shapes(8 * size, rng):
            n = shape | 1
            values = [0, 1, n - 1, n - 2, (1 << (8 * size - 1)) - 1, rng.randrange(n)]
            values += [x % n for x in shapes(8 * size, rng)]
            for s in rng.sample(values, 2):
                lines.append(
                    f"power {n.to_bytes(size, 'big').hex()} {s.to_bytes(size, 'big').hex()}"
                )
                wanted.append(pow(s, 65537, n).to_bytes(size, "big").hex())
    assert answers(lines, any_micropython, tmp_path) == wanted


def test_remainder(any_micropython: Interpreter, tmp_path: Path) -> None:
    rng = random.Random(18)
    lines, wanted = [], []
    for bits in (*range(40, 70), 255, 256, 2047, 2048):
        size = (bits + 7) // 8
        for n in shapes(bits, rng):
            multiples = [rng.randrange(1 << bits) * n % (1 << (16 * size)) for _ in range(2)]
            values = [0, n - 1, n, n + 1, (1 << (16 * size)) - 1, rng.getrandbits(16 * size)]
            values += [m + d for m in multiples for d in (-1, 0, 1)]
            for x in values:
                x = max(x, 0) % (1 << (16 * size))
                raw = x.to_bytes(2 * size, "little").hex()
                lines.append(f"divide {raw} {n.to_bytes(size, 'little').hex()}")
                wanted.append((x % n).to_bytes(size, "little").hex())
    assert answers(lines, any_micropython, tmp_path) == wanted
