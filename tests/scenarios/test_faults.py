"""Fire, faults, boot, and a terminal that was not given what it needs: shut, except in a fire."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from host_tools.boards import profiles
from host_tools.boards.profile import Output
from host_tools.interpreter import Interpreter
from host_tools.simulator.demo_site import DemoSite
from host_tools.simulator.gate import NOON, GateError
from host_tools.simulator.record import Change, Pulse
from host_tools.simulator.turnstile import Turnstile
from tests.scenarios.conftest import MakeTurnstile

EPOCH_2000 = 946_684_800  # what an ESP32's clock shows when nobody has set it


def relay(turnstile: Turnstile) -> Output:
    return turnstile.board.relays[0]


# At boot


def test_the_relay_is_safe_before_anything_else_at_boot(turnstile: Turnstile) -> None:
    assert turnstile.record.changes[0] == Change(
        0, relay(turnstile).pin, 1 - relay(turnstile).active
    )
    assert turnstile.pulses() == []


def test_the_relay_is_safe_even_if_the_firmware_cannot_start(
    tmp_path: Path, micropython: Interpreter
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "main.py").write_text("raise MemoryError('no firmware')")
    board = profiles.load("esp32-devkit")
    turnstile = Turnstile(
        tmp_path, board, bundle=None, root=None, interpreter=micropython, first=[broken]
    )
    with pytest.raises(GateError, match="no firmware"):
        turnstile.__enter__()
    assert turnstile.record.changes == [Change(0, 26, 0)]


def test_a_code_that_was_on_the_line_at_power_on_opens_nothing(
    turnstile_of: MakeTurnstile, codes: dict[str, str]
) -> None:
    """Nothing that can open is remembered across a restart."""
    first = turnstile_of()
    first.show(codes["lin"])
    first.wait_ms(100)  # half of it has arrived when the power goes
    second = turnstile_of()
    second.wait_ms(2000)
    assert second.pulses() == []
    assert second.present(codes["lin"]).granted


# Fire

BEFORE: dict[str, Callable[[Turnstile, dict[str, str]], object]] = {
    "idle": lambda turnstile, codes: None,
    "denied": lambda turnstile, codes: turnstile.present("OC1:NOTHING"),
    "in the middle of a code": lambda turnstile, codes: turnstile.gate.run(
        turnstile.show(codes["lin"]).last_byte_us - 100_000
    ),
    "granted": lambda turnstile, codes: turnstile.gate.run(
        turnstile.show(codes["lin"]).last_byte_us + 300_000
    ),
    "a second code waiting": lambda turnstile, codes: (
        turnstile.show(codes["lin"]),
        turnstile.gate.run(turnstile.show(codes["erika"]).last_byte_us - 100_000),
    ),
}


@pytest.mark.parametrize("state", BEFORE)
def test_fire_opens_from_every_state_and_stays_open(
    turnstile: Turnstile, state: str, codes: dict[str, str]
) -> None:
    BEFORE[state](turnstile, codes)
    began = turnstile.gate.clock.now()
    turnstile.fire(True)
    turnstile.wait_ms(30_000)
    assert turnstile.relay_open
    last = turnstile.pulses()[-1]
    assert last.on_us <= began, "it was open already, or opened at once"
    assert last.off_us is None, "and never shut"
    turnstile.fire(False)
    turnstile.wait_ms(1000)
    assert not turnstile.relay_open
    assert turnstile.record.events("display")[-1].fields["show"] == "ready"


def test_codes_and_garbage_do_not_end_a_fire(turnstile: Turnstile, codes: dict[str, str]) -> None:
    turnstile.fire(True)
    turnstile.wait_ms(100)
    for data in (codes["lin"].encode() + b"\r", b"OC1:NOTHING\r", b"\xff\x00\r"):
        turnstile.reader.send(data)
    turnstile.wait_ms(5000)
    assert turnstile.pulses() == [Pulse(turnstile.pulses()[0].on_us, None)]


def test_a_bouncing_fire_contact_opens_once(turnstile: Turnstile) -> None:
    start = turnstile.gate.clock.now()
    for step in range(10):
        turnstile.fire(step % 2 == 0)
        turnstile.wait_ms(7)
    turnstile.wait_ms(2000)
    [pulse] = turnstile.pulses()
    assert pulse.on_us == start
    assert pulse.off_us is not None


def test_fire_at_power_on(turnstile_of: MakeTurnstile) -> None:
    turnstile = turnstile_of(inputs={27: 1})
    turnstile.wait_ms(1000)
    assert turnstile.relay_open
    assert turnstile.pulses()[0].on_us == 0


def test_fire_opens_a_terminal_without_a_bundle(turnstile_of: MakeTurnstile) -> None:
    turnstile = turnstile_of(bundle=None, root=None)
    turnstile.fire(True)
    turnstile.wait_ms(100)
    assert turnstile.relay_open


# Faults

SABOTAGE = """
import gate.runtime.judge as judge
good = judge.authenticate

def authenticate(code, *rest):
    if bytes(code) == b"OC1:BREAK":
        raise RuntimeError("injected")
    if bytes(code) == b"OC1:FULL":
        raise MemoryError
    return good(code, *rest)

