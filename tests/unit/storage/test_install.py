"""A terminal installs what it may and refuses the rest, each with its reason and one by one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from host_tools import interpreter as runner
from host_tools.boards import build
from host_tools.bundles import build as building
from host_tools.bundles import bundle_file, root_file
from host_tools.bundles.bundle_file import BundleFile, Terms
from host_tools.bundles.sealed import BUNDLE, Sealed
from host_tools.interpreter import Interpreter
from host_tools.keys.private import PrivateKey
from host_tools.revocation.part import base_part, recent_part
from host_tools.values.part import compile_values
from host_tools.values.sets import read as read_sets

from ..bundles.sites import (
    ANNA,
    BELA,
    CORA,
    DAY,
    DORA,
    EMIL,
    NOW,
    OPERATORS,
    OTHER_POLICY,
    SITE,
    STRANGER,
    TWO_OF_THREE,
    made,
    resealed,
)

MAIN = Path(__file__).with_name("terminal_main.py")
VALUES = compile_values(read_sets())
FULL = replace(SITE, parts={"values": VALUES})
OLD = bundle_file.read(made(FULL))
NEW = bundle_file.read(made(replace(FULL, policy=OTHER_POLICY), OLD))
NEWEST = bundle_file.read(made(FULL, NEW))

NEXT = root_file.make([DORA.public, EMIL.public], 2, 2)
ROTATION = root_file.rotation(NEXT).signed_by([ANNA, CORA, DORA, EMIL], 16)


@pytest.fixture
def terminal(micropython: Interpreter, tmp_path: Path) -> Any:
    """Starts a terminal again and again, with what is put into its folder between the starts."""
    (tmp_path / "flash" / "site").mkdir(parents=True)

    def run(
        *steps: str | bytes, root: bytes = TWO_OF_THREE, identity: bytes = b'{"gate":"A-1"}'
    ) -> list[dict[str, Any]]:
        lines = [step if isinstance(step, str) else incoming(step) for step in steps]
        lines[0] = f"put root.cbor {root.hex()}; put gate.json {identity.hex()}; {lines[0]}"
        (tmp_path / "steps").write_text("\n".join(lines) + "\n")
        return _run(micropython, tmp_path)

    return run


def _run(interpreter: Interpreter, folder: Path) -> list[dict[str, Any]]:
    program = [str(MAIN), str(folder / "steps"), str(folder / "flash")]
    done = runner.run(program, interpreter=interpreter, heap="4M")
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def incoming(data: bytes) -> str:
    return f"put incoming.bin {data.hex()}"


def versions(answers: Sequence[dict[str, Any]]) -> list[object]:
    return [answer["version"] or answer["reason"] for answer in answers]


def test_a_bundle_is_installed_and_stays(terminal: Any) -> None:
    first, second, third = terminal(OLD.encode(), "-", NEW.encode())
    assert (first["version"], first["root"], first["parts"], first["left"]) == (7, 1, 3, [])
    assert first["said"] == [[["trust", 7], ["policy", 7], ["values", 7]]]
    assert (second["version"], second["said"]) == (7, [])
    assert (third["version"], third["parts"]) == (8, 3)
    assert third["said"] == [[["policy", 8]]]


def test_an_update_carries_only_what_is_new(terminal: Any) -> None:
    update = NEW.since(OLD)
    assert set(update.parts) == {"policy"}
    assert len(update.encode()) < len(NEW.encode()) / 3
    answers = terminal(OLD.encode(), update.encode())
    assert versions(answers) == [7, 8]
    assert answers[1]["said"] == [[["policy", 8]]]


def test_an_update_may_renew_the_validity_alone(terminal: Any) -> None:
    renewed = bundle_file.read(made(FULL, OLD)).since(OLD)
    assert not renewed.parts
    answers = terminal(OLD.encode(), renewed.encode())
    assert versions(answers) == [7, 8]
    assert answers[1]["parts"] == 3


def test_an_update_for_a_bundle_that_is_not_there(terminal: Any) -> None:
    update = NEWEST.since(NEW).encode()
    answers = terminal(update, OLD.encode(), NEW.since(OLD).encode(), "-")
    assert versions(answers) == ["bundle_part_missing", 7, 8, 8]


def test_a_mix_of_parts_that_were_never_together(terminal: Any) -> None:
    """The new head with the old bundle's policy: in the file, and in the store."""
    mixed = replace(NEW, parts={**NEW.parts, "policy": OLD.parts["policy"]})
    without = replace(NEW, parts={"trust": NEW.parts["trust"]})
    answers = terminal(OLD.encode(), mixed.encode(), without.encode(), "-")
    assert versions(answers) == [7, 7, 7, 7]
    short = len(OLD.parts["policy"]) - len(NEW.parts["policy"])
    size = "bundle_invalid" if short > 0 else "bundle_cut" if short else "bundle_part_damaged"
    assert [answer["said"] for answer in answers[1:]] == [[size], ["bundle_part_missing"], []]


