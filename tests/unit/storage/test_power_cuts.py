"""The power goes at every write of an installation: the old bundle or the new one is whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from host_tools.bundles import bundle_file, root_file
from host_tools.interpreter import Interpreter
from host_tools.values.part import compile_values
from host_tools.values.sets import read as read_sets

from ...faults.running import run as run_on_flash
from ..bundles.sites import (
    ANNA,
    BELA,
    CORA,
    DORA,
    EMIL,
    OTHER_POLICY,
    SITE,
    TWO_OF_THREE,
    made,
)

MAIN = Path(__file__).with_name("cuts_main.py")
VALUES = {"values": compile_values(read_sets())}
OLD = bundle_file.read(made(replace(SITE, parts=VALUES)))
CHANGED = replace(SITE, parts=VALUES, policy=OTHER_POLICY)


def rotated() -> bytes:
    """The next bundle, by other operators, with the rotation to them."""
    following = root_file.make([DORA.public, EMIL.public], 2, 2)
    rotation = root_file.rotation(following).signed_by([ANNA, CORA, DORA, EMIL], 16)
    return made(CHANGED, OLD, [DORA, EMIL], [rotation])


@pytest.mark.parametrize(
    "new",
    [
        made(CHANGED, OLD),
        bundle_file.read(made(CHANGED, OLD)).since(OLD).encode(),
        rotated(),
        made(replace(SITE, parts={"values": VALUES["values"]}), OLD, [BELA, CORA]),
    ],
    ids=["whole", "update", "with a rotation of the root", "only its validity is new"],
)
def test_the_power_goes_at_every_write(
    new: bytes, micropython: Interpreter, tmp_path: Path
) -> None:
    answer = run("cut", new, micropython, tmp_path)
    files = ["installed.bin", "parts", "root.cbor", "versions.json"]
    assert answer["before"] == [7, True, files]
    assert answer["cuts"] > 40
    after = f"(8, True, {files})"
    assert set(answer["outcomes"]) == {f"(7, {after})", f"(8, {after})"}, answer


def test_a_flash_that_is_too_small_keeps_the_old_bundle(
    micropython: Interpreter, tmp_path: Path
) -> None:
    issuers = tuple(replace(SITE.issuers[0], kid=bytes([n])) for n in range(60))
    new = made(replace(SITE, parts=VALUES, issuers=issuers), OLD)
    outcomes = run("grow", new, micropython, tmp_path)
    none = "no room for the old one, or for the file"
    assert outcomes == [none, [7, "storage_full"], [8, None]]


def run(what: str, new: bytes, interpreter: Interpreter, folder: Path) -> Any:
    """What the MicroPython side says of the way from OLD to a new bundle."""
    for name, content in (("root.cbor", TWO_OF_THREE), ("old.bin", OLD.encode()), ("new.bin", new)):
        (folder / name).write_bytes(content)
    return run_on_flash(MAIN, [str(folder), what], interpreter)[-1]
