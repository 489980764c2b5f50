"""Where the terminal has its time from: a clock chip, the network, or nobody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from host_tools.simulator.ds3231 import Ds3231
from host_tools.simulator.gate import EPOCH_2000, NOON
from host_tools.simulator.turnstile import Turnstile
from tests.scenarios.conftest import MakeTurnstile
from tests.scenarios.test_supervision import RIG

HOUR = 3600
MINUTE_MS = 60_000

WIFI = RIG.replace("rtc: {kind: ds3231}", "network: {kind: wifi}")
BOTH = RIG + "network: {kind: wifi}\n"

# A network with one time server, which is ahead of the chip's clock by what a file says.
NETWORK = """
import errno, json, os, sys
from _wire import wire

class WLAN:
    def __init__(self, _):
        pass
    def active(self, on):
        pass
    def connect(self, ssid, password):
        assert (ssid, password) == ("door", "secret")
    def isconnected(self):
        return True

class network:
    STA_IF = 0
network.WLAN = WLAN

class Socket:
    def __init__(self, *_):
        self._answer = None
    def setblocking(self, on):
        assert not on
    def sendto(self, data, address):
        assert address == ("192.0.2.7", 123) and len(data) == 48
        with open("server.json") as file:
            unix, stratum = json.load(file)
        now = (unix + wire.elapsed_us() // 1000000 + 2208988800).to_bytes(4, "big") + bytes(4)
        head = bytes((0x24, stratum, 6, 0xEC, 0, 0, 1, 0, 0, 0, 1, 0, 10, 0, 0, 1))
        self._answer = head + now + data[40:] + now + now
    def recv(self, size):
        if self._answer is None:
            raise OSError(errno.EAGAIN)
        answer, self._answer = self._answer, None
        return answer
    def close(self):
        pass

class socket:
    AF_INET = SOCK_DGRAM = 0
    socket = Socket
    @staticmethod
    def getaddrinfo(host, port):
        return [(0, 0, 0, "", (host, port))]

sys.modules["network"] = network
sys.modules["socket"] = socket
with open("site/network.json", "w") as file:
    json.dump({"time": ["192.0.2.7"], "wifi": {"ssid": "door", "password": "secret"}}, file)
with open("server.json", "w") as file:
    json.dump(SERVER, file)
from gate.runtime.app import start
start()
"""

Make = Callable[..., Turnstile]


@pytest.fixture
def gate_of(turnstile_of: MakeTurnstile, tmp_path_factory: pytest.TempPathFactory) -> Make:
    def make(rig: str = RIG, server: tuple[int, int] | None = None, **options: Any) -> Turnstile:
        folder = tmp_path_factory.mktemp("rig")
        (folder / "rig.yaml").write_text(rig)
        if server:
            (folder / "main.py").write_text(f"SERVER = {list(server)}\n{NETWORK}")
            options["first"] = [folder]
        return turnstile_of(board=str(folder / "rig.yaml"), **options)

    return make


def chip(turnstile: Turnstile) -> Ds3231:
    assert turnstile.equipment.clock is not None
    return turnstile.equipment.clock


def said(turnstile: Turnstile) -> list[tuple[str | None, str | None]]:
    return [(n.fields["source"], n.fields["cause"]) for n in turnstile.record.events("clock")]


def off_and_on(turnstile: Turnstile, off_ms: float) -> None:
    """A power cut, after which the ESP32's own clock begins at 2000."""
    turnstile.power_off()
    turnstile.wait_ms(off_ms)
    turnstile.power_on()
    turnstile.wait_ms(4000)


def test_after_a_power_cut_the_chip_knows_the_time(gate_of: Make, codes: dict[str, str]) -> None:
    turnstile = gate_of()
    off_and_on(turnstile, 10 * MINUTE_MS)
    start = turnstile.record.events("start")[1].fields
    assert (start["clock"], start["unix"]) == ("rtc", NOON + 600)
    assert turnstile.present(codes["lin"]).granted


def test_without_a_chip_the_clock_is_not_trusted(gate_of: Make, codes: dict[str, str]) -> None:
    turnstile = gate_of(RIG.replace("rtc: {kind: ds3231}", ""))
    off_and_on(turnstile, 1000)
    assert turnstile.present(codes["lin"]).reason == "clock_untrusted"


def test_a_chip_that_does_not_answer_stops_nothing(gate_of: Make, codes: dict[str, str]) -> None:
    turnstile = gate_of()
    turnstile.gate.attach_i2c(0, 0x68, Deaf())
    off_and_on(turnstile, 1000)
    assert said(turnstile)[-1] == (None, "rtc_absent")
    assert turnstile.present(codes["lin"]).reason == "clock_untrusted"
    turnstile.fire(True)
    turnstile.wait_ms(50)
    assert turnstile.open(0)


class Deaf:
    """Nobody at this address."""

    def write(self, data: bytes) -> bool:
        return False

    def read(self, count: int) -> bytes:
        return b""


class Stuck:
    """A chip whose time stands still, though it says nothing of it."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def write(self, data: bytes) -> bool:
        self._at = data[0]
        return True

    def read(self, count: int) -> bytes:
        return (self._content + bytes(32))[self._at : self._at + count]


NOON_REGISTERS = bytes.fromhex("20131401210926")  # of NOON, in the chip's registers


def test_a_chip_that_is_stuck_is_found_out_in_seconds(gate_of: Make, codes: dict[str, str]) -> None:
    turnstile = gate_of()
    turnstile.power_off()
    turnstile.gate.attach_i2c(0, 0x68, Stuck(NOON_REGISTERS))
    turnstile.power_on()
    turnstile.wait_ms(5000)
    assert said(turnstile)[-1] == (None, "rtc_stuck")
    assert turnstile.present(codes["lin"]).reason == "clock_untrusted"


@pytest.mark.parametrize("content", [bytes(7), b"\xff" * 7, bytes.fromhex("20136401210926")])
def test_what_is_no_time_is_not_taken_for_one(
    gate_of: Make, codes: dict[str, str], content: bytes
) -> None:
    turnstile = gate_of()
    turnstile.power_off()
    turnstile.gate.attach_i2c(0, 0x68, Stuck(content))
    turnstile.power_on()
    turnstile.wait_ms(5000)
    assert said(turnstile)[-1] == (None, "rtc_garbage")
    assert turnstile.present(codes["lin"]).reason == "clock_untrusted"


@pytest.mark.parametrize("seconds", [2 * HOUR, -2 * HOUR])
def test_a_chip_that_jumps_is_noticed_and_set_again(
    gate_of: Make, codes: dict[str, str], seconds: int
) -> None:
    turnstile = gate_of()
    turnstile.wait_ms(5000)
    chip(turnstile).jump(seconds)
    turnstile.wait_ms(2 * MINUTE_MS)
    assert said(turnstile)[-2:] == [("rtc", "rtc_jumped"), ("rtc", None)]
    assert abs(chip(turnstile).unix - NOON - 125) <= 2
    assert turnstile.present(codes["lin"]).granted


def test_a_chip_that_stood_still_is_set_by_a_clock_that_is_trusted(
    gate_of: Make, codes: dict[str, str]
) -> None:
    """A technician has set the ESP32's clock, and put in a new battery."""
    turnstile = gate_of()
    turnstile.power_off()
    turnstile.gate.attach_i2c(0, 0x68, fresh := Ds3231(turnstile.gate.clock.now, EPOCH_2000))
    fresh.power(True)
    turnstile.power_on(unix=NOON + 100)
    turnstile.wait_ms(2000)
    assert abs(fresh.unix - NOON - 102) <= 2
    assert turnstile.present(codes["lin"]).granted


# The network


def test_a_time_server_gives_a_terminal_without_a_chip_its_time(
    gate_of: Make, codes: dict[str, str]
) -> None:
    turnstile = gate_of(WIFI, server=(NOON, 2), unix=EPOCH_2000)
    turnstile.wait_ms(2000)
    assert said(turnstile) == [("network", None)]
    assert turnstile.present(codes["lin"]).granted


def test_a_server_that_does_not_know_the_time_is_not_believed(
    gate_of: Make, codes: dict[str, str]
) -> None:
    turnstile = gate_of(WIFI, server=(NOON, 16), unix=EPOCH_2000)
    turnstile.wait_ms(2000)
    assert said(turnstile) == [(None, "sntp_unsynchronised")]
    assert turnstile.present(codes["lin"]).reason == "clock_untrusted"


def test_a_time_before_the_floor_is_not_believed(gate_of: Make, codes: dict[str, str]) -> None:
    """Whoever answers in the server's place cannot make an expired code valid again."""
    turnstile = gate_of(WIFI, server=(NOON - 30 * 24 * HOUR, 2), unix=EPOCH_2000)
    turnstile.wait_ms(2000)
    assert said(turnstile) == [(None, "before_floor")]
    assert turnstile.present(codes["lin"]).reason == "clock_untrusted"


def test_the_network_corrects_the_chip_by_a_little_at_once(gate_of: Make) -> None:
    turnstile = gate_of(BOTH, server=(NOON + 40, 2))
    turnstile.wait_ms(2000)
    assert said(turnstile)[-1] == ("network", None)
    assert abs(chip(turnstile).unix - NOON - 42) <= 2


def test_the_network_corrects_the_chip_by_much_when_it_says_so_three_times(
    gate_of: Make, codes: dict[str, str]
) -> None:
    turnstile = gate_of(BOTH, server=(NOON + 3 * HOUR, 2))
    turnstile.wait_ms(MINUTE_MS)
    assert said(turnstile)[-1] == ("rtc", "jump")
    assert abs(chip(turnstile).unix - NOON - 60) <= 2
    turnstile.wait_ms(2 * MINUTE_MS)
    assert said(turnstile)[-1] == ("network", None)
    assert abs(chip(turnstile).unix - NOON - 3 * HOUR - 180) <= 3
    assert turnstile.present(codes["lin"]).granted


def test_a_server_that_is_behind_turns_nothing_back(gate_of: Make, codes: dict[str, str]) -> None:
    turnstile = gate_of(BOTH, server=(NOON - 300, 2))
    turnstile.wait_ms(4 * MINUTE_MS)
    assert said(turnstile)[-1] == ("rtc", "backwards")
    assert abs(chip(turnstile).unix - NOON - 240) <= 2
    assert turnstile.present(codes["lin"]).granted


def test_settings_that_make_no_sense_leave_the_gate_at_work(
    turnstile_of: MakeTurnstile, tmp_path: Path, codes: dict[str, str]
) -> None:
    (tmp_path / "rig.yaml").write_text(BOTH)
    (tmp_path / "main.py").write_text(
        'open("site/network.json", "w").write(\'{"time": ["time.example"]}\')\n'
        "import sys\n"
        'sys.modules["network"] = sys.modules["socket"] = sys\n'
        "from gate.runtime.app import start\n"
        "start()\n"
    )
    turnstile = turnstile_of(board=str(tmp_path / "rig.yaml"), first=[tmp_path], faults=1)
    [fault] = turnstile.record.events("fault")
    assert "time.example" in fault.fields["error"]
    assert turnstile.present(codes["lin"]).granted