def test_nothing_older_comes_back(terminal: Any) -> None:
    answers = terminal(
        NEW.encode(), OLD.encode(), "remove installed.bin", OLD.encode(), NEW.encode(), "-"
    )
    assert versions(answers) == [8, 8, "bundle_missing", "bundle_rollback", 8, 8]
    assert answers[1]["said"] == ["bundle_rollback"]


def test_an_older_installed_file_does_not_open(terminal: Any, tmp_path: Path) -> None:
    [_] = terminal(OLD.encode())
    old = (tmp_path / "flash/site/installed.bin").read_bytes()
    answers = terminal(NEW.encode(), f"put installed.bin {old.hex()}", NEW.encode())
    assert versions(answers) == [8, "bundle_rollback", 8]


def refusals() -> dict[str, tuple[bytes, str]]:
    """Each is refused by a terminal that has OLD, which stays."""
    trust, policy, values = building.parts_of(FULL, OLD)
    site = replace(FULL, version=9)
    older = [replace(trust, version=6), policy, values]
    head = Sealed(NEW.head.payload, BUNDLE)
    once = head.signed_by([ANNA], 8)
    unknown = building.Part("more", 9, b"\0", Terms(NOW + DAY))
    data = NEW.encode()
    damaged = NEW.parts["policy"][:-1] + b"\xff"
    return {
        "an older part": (resealed(older, site), "bundle_rollback"),
        "a part of the same version with other content": (
            resealed([trust, replace(policy, data=OTHER_POLICY), values], site), "bundle_rollback"),
        "the threshold is not reached": (
            replace(NEW, head=once).encode(), "bundle_signatures"),
        "the same operator twice": (
            replace(NEW, head=replace(once, signatures=once.signatures * 2)).encode(),
            "bundle_signatures"),
        "a stranger": (
            replace(NEW, head=head.signed_by([ANNA, STRANGER], 8)).encode(), "bundle_signatures"),
        "another site": (made(replace(FULL, name="Gym", version=9)), "bundle_other_site"),
        "a part whose digest is another": (
            replace(NEW, parts={**NEW.parts, "policy": damaged}).encode(), "bundle_part_damaged"),
        "cut short": (data[:-1], "bundle_cut"),
        "cut in its head": (data[:50], "bundle_cut"),
        "empty": (b"", "bundle_invalid"),
        "something after it": (data + b"\0", "bundle_invalid"),
        "a part of an unknown kind": (
            resealed([trust, policy, values, unknown], site), "bundle_format"),
        "a part is given up": (resealed([trust, policy], site), "bundle_part_missing"),
        "a policy that is none": (
            resealed([trust, replace(policy, data=b"\xa0", version=9), values], site),
            "policy_invalid"),
        "a list of issuers that is none": (
            resealed([replace(trust, data=b"\xa0", version=9), policy, values], site),
            "trust_invalid"),
        "a later format": (b"\x84\x03" + data[2:], "bundle_format"),
    }  # fmt: skip


