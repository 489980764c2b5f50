"""Board profiles: what may be written, what the firmware gets of it, the boards of the project."""

from __future__ import annotations

import ast
import copy
from pathlib import Path
from typing import Any

import pytest

from host_tools import interpreter as micropython_interpreter
from host_tools.boards import generate, hazards, profiles
from host_tools.boards.hazard import ERROR
from host_tools.firmware import FIRMWARE
from host_tools.interpreter import Interpreter
from host_tools.problems import Failure
from tests.unit.boards.examples import PLAIN, RICH

ISSUE = (  # the boards that must be there
    "esp32-devkit esp32-s3-devkit esp32-c3-devkit olimex-esp32-evb kincony-kc868-a4 "
    "lilygo-t-relay wt32-eth01 waveshare-esp32-s3-relay-6ch m5-atom-lite-qrcode"
).split()


def test_the_boards_are_there() -> None:
    assert set(ISSUE) <= set(profiles.names())


@pytest.mark.parametrize("name", profiles.names())
def test_boards_of_the_project_have_no_errors_and_explain_each_warning(name: str) -> None:
    profile = profiles.load(name)
    assert profile.name == name
    found = hazards.check(profile)
    assert [hazard for hazard in found if hazard.severity == ERROR] == []
    assert [hazard for hazard in found if not hazard.accepted] == []


@pytest.mark.parametrize("name", profiles.names())
def test_boards_of_the_project_say_where_their_facts_are_from(name: str) -> None:
    profile = profiles.load(name)
    assert profile.headers and profile.sources
    assert profile.fire is not None


@pytest.mark.parametrize("name", profiles.names())
def test_board_module_holds_what_the_firmware_declares(name: str) -> None:
    def assigned(text: str) -> set[str]:
        found = set()
        for node in ast.parse(text).body:
            if isinstance(node, ast.AnnAssign):
                found.add(ast.unparse(node.target))
            elif isinstance(node, ast.Assign):
                found |= {ast.unparse(target) for target in node.targets}
        return {name for name in found if not name.startswith("_")}

    made = generate.board_module(profiles.load(name))
    assert assigned(made) == assigned((FIRMWARE / "board.pyi").read_text())


def test_micropython_reads_the_same_of_every_board(
    any_micropython: Interpreter, tmp_path: Path
) -> None:
    everything = [profiles.load(name) for name in profiles.names()]
    everything += [profiles.parse(example, "test") for example in (PLAIN, RICH)]
    for number, profile in enumerate(everything):
        (tmp_path / f"board{number}.py").write_text(generate.board_module(profile))
    script = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
for number in range({len(everything)}):
    board = __import__("board%d" % number)
    print(repr([(name, getattr(board, name)) for name in dir(board) if name[0] != "_"]))
"""
    done = micropython_interpreter.run(["-c", script], interpreter=any_micropython)
    assert done.returncode == 0, done.stderr
    for line, profile in zip(done.stdout.splitlines(), everything, strict=True):
        assert dict(ast.literal_eval(line)) == generate.values(profile), profile.name


def test_what_the_firmware_gets_of_everything_that_can_be_said() -> None:
    made = generate.values(profiles.parse(RICH, "test"))
    assert made["RELAYS"] == ((26, 0), (25, 1))
    assert made["READERS"] == (("gm65", 1, 18, 19, 115200), ("plain", 2, 4, 13, 9600))
    assert made["LANES"] == (
        ((0,), (0,), (14, 0, 1), (35, 1, 0), None),
        ((1,), (1,), None, None, (36, 0, 0)),
    )
    assert made["FIRE"] == (27, 1, 1)
    assert made["LOCK"] == (39, 1, 0)
    assert made["PIXELS"] == (2, 8)
    assert made["GREEN"] is made["TAMPER"] is None
    assert made["BUZZER"] == (12, 1, True)
    assert made["I2C"] == (0, 22, 21, 400_000)
    assert made["SPI"] == (1, 33, 32, 40_000_000)
    assert made["DISPLAY"] == ("st7789", 5, 15, None, 0, 240, 240, 0, 80, 2)
    assert made["RTC"] == ("ds3231", 0x68)
    assert made["NETWORK"] == ("wifi",)
    assert (made["FLASH_KB"], made["PSRAM"]) == (16 * 1024, False)


def test_wired_networks() -> None:
    phy = {"kind": "lan8720", "address": 1, "mdc": 23, "mdio": 18, "power": 16}
    phy["clock"] = {"pin": 0, "direction": "in"}
    made = generate.values(profiles.parse({**PLAIN, "network": phy}, "test"))
    assert made["NETWORK"] == ("lan8720", 1, 23, 18, 16, 0, False)
    spi = {"kind": "w5500", "bus": 2, "sck": 18, "mosi": 23, "miso": 19, "cs": 5}
    made = generate.values(profiles.parse({**PLAIN, "network": spi}, "test"))
    assert made["NETWORK"] == ("w5500", 2, 18, 23, 19, 5, None, None)


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("chip", "stm32", "chip: 'stm32' is none of esp32, esp32s2, esp32s3, esp32c3, esp32c6"),
        ("relays", [], "relays: must have at least 1"),
        ("relays.0.pin", "26", "relays.0.pin: '26' is no integer"),
        ("relays.0.pin", 99, "relays.0.pin: 99 is more than 48"),
        ("relays.0.saef", "low", "relays.0: there is no key saef; did you mean safe?"),
        ("lanes", None, "the file: the key lanes is missing"),
        ("colour", "red", "the file: there is no key colour"),
        ("inputs.fire", {"pin": 27}, "inputs.fire: the key active is missing"),
        ("display", {"kind": "ssd1306", "width": 128}, "display: the key height is missing"),
        ("display", {"kind": "lcd"}, "display.kind: 'lcd' is none of ssd1306, st7789"),
        ("network", {"kind": "lan8720", "address": 1},
         "network: the keys mdc, mdio, clock are missing"),
        ("inputs.fire", {"pin": 27, "active": "high", "pull": "up", "resistor": "up"},
         "inputs.fire.pull: 'up' must be 'none'"),
        ("headers", [{"side": "left", "pins": ["GPIO=x"]}], "headers.0.pins.0: 'GPIO=x'"),
    ],
)  # fmt: skip
def test_bad_profile_says_where_and_what_next(path: str, value: Any, complaint: str) -> None:
    document = copy.deepcopy(PLAIN)
    *above, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = document
    for part in above:
        place = place.setdefault(part, {}) if isinstance(place, dict) else place[part]
    place[last] = value
    if value is None:
        del place[last]
    with pytest.raises(Failure) as failure:
        profiles.parse(document, "test")
    assert complaint in str(failure.value)
    assert str(failure.value).startswith("test: ")


def test_unknown_board_suggests_a_name() -> None:
    with pytest.raises(Failure, match="did you mean esp32-devkit"):
        profiles.load("esp32-devkitt")


def test_a_file_that_is_no_profile(tmp_path: Path) -> None:
    broken = tmp_path / "mine.yaml"
    broken.write_text("name: [")
    with pytest.raises(Failure, match=r"mine\.yaml: is not YAML"):
        profiles.load(str(broken))
    broken.write_text("- 1")
    with pytest.raises(Failure, match="the file: "):
        profiles.load(str(broken))
