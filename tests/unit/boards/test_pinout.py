"""Pictures: every pin that somebody wires is in them, once, and those of the docs are current."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from host_tools.boards import pinout, profiles
from host_tools.boards.profile import Profile
from host_tools.cli.board import command
from host_tools.firmware import ROOT
from tests.unit.boards.examples import PLAIN, RICH

_SVG = "{http://www.w3.org/2000/svg}"


def parsed(picture: str) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314 - we have just made it


def texts(picture: str) -> list[str]:
    return ["".join(node.itertext()) for node in parsed(picture).iter(f"{_SVG}text")]


@pytest.mark.parametrize("name", profiles.names())
def test_pictures_of_the_docs_are_current(name: str) -> None:
    stored = (ROOT / "docs" / "boards" / f"{name}.svg").read_text(encoding="utf-8")
    assert stored == pinout.picture(profiles.load(name)), "gatectl board pinout --out docs/boards"
    assert f"(boards/{name}.svg)" in (ROOT / "docs" / "boards.md").read_text(encoding="utf-8")


def wired_outside(profile: Profile) -> Counter[str]:
    """An oracle: the pins that are on a header, but for what the board has itself."""
    out = {place.gpio for header in profile.headers for place in header.pins}
    inside = {
        one.pin for one in profile.onboard
        if one.use.startswith(("relay", "ethernet", "lamp", "buzzer"))
    }  # fmt: skip
    return Counter(str(u.pin) for u in profile.uses() if u.pin in out and u.pin not in inside)


@pytest.mark.parametrize("name", profiles.names())
def test_there_is_one_wire_for_each_pin_that_somebody_wires(name: str) -> None:
    profile = profiles.load(name)
    root = parsed(pinout.picture(profile))
    wires = root.findall(f"{_SVG}path")
    assert len(wires) == wired_outside(profile).total()
    for header in profile.headers:
        for place in header.pins:
            words = {place.label, f"{place.gpio}  {place.label}", f"{place.label}  {place.gpio}"}
            assert words & set(texts(pinout.picture(profile))), place


@pytest.mark.parametrize("name", profiles.names())
def test_nothing_overlaps_and_nothing_sticks_out(name: str) -> None:
    root = parsed(pinout.picture(profiles.load(name)))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    boxes = [
        tuple(float(node.attrib[key]) for key in ("x", "y", "width", "height"))
        for node in root.iter(f"{_SVG}rect")
        if node.attrib.get("rx") in ("6", "8")  # parts beside the board, and on it
    ]
    for x, y, w, h in boxes:
        assert x >= 0 and x + w <= width and y >= 0 and y + h <= height
    for index, (x, y, w, h) in enumerate(boxes):
        for ox, oy, ow, oh in boxes[index + 1 :]:
            assert x + w <= ox or ox + ow <= x or y + h <= oy or oy + oh <= y


def test_a_profile_without_headers_still_has_a_picture() -> None:
    for document in (PLAIN, RICH):
        assert "Mine" in pinout.picture(profiles.parse(document, "test")) or document is RICH


def test_hostile_names_stay_text() -> None:
    title = '<script>alert(1)</script> & "me"'
    picture = pinout.picture(profiles.parse({**PLAIN, "title": title}, "test"))
    assert title in texts(picture)


def test_commands(tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert run(command, ["list"]).output.count("ESP32-C3") == 1
    listed = json.loads(run(command, ["list", "--json"]).output)
    assert [one["board"] for one in listed] == profiles.names()
    shown = run(command, ["show", "wt32-eth01"]).output
    assert "contact to ground" in shown and "waits for a" in shown
    told = json.loads(run(command, ["show", "wt32-eth01", "--json"]).output)
    assert told["wiring"][0] | {"pin": 5, "use": "reader 0 rx"} == told["wiring"][0]
    assert "RELAYS = ((26, 0),)" in run(command, ["show", "esp32-devkit", "--python"]).output
    checked = run(command, ["check"])
    assert checked.exit_code == 0
    assert f"{len(listed)} checked: no errors, 0 warnings" in checked.output
    assert run(command, ["check", "esp32-devkit", "--json"]).output == "[]\n"
    assert run(command, ["show", "nothing"]).exit_code == 1
    drawn = run(command, ["pinout", "esp32-devkit", "--out", str(tmp_path / "new")])
    assert drawn.exit_code == 0
    assert (tmp_path / "new" / "esp32-devkit.svg").read_text().startswith("<svg")


def test_check_fails_on_an_error(tmp_path: Path) -> None:
    from ruamel.yaml import YAML

    bad = tmp_path / "bad.yaml"
    YAML().dump({**PLAIN, "relays": [{"pin": 6, "safe": "low", "bias": "down"}]}, bad)
    checked = CliRunner().invoke(command, ["check", str(bad)])
    assert checked.exit_code == 1
    assert "error flash: pin 6 (relay 0) belongs to the flash" in checked.output