@pytest.mark.parametrize("why", refusals())
def test_it_is_refused_and_the_old_bundle_stays(terminal: Any, why: str) -> None:
    data, reason = refusals()[why]
    first, second, third = terminal(OLD.encode(), data, "-")
    assert versions([first, second, third]) == [7, 7, 7]
    assert second["said"] == [reason]
    assert (second["parts"], second["left"]) == (3, [])
    assert third["said"] == []


def test_provisioning_may_fix_the_site(terminal: Any) -> None:
    gym = made(replace(FULL, name="Gym"))
    identity = b'{"gate":"A-1","site":"Gym"}'
    answers = terminal(OLD.encode(), gym, identity=identity)
    assert versions(answers) == ["bundle_other_site", 7]


def test_a_damaged_store_is_refused_with_its_reason_and_repaired_by_a_whole_bundle(
    terminal: Any,
) -> None:
    answers = terminal(
        OLD.encode(), "flip parts/*", OLD.encode(), "remove parts/*", OLD.encode(),
        "flip installed.bin", OLD.encode(), "flip versions.json", OLD.encode(),
        "remove versions.json", "remove root.cbor",
    )  # fmt: skip
    damaged = versions(answers)[5]
    assert damaged in ("bundle_signatures", "bundle_invalid")
    assert versions(answers) == [
        7, "bundle_part_damaged", 7, "bundle_part_missing", 7, damaged, 7, "record_damaged",
        "record_damaged", 7, "root_invalid",
    ]  # fmt: skip


# Rotations of the root


def with_rotations(
    *rotations: Sealed, by: Sequence[PrivateKey] = (DORA, EMIL), after: BundleFile = OLD
) -> bytes:
    return made(replace(FULL, policy=OTHER_POLICY), after, by, rotations)


def test_the_root_is_rotated_with_a_bundle(terminal: Any) -> None:
    answers = terminal(OLD.encode(), with_rotations(ROTATION), "-", "remove installed.bin")
    assert versions(answers) == [7, 8, 8, "bundle_missing"]
    assert [answer["root"] for answer in answers] == [1, 2, 2, None]
    old_root = f"put root.cbor {TWO_OF_THREE.hex()}"
    again = terminal(with_rotations(ROTATION), old_root, root=NEXT.encode())
    assert versions(again) == [8, 8], "an old root beside it changes nothing"


def test_a_chain_of_rotations(terminal: Any) -> None:
    third = root_file.make([BELA.public], 1, 3)
    second_rotation = root_file.rotation(third).signed_by([DORA, EMIL, BELA], 16)
    chain = with_rotations(ROTATION, second_rotation, by=[BELA])
    assert versions(terminal(OLD.encode(), chain)) == [7, 8]
    [answer] = terminal(chain)
    assert (answer["version"], answer["root"]) == (8, 3)
    assert versions(terminal(chain, root=NEXT.encode())) == [8], "what it knows, it passes over"


def test_replaced_operators_sign_nothing_more(terminal: Any) -> None:
    by_old = made(replace(FULL, version=9), None, [ANNA, BELA])
    answers = terminal(OLD.encode(), with_rotations(ROTATION), by_old)
    assert versions(answers) == [7, 8, 8]
    assert answers[2]["said"] == ["bundle_signatures"]


def test_an_old_root_given_by_hand_does_not_come_back(terminal: Any) -> None:
    answers = terminal(
        OLD.encode(), with_rotations(ROTATION),
        f"remove installed.bin; put root.cbor {TWO_OF_THREE.hex()}; {incoming(NEWEST.encode())}",
    )  # fmt: skip
    assert versions(answers) == [7, 8, "root_rollback"]


