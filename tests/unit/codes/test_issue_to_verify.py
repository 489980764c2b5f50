"""From an empty folder to a verdict, as README tells it: keys, a bundle, a code, the firmware."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from bootstrap.places import ROOT

from ..gatectl import gatectl, works

PERSONS = ROOT / "examples" / "persons"
SITE = ROOT / "examples" / "sites" / "shanghai-tower.yaml"

# what the example site says of each example person
VERDICTS = {
    "lin-all-green": None,
    "zhou-several-issuers": None,
    "chen-local-orange": "health_colour",
    "wang-risk-region": "travel_risk",
    "sun-expired": "code_expired",
    "zhao-vaccinated-elsewhere": "vaccination_jurisdiction",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: Any) -> Path:
    """A folder with keys for everybody, the example site and its bundle."""
    path: Path = tmp_path_factory.mktemp("operator")
    for name in ("national", "shanghai", "hospital"):
        works("keys", "new", "issuer", "--name", name, cwd=path)
    works("keys", "new", "operator", cwd=path)
    works("keys", "new", "holder", cwd=path)
    (path / "site.yaml").write_text(SITE.read_text())
    works("bundle", "build", "site.yaml", cwd=path)
    return path


@pytest.mark.parametrize("person", VERDICTS)
def test_the_example_persons_at_the_example_site(folder: Path, person: str) -> None:
    works("issue", PERSONS / f"{person}.yaml", "--holder", "holder", "-o", "c.txt", cwd=folder)
    answer = works(
        "verify", "--bundle", "site.bundle", "-", cwd=folder, input=(folder / "c.txt").read_text()
    )
    assert json.loads(answer)["reason"] == VERDICTS[person]


def test_all_example_persons_are_tried() -> None:
    assert {file.stem for file in PERSONS.glob("*.yaml")} == set(VERDICTS)


@pytest.mark.parametrize("suffix", ["png", "svg", "txt"])
def test_each_form_of_a_code(folder: Path, suffix: str) -> None:
    file = folder / f"code.{suffix}"
    said = works("issue", PERSONS / "lin-all-green.yaml", "-o", file.name, cwd=folder)
    assert "QR version 9 at level M" in said
    assert "ms at 9,600 baud" in said
    if suffix == "png":
        (read,) = zxingcpp.read_barcodes(Image.open(file))
        assert read.text.startswith("OC1:")
        answer = works("verify", "--bundle", "site.bundle", "--json", read.text, cwd=folder)
        assert json.loads(answer)["ok"]
    elif suffix == "svg":
        assert "<svg" in file.read_text()
    else:
        assert file.read_text().startswith("OC1:")


def test_the_time_on_the_line_is_ten_bits_a_character(folder: Path) -> None:
    report = json.loads(works("issue", PERSONS / "lin-all-green.yaml", "--json", cwd=folder))
    text = report["code"]
    assert report["characters"] == len(text)
    expected = (len(text) + 1) * 10 / 9600 * 1000  # and the line end
    assert abs(report["line_ms"]["9600"] - expected) < 1


def test_a_live_code_proves_presence(folder: Path) -> None:
    strict = SITE.read_text().replace("proof: no", "proof: {required: yes, max_age: 30 seconds}")
    (folder / "strict.yaml").write_text(strict)
    works("bundle", "build", "strict.yaml", cwd=folder)
    person = PERSONS / "lin-all-green.yaml"
    for options, reason in (
        (("--holder", "holder", "--proof"), None),
        (("--holder", "holder"), "proof_required"),
        (("--holder", "holder", "--proof", "--gate", "B-9"), "proof_other_gate"),
    ):
        works("issue", person, *options, "-o", "live.txt", cwd=folder)
        answer = works("verify", "--bundle", "strict.bundle", cwd=folder,
                       input=(folder / "live.txt").read_text())  # fmt: skip
        assert json.loads(answer)["reason"] == reason


def test_private_keys_are_for_their_owner_alone(folder: Path) -> None:
    private = [file for file in (folder / "keys").iterdir() if not file.name.endswith(".pub.pem")]
    assert len(private) == 5
    assert {stat.S_IMODE(file.stat().st_mode) for file in private} == {0o600}
    assert all(b"BEGIN PRIVATE KEY" in file.read_bytes() for file in private)
    before = {file: file.read_bytes() for file in private}
    again = gatectl("keys", "new", "issuer", "--name", "national", cwd=folder)
    assert again.returncode == 1
    assert "--name" in again.stderr
    assert {file: file.read_bytes() for file in private} == before


def test_public_halves_are_shown_in_each_form(folder: Path) -> None:
    assert "BEGIN PUBLIC KEY" in works("keys", "show", "national", "--public", cwd=folder)
    assert json.loads(works("keys", "show", "national", "--jwk", cwd=folder))["crv"] == "P-256"
    assert len(works("keys", "show", "national", "--raw", cwd=folder).strip()) == 128
    names = {key["name"] for key in json.loads(works("keys", "list", "--json", cwd=folder))}
    assert names == {"national", "shanghai", "hospital", "operator", "holder"}


def test_bundles_are_inspected_and_compared(folder: Path) -> None:
    document = json.loads(works("bundle", "inspect", "site.bundle", "--json", cwd=folder))
    assert (document["site"], document["version"]) == ("Shanghai Tower, north lobby", 1)
    assert {issuer["name"] for issuer in document["issuers"]} == {
        "National platform",
        "Shanghai health",
        "Ruijin Hospital",
    }
    newer = SITE.read_text().replace("version: 1 ", "version: 2 ").replace("48 hours", "24 hours")
    (folder / "newer.yaml").write_text(newer)
    works("bundle", "build", "newer.yaml", cwd=folder)
    difference = works("bundle", "diff", "site.bundle", "newer.bundle", cwd=folder)
    assert '-     "max_age": "2 days"' in difference
    assert '+     "max_age": "24 hours"' in difference
    assert works("bundle", "diff", "site.bundle", "site.bundle", cwd=folder) == "no difference\n"


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("colours: [green]", "colours: [gren]", "green"),
        ("  ways:", "  wayes:", "ways"),
        ("pulse: 3 seconds", "pulse: 3 fortnights", "duration"),
        ("for: [CN-31]", "for: [Shanghai]", "CN-31"),
        ("version: 1 ", "version: one ", "whole number"),
    ],
)
def test_mistakes_in_a_site_are_shown_with_their_place(
    folder: Path, before: str, after: str, says: str
) -> None:
    text = SITE.read_text()
    assert before in text
    (folder / "wrong.yaml").write_text(text.replace(before, after))
    line = text[: text.index(before)].count("\n") + 1
    done = gatectl("bundle", "build", "wrong.yaml", cwd=folder)
    assert done.returncode == 1
    assert f"wrong.yaml:{line}:" in done.stderr
    assert says in done.stderr


def test_a_bundle_of_somebody_else_is_not_believed(folder: Path) -> None:
    works("keys", "new", "operator", "--name", "stranger", cwd=folder)
    works("bundle", "root", "stranger", "-o", "other.root.cbor", cwd=folder)
    done = gatectl(
        "verify", "--bundle", "site.bundle", "--root", "other.root.cbor", "OC1:", cwd=folder
    )
    assert done.returncode == 2
    assert "bundle_signatures" in done.stderr
