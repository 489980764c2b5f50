"""Board profiles: the schema, the hazards with their reasons, and board.py."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from click.testing import CliRunner

from host_tools.boards import generate, hazards, profiles
from host_tools.cli.board import command
from host_tools.firmware import FIRMWARE
from host_tools.problems import Failure

PLAIN: dict[str, Any] = {
    "name": "mine",
    "title": "Mine",
    "chip": "esp32",
    "flash": 4,
    "readers": [{"kind": "plain", "uart": 2, "rx": 16, "tx": 17, "baud": 9600}],
    "relays": [{"pin": 26, "safe": "low"}],
    "lanes": [{"readers": [0], "relays": [0]}],
}


def known(**changes: Any) -> list[tuple[str, int, str]]:
    profile = profiles.parse({**PLAIN, **changes}, "test")
    return [(h.severity, h.pin, h.reason) for h in hazards.check(profile)]


@pytest.mark.parametrize("name", profiles.names())
def test_boards_of_the_project_have_no_hazards(name: str) -> None:
    profile = profiles.load(name)
    assert profile.name == name
    assert hazards.check(profile) == []


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


def test_relay_levels() -> None:
    module: dict[str, Any] = {}
    relays = [{"pin": 26, "safe": "low"}, {"pin": 25, "safe": "high"}]
    exec(generate.board_module(profiles.parse({**PLAIN, "relays": relays}, "test")), module)  # noqa: S102
    assert module["RELAYS"] == ((26, 0), (25, 1))
    assert module["FIRE"] is None


@pytest.mark.parametrize(
    ("pin", "severity", "reason"),
    [
        (34, "error", "is an input only"),
        (6, "error", "belongs to the flash: the board does not start"),
        (24, "error", "the chip has no such pin"),
        (45, "error", "the chip has no such pin"),
        (16, "error", "is used for reader 0 rx already"),
        (14, "warning", "is high for about 600 ms at boot: the gate may open by itself"),
    ],
)
def test_relay_on_a_bad_pin(pin: int, severity: str, reason: str) -> None:
    assert (severity, pin, reason) in known(relays=[{"pin": pin, "safe": "low"}])


def test_strapping_pin() -> None:
    [(severity, pin, reason)] = known(relays=[{"pin": 12, "safe": "low"}])
    assert (severity, pin) == ("warning", 12)
    assert "1.8 V" in reason


def test_psram_pins() -> None:
    assert known() == []
    assert [(h[0], h[1]) for h in known(psram="quad")] == [("error", 16), ("error", 17)]


def test_input_only_pin_has_no_pull() -> None:
    fire = {"pin": 34, "active": "high", "pull": "up"}
    assert known(inputs={"fire": fire}) == [
        ("error", 34, "has no pull resistor: fit one and say resistor: up, or down")
    ]
    assert known(inputs={"fire": {**fire, "pull": "none", "resistor": "up"}}) == []


def test_uart_that_the_chip_lacks() -> None:
    changes = {"chip": "esp32c3", "relays": [{"pin": 10, "safe": "low"}]}
    readers = [{"kind": "plain", "uart": 2, "rx": 4, "tx": 5, "baud": 9600}]
    [(severity, _, reason)] = known(readers=readers, **changes)
    assert severity == "error"
    assert "UART 2 does not exist" in reason


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"chip": "stm32"}, "chip: 'stm32' is not one of"),
        ({"relays": []}, "relays: "),
        ({"relays": [{"pin": "26", "safe": "low"}]}, "relays.0.pin: '26' is not of type 'integer'"),
        ({"colour": "red"}, "'colour' was unexpected"),
    ],
)
def test_bad_profile_says_where(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(Failure, match=r"test: .*") as failure:
        profiles.parse({**PLAIN, **changes}, "test")
    assert complaint in str(failure.value)


def test_unknown_board_suggests_a_name() -> None:
    with pytest.raises(Failure, match="did you mean esp32-devkit"):
        profiles.load("esp32-devkitt")


def test_commands() -> None:
    run = CliRunner().invoke
    assert "esp32-c3-devkit" in run(command, ["list"]).output
    assert "relay 0" in run(command, ["show", "esp32-devkit"]).output
    assert "RELAYS = ((26, 0),)" in run(command, ["show", "esp32-devkit", "--python"]).output
    checked = run(command, ["check"])
    assert (checked.exit_code, checked.output) == (0, "3 checked, no errors\n")
    assert run(command, ["check", "esp32-devkit", "--json"]).output == "[]\n"
    assert run(command, ["show", "nothing"]).exit_code == 1