def test_a_higher_root_given_by_hand_wins(terminal: Any) -> None:
    """When operators' keys are lost, a technician brings the next root."""
    by_hand = root_file.make([EMIL.public], 1, 5).encode()
    signed = made(replace(FULL, version=9), None, [EMIL])
    answers = terminal(OLD.encode(), f"put root.cbor {by_hand.hex()}", signed)
    assert versions(answers) == [7, "bundle_signatures", 9]
    assert answers[2]["root"] == 5


def bad_rotations() -> dict[str, Sealed]:
    unsigned = root_file.rotation(NEXT)
    third = root_file.rotation(root_file.make([DORA.public, EMIL.public], 2, 3))
    weak = root_file.rotation(replace(NEXT, threshold=0))
    return {
        "nobody of the old root": unsigned.signed_by([DORA, EMIL], 16),
        "too few of the old root": unsigned.signed_by([ANNA, DORA, EMIL], 16),
        "one of the old root twice": replace(
            unsigned.signed_by([ANNA, DORA, EMIL], 16),
            signatures=(
                *unsigned.signed_by([ANNA], 16).signatures,
                *unsigned.signed_by([ANNA, DORA, EMIL], 16).signatures,
            ),
        ),
        "too few of the new root": unsigned.signed_by([ANNA, BELA, CORA, DORA], 16),
        "a root between is missing": third.signed_by([ANNA, BELA, DORA, EMIL], 16),
        "a root without a threshold": weak.signed_by([ANNA, BELA, DORA, EMIL], 16),
        "signed as a bundle": replace(
            Sealed(unsigned.payload, BUNDLE).signed_by([ANNA, BELA, DORA, EMIL], 16),
            aad=ROTATION.aad,
        ),
    }


@pytest.mark.parametrize("why", bad_rotations())
def test_a_rotation_that_is_refused(terminal: Any, why: str) -> None:
    whole = bundle_file.read(with_rotations(ROTATION))
    bad = replace(whole, rotations=(bad_rotations()[why],))
    answers = terminal(OLD.encode(), bad.encode(), NEW.encode())
    assert versions(answers) == [7, 7, 8]
    assert answers[1]["said"] == ["root_rotation_invalid"]
    assert len(OPERATORS) == 3


def test_a_large_list_of_revocations_stays_in_flash(
    compiled: Path, micropython: Interpreter, tmp_path: Path
) -> None:
    """A part of 400 KB and more is installed, checked and used on a heap that could not hold it."""
    revoked = [hashlib.sha256(n.to_bytes(4, "big")).digest()[:16] for n in range(120_000)]
    base = base_part(revoked)
    assert len(base) > 380_000
    site = tmp_path / "site"
    site.mkdir()
    (site / "root.cbor").write_bytes(TWO_OF_THREE)
    whole = replace(SITE, parts={"revocation": base, "recent": recent_part(base, revoked[:9], [])})
    (site / "incoming.bin").write_bytes(made(whole))
    program = (
        "import os, sys; os.chdir(sys.argv[1])\n"
        "from gate.runtime.settings import Site\n"
        "bundle = Site().bundle\n"
        "known = [bundle.revocations.revoked(bytes.fromhex(h)) for h in sys.argv[2:]]\n"
        "print(known)\n"
    )
    (tmp_path / "program.py").write_text(program)
    asked = [revoked[0].hex(), revoked[-1].hex(), hashlib.sha256(b"x").digest()[:16].hex()]
    done = runner.run(
        [str(tmp_path / "program.py"), str(tmp_path), *asked],
        interpreter=micropython, heap="180k", extra_path=[compiled],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[-1] == "[True, True, False]"


@pytest.fixture
def compiled(micropython: Interpreter, tmp_path: Path) -> Path:
    if build.refusal(micropython, "x86"):
        pytest.skip("needs MicroPython for x86: " + build.refusal(micropython, "x86"))
    build.build("x86", tmp_path / "firmware")
    return tmp_path / "firmware"
