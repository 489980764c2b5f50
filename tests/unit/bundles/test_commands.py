"""gatectl bundle as operators use it: day after day, one after the other, and as they change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from host_tools.bundles import bundle_file

from ..gatectl import gatectl, works

SITE = """
site: Lobby
valid: 10 days
grace: 2 days
parts:
  policy: {valid: 20 days, warning: 5 days}
trust:
  issuers: [{key: issuer}]
policy:
  ways: [{name: any, health: any}]
"""
AT = "2026-11-20"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with keys, a root of two of three, and a first bundle."""
    folder: Path = tmp_path_factory.mktemp("operators")
    works("keys", "new", "issuer", cwd=folder)
    for name in ("anna", "bela", "cora", "dora"):
        works("keys", "new", "operator", "--name", name, cwd=folder)
    (folder / "site.yaml").write_text(SITE)
    works("bundle", "root", "anna", "bela", "cora", "--threshold", "2", cwd=folder)
    works(*BUILD, "-o", "one.bundle", "--key", "bela", cwd=folder)
    return folder


BUILD = (
    "bundle", "build", "site.yaml", "--root", "root.cbor", "--at", AT, "--key", "anna",
)  # fmt: skip


def versions(path: Path) -> dict[str, int]:
    manifest = bundle_file.load(path).manifest
    return {"": manifest.version} | {part.name: part.version for part in manifest.parts}


def test_versions_follow_the_content(made: Path) -> None:
    again = works(*BUILD, "--key", "bela", "--after", "one.bundle", "-o", "two.bundle", cwd=made)
    assert "version 2" in again
    assert "nothing but the validity" in again
    assert versions(made / "two.bundle") == {"": 2, "trust": 1, "policy": 1}
    changed = SITE.replace("health: any", "health: {max_age: 1 days}")
    (made / "changed.yaml").write_text(changed)
    command = [one.replace("site.yaml", "changed.yaml") for one in BUILD]
    works(*command, "--key", "bela", "--after", "two.bundle", "-o", "three.bundle", cwd=made)
    assert versions(made / "three.bundle") == {"": 3, "trust": 1, "policy": 3}
    in_place = works(*command, "--key", "bela", "-o", "three.bundle", cwd=made)
    assert "since version 3" in in_place
    assert versions(made / "three.bundle") == {"": 4, "trust": 1, "policy": 3}
    (made / "ahead.yaml").write_text(changed + "version: 9\n")
    command = [one.replace("site.yaml", "ahead.yaml") for one in BUILD]
    works(*command, "--after", "three.bundle", "-o", "four.bundle", cwd=made)
    assert versions(made / "four.bundle") == {"": 9, "trust": 1, "policy": 3}


def test_another_sites_bundle_before(made: Path) -> None:
    (made / "gym.yaml").write_text(SITE.replace("Lobby", "Gym"))
    command = [one.replace("site.yaml", "gym.yaml") for one in BUILD]
    done = gatectl(*command, "--after", "one.bundle", "-o", "gym.bundle", cwd=made)
    assert done.returncode == 1
    assert "of the site 'Lobby', not 'Gym'" in done.stderr


def test_operators_sign_one_after_the_other(made: Path) -> None:
    said = works(*BUILD, "-o", "half.bundle", "--after", "one.bundle", cwd=made)
    assert "1 of the 2 signatures" in said
    assert "gatectl bundle sign half.bundle" in said
    check = ("bundle", "check", "half.bundle", "--root", "root.cbor", "--at", AT)
    assert gatectl(*check, cwd=made).returncode == 1
    said = works("bundle", "sign", "half.bundle", "--key", "anna", "--root", "root.cbor", cwd=made)
    assert "1 of the 2 signatures" in said, "a second time counts once"
    said = works("bundle", "sign", "half.bundle", "--key", "cora", "--root", "root.cbor", cwd=made)
    assert "2 of the 2 signatures" in said
    assert gatectl(*check, cwd=made).returncode == 0
    works("bundle", "sign", "half.bundle", "--key", "dora", cwd=made)
    assert "2 of the 2" in works(*check, cwd=made), "a stranger's signature is passed over"


@pytest.mark.parametrize(
    ("days", "status", "words"),
    [
        (0, 0, "fresh"),
        (8, 3, "ENDS SOON"),
        (11, 4, "GRACE"),
        (13, 5, "EXPIRED"),
        (30, 5, "EXPIRED"),
    ],
)
def test_check_warns_in_time(made: Path, days: int, status: int, words: str) -> None:
    at = f"2026-{11 + (20 + days > 30)}-{(20 + days - 1) % 30 + 1:02}"
    command = ("bundle", "check", "one.bundle", "--root", "root.cbor", "--at", at)
    done = gatectl(*command, cwd=made)
    assert (done.returncode, words in done.stdout) == (status, True), done.stdout
    told: dict[str, Any] = json.loads(gatectl(*command, "--json", cwd=made).stdout)
    assert told["refused"] is None
    assert told["state"] == {0: "fresh", 3: "ending", 4: "grace", 5: "expired"}[status]
    assert set(told["parts"]) == {"trust", "policy"}