judge.authenticate = authenticate
{more}
from gate.runtime.app import start
start()
"""


def sabotaged(folder: Path, more: str = "") -> list[Path]:
    folder.mkdir()
    (folder / "main.py").write_text(SABOTAGE.format(more=more))
    return [folder]


def test_an_exception_in_the_verifier_leaves_the_gate_shut_and_the_terminal_at_work(
    turnstile_of: MakeTurnstile, tmp_path: Path, codes: dict[str, str]
) -> None:
    turnstile = turnstile_of(first=sabotaged(tmp_path / "broken"), faults=2)
    assert turnstile.present("OC1:BREAK").reason == "internal_error"
    assert turnstile.present("OC1:FULL").reason == "internal_error"
    assert turnstile.pulses() == []
    assert turnstile.present(codes["lin"]).granted
    [fault, _] = turnstile.record.events("fault")
    assert fault.fields["error"] == "RuntimeError: injected"
    assert fault.fields["where"] == "verify"


def test_an_exception_in_any_task_shuts_the_gate_and_the_task_goes_on(
    turnstile_of: MakeTurnstile, tmp_path: Path, codes: dict[str, str]
) -> None:
    """What shows that the gate is open breaks in a way that it does not catch itself."""
    broken = """
from gate.ui.face import Face
show = Face.show
left = [1]
def broken(self, what, *more):
    if what == "granted" and left[0]:
        left[0] -= 1
        raise OSError("face")
    show(self, what, *more)
Face.show = broken
"""
    turnstile = turnstile_of(first=sabotaged(tmp_path / "broken", broken), faults=1)
    turnstile.show(codes["lin"])
    turnstile.wait_ms(5000)
    [pulse] = turnstile.pulses()
    assert pulse.length_us == 0, "shut at once: nobody knows what the lamp says"
    assert not turnstile.relay_open
    assert turnstile.present(codes["erika"]).granted


def test_the_relay_shuts_in_time_when_the_lane_hangs(
    turnstile_of: MakeTurnstile, tmp_path: Path, codes: dict[str, str]
) -> None:
    """The lane's own timer never comes: the relay has a task of its own."""
    stuck = """
from gate.lane.lane import Lane
Lane.due = lambda self, now: False
"""
    turnstile = turnstile_of(first=sabotaged(tmp_path / "stuck", stuck))
    turnstile.present(codes["lin"])
    turnstile.wait_ms(3000)
    assert [pulse.length_us for pulse in turnstile.pulses()] == [600_000]


def test_settings_that_break_leave_the_gate_shut_and_the_fire_input_at_work(
    turnstile_of: MakeTurnstile, tmp_path: Path, codes: dict[str, str]
) -> None:
    broken = """
import gate.bundle
def broken(data):
    raise MemoryError
gate.bundle.Issuers = broken
"""
    turnstile = turnstile_of(first=sabotaged(tmp_path / "broken", broken), faults=1)
    assert turnstile.present(codes["lin"]).reason == "internal_error"
    turnstile.fire(True)
    turnstile.wait_ms(50)
    assert turnstile.relay_open


def test_a_loop_that_is_late_does_not_cut_a_code_in_two(
    turnstile_of: MakeTurnstile, tmp_path: Path, codes: dict[str, str]
) -> None:
    """Half a second in the middle of a code, twice: bytes in the UART's buffer are no silence."""
    busy = """
import time
from gate.ui.face import Face
left = [1100, 1700]
def check(self, now_ms):
    if left and now_ms >= left[0]:
        left.pop(0)
        time.sleep_ms(500)
Face.check = check
"""
    turnstile = turnstile_of(first=sabotaged(tmp_path / "busy", busy))
    turnstile.wait_ms(1000)
    first = turnstile.show(codes["lin"])
    assert 1_100_000 < first.last_byte_us < 1_600_000
    turnstile.wait_ms(1600)
    turnstile.present(codes["max"])
    reasons = [note.fields["reason"] for note in turnstile.record.events("decision")]
    assert reasons == [None, None]


# What the terminal was given


def test_without_a_bundle(turnstile_of: MakeTurnstile, codes: dict[str, str]) -> None:
    turnstile = turnstile_of(bundle=None)
    assert turnstile.present(codes["lin"]).reason == "bundle_missing"
    assert turnstile.pulses() == []


def test_with_a_damaged_bundle(
    turnstile_of: MakeTurnstile, site: DemoSite, codes: dict[str, str]
) -> None:
    damaged = bytearray(site.bundle)
    damaged[-1] ^= 1
    turnstile = turnstile_of(bundle=bytes(damaged))
    assert turnstile.present(codes["lin"]).reason == "bundle_part_damaged"


def test_with_another_operators_bundle(turnstile_of: MakeTurnstile, codes: dict[str, str]) -> None:
    other = DemoSite.make(NOON)
    turnstile = turnstile_of(root=other.root)
    assert turnstile.present(codes["lin"]).reason == "bundle_signatures"


def test_when_the_bundle_has_expired(turnstile_of: MakeTurnstile, codes: dict[str, str]) -> None:
    turnstile = turnstile_of(unix=NOON + 31 * 86400)
    assert turnstile.present(codes["lin"]).reason == "trust_expired"


def test_when_nobody_has_set_the_clock(turnstile_of: MakeTurnstile, codes: dict[str, str]) -> None:
    turnstile = turnstile_of(unix=EPOCH_2000)
    shown = turnstile.present(codes["lin"])
    assert (shown.reason, shown.decision["stage"]) == ("clock_untrusted", "time")
    forged = codes["lin"][:-3] + "000"
    assert turnstile.present(forged).reason != "clock_untrusted", "time comes after the signature"


def test_when_the_clock_is_behind_the_bundle(
    turnstile_of: MakeTurnstile, codes: dict[str, str]
) -> None:
    turnstile = turnstile_of(unix=NOON - 2 * 86400)
    assert turnstile.present(codes["lin"]).reason == "clock_untrusted"
