"""The figures in docs/crypto-methods.md are the measured ones."""

from __future__ import annotations

from bootstrap.places import ROOT
from host_tools.kernels.combs import make_table
from host_tools.kernels.curves import ED25519, P256
from host_tools.kernels.viper_counts import operations

PAGE = (ROOT / "docs" / "crypto-methods.md").read_text(encoding="utf-8")


def test_counts_of_the_portable_kernel() -> None:
    counts = operations()
    for label, names in (
        ("multiply", ["multiply"]),
        ("square", ["square"]),
        ("add / subtract", ["add", "subtract"]),
        ("IN / OUT", ["IN", "OUT"]),
    ):
        cells = [
            " / ".join(f"{counts[f'{field} {name}']:,}" for name in names)
            for field in ("P-256", "SM2", "25519")
        ]
        assert f"| {label} | {' | '.join(cells)} |" in PAGE


def test_sizes_of_tables() -> None:
    key = b"".join(c.to_bytes(32, "big") for c in P256.g)
    for teeth in (6, 7, 8):
        sizes = (
            len(make_table(-7, key, teeth)),
            len(make_table(-8, ED25519.encode(ED25519.g), teeth)),
        )
        words = f"{teeth} teeth", f"{sizes[0]:,}", f"{sizes[1]:,}"
        assert all(word in PAGE for word in words), words