def test_check_says_what_terminals_refuse(made: Path) -> None:
    data = bytearray((made / "one.bundle").read_bytes())
    works("bundle", "root", "dora", "-o", "other.cbor", cwd=made)
    command = ("bundle", "check", "one.bundle", "--root", "other.cbor", "--at", AT)
    done = gatectl(*command, cwd=made)
    assert done.returncode == 1
    assert "0 of the 1 signatures" in done.stdout
    data[-1] ^= 1
    (made / "damaged.bundle").write_bytes(data)
    done = gatectl("bundle", "check", "damaged.bundle", "--root", "root.cbor", cwd=made)
    assert done.returncode == 1
    assert "damaged" in done.stderr
    (made / "cut.bundle").write_bytes(data[:-5])
    assert "cut short" in gatectl("bundle", "show", "cut.bundle", cwd=made).stderr


def test_show_and_diff(made: Path) -> None:
    said = works("bundle", "show", "one.bundle", cwd=made)
    for words in ("Lobby", "trust", "policy", "2 days", "refuse", "2026-12-10T00:00:00Z"):
        assert words in said
    assert said == works("bundle", "inspect", "one.bundle", cwd=made)
    told = json.loads(works("bundle", "show", "one.bundle", "--json", cwd=made))
    assert len(told["signed_by"]) == 2
    assert told["parts"]["policy"]["warning_s"] == 5 * 86400


def test_an_update_is_small_and_must_follow(made: Path) -> None:
    works(*BUILD, "--key", "bela", "--after", "one.bundle", "-o", "next.bundle", cwd=made)
    said = works("bundle", "update", "one.bundle", "next.bundle", cwd=made)
    assert "version 1 to 2" in said
    assert "only the validity" in said
    update = bundle_file.load(made / "next.update")
    assert not update.parts
    assert (made / "next.update").stat().st_size < 500
    shown = works("bundle", "show", "next.update", cwd=made)
    assert "no" in shown
    back = gatectl("bundle", "update", "next.bundle", "one.bundle", cwd=made)
    assert back.returncode == 1
    assert "bundle_rollback" in back.stderr


def test_operators_change(made: Path) -> None:
    rotate = (
        "bundle", "rotate", "root.cbor", "cora", "dora", "--sign", "anna", "--sign", "cora",
        "-o", "second.rotation",
    )  # fmt: skip
    said = works(*rotate, cwd=made)
    assert "root 1 to 2, signed by 2 of the 2 old operators that it takes and 1 of the 2" in said
    assert "root_rotation_invalid" in said
    sign = ("bundle", "sign", "second.rotation", "--key", "dora", "--root", "root.cbor")
    assert "2 of the 2 new ones" in works(*sign, cwd=made)
    build = (
        "bundle", "build", "site.yaml", "--root", "root.cbor", "--at", AT, "--after", "one.bundle",
        "--rotation", "second.rotation", "-o", "rotated.bundle", "--key", "cora", "--key", "dora",
    )  # fmt: skip
    said = works(*build, cwd=made)
    assert "2 of the 2 signatures that it takes (root 2)" in said
    for root in ("root.cbor", "second.root.cbor"):
        check = ("bundle", "check", "rotated.bundle", "--root", root, "--at", AT)
        assert gatectl(*check, cwd=made).returncode == 0
    later = works(
        *BUILD[:7], "--key", "cora", "--key", "dora", "--after", "rotated.bundle",
        "-o", "later.bundle", cwd=made,
    )  # fmt: skip
    assert "2 of the 2 signatures" in later, "rotations are carried on"
    assert len(bundle_file.load(made / "later.bundle").rotations) == 1


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ("parts: {policy: {then: warn}}", "only 'refuse' is possible"),
        ("parts: {revoked: {}}", "not known here"),
        ("parts: {values: {file: nothing.bin}}", "cannot be read"),
        ("warning: 10 days", "always warn"),
        ("grace: soon", "duration"),
    ],
)
def test_mistakes_in_the_terms(made: Path, wrong: str, complaint: str) -> None:
    key = wrong.partition(":")[0]
    kept = SITE.replace("grace: 2 days\n", "") if key == "grace" else SITE
    if key == "parts":
        kept = kept.replace("parts:\n  policy: {valid: 20 days, warning: 5 days}\n", "")
    (made / "wrong.yaml").write_text(kept + wrong + "\n")
    command = [one.replace("site.yaml", "wrong.yaml") for one in BUILD]
    done = gatectl(*command, "-o", "wrong.bundle", cwd=made)
    assert done.returncode == 1
    assert "wrong.yaml:" in done.stderr
    assert complaint in done.stderr
