"""A turnstile, a site and people for one scenario, and what each word of it does there."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from host_tools.boards.profile import Profile
from host_tools.bundles.site import read_site
from host_tools.simulator.clock import Clock
from host_tools.simulator.gate import EPOCH_2000, NOON
from host_tools.simulator.scenarios.codes import Codes, merged, site_of
from host_tools.simulator.scenarios.language import Scenario, Step, milliseconds
from host_tools.simulator.turnstile import Turnstile, changed
from host_tools.times import DAY

_CLOCKS = {
    "is right": NOON,
    "was never set": EPOCH_2000,
    "is two days behind": NOON - 2 * DAY,
    "is two days ahead": NOON + 2 * DAY,
}
ANSWER_MS = 3000  # after the last byte; whoever has no answer then gets none
_SETTLE_MS = 500  # after an answer: what lamp and buzzer say of it
_LOOK_MS = 300  # after a contact: longer than it takes to be sure of it
_START_MS = 15_000
_UPDATE_MS = 30_000
_READER_MS = 10_000
_PRESS_MS = 200
_FLICKER_US = 15_000
_NOISE = bytes((0x00, 0xFF, 0x80, 0x03)) * 8 + b"\r"


class Stage:
    """Use as a context manager. gate ids: one a reader."""

    def __init__(
        self, scenario: Scenario, board: Profile, clock: Clock | None = None, **gate: Any
    ) -> None:
        self.scenario = scenario
        self.board = board
        self.gates = scenario.gates or default_gates(board)
        self.site = site_of(scenario)
        self._version = self.site.site.version
        self._folder = tempfile.TemporaryDirectory(prefix="gate-scenario-")
        self.turnstile = Turnstile(
            Path(self._folder.name), board, bundle=self.site.bundle, root=self.site.root,
            gates=self.gates[: len(board.readers)], clock=clock, unix=NOON,
            chip_unix=_CLOCKS[scenario.chip_clock], **gate,
        )  # fmt: skip
        self._codes = Codes(scenario, self.site, self.turnstile.gate.unix)

    def __enter__(self) -> Stage:
        self.turnstile.__enter__()
        self._ready()
        return self

    def __exit__(self, *_: object) -> None:
        self.turnstile.__exit__()
        self._folder.cleanup()

    @property
    def now_us(self) -> int:
        return self.turnstile.gate.clock.now()

    def reader(self, step: Step) -> int:
        """Which one a step is about."""
        if step.at == "lane 2":
            return self.board.lanes[1].readers[0]
        return self.board.lanes[0].readers[1 if step.at == "inside" else 0]

    def lane(self, step: Step) -> int:
        return 1 if step.at == "lane 2" else 0

    def act(self, step: Step) -> int:
        """Do what a step tells and wait until it has settled; gives when its event was, in us."""
        if step.person:
            return self._person(step)
        action: Callable[[Step], int | None] = {
            "wait": self._wait,
            "fire": self._fire,
            "power": self._power,
            "reader": self._reader,
            "clock chip": self._clock_chip,
            "technician": self._technician,
            "firmware": self._firmware,
        }.get(step.subject, self._contact)
        began = self.now_us
        event = action(step)
        return began if event is None else event

    # People

    def _person(self, step: Step) -> int:
        turnstile, lane, began = self.turnstile, self.lane(step), self.now_us
        if step.verb.startswith("shows"):
            return self._show(step)
        if step.verb in ("walks through", "follows close behind", "forces the way"):
            end = turnstile.walk_through(lane)
            turnstile.gate.run(end - began + _LOOK_MS * 1000)
        elif step.verb == "presses the exit button":
            end = turnstile.request_to_exit(lane, _PRESS_MS)
            turnstile.gate.run(end - began + _LOOK_MS * 1000)
        elif step.verb.endswith("the passage"):
            name = "passage" if turnstile.contacts.has("passage", lane) else "door"
            turnstile.contacts.switch(name, step.verb.startswith("stays"), lane)
            turnstile.wait_ms(_LOOK_MS)
        return began

    def _show(self, step: Step) -> int:
        code = self._codes.of(step.subject, self.gates[self.reader(step)])
        if step.verb == "shows half the code":
            code = code[: 4 + 3 * (len(code) // 5)]
        turnstile = self.turnstile
        shown = turnstile.show(code, self.reader(step))
        left_us = shown.last_byte_us - self.now_us
        turnstile.gate.run(
            left_us + ANSWER_MS * 1000, changed(turnstile.record, lambda: shown.answered)
        )
        turnstile.wait_ms(_SETTLE_MS)
        return shown.last_byte_us

    # Everything else

    def _wait(self, step: Step) -> None:
        self.turnstile.wait_ms(milliseconds(step.verb))

    def _contact(self, step: Step) -> None:
        name = {"box": "tamper", "lock key": "lock", "maintenance key": "maintenance"}[step.subject]
        self.turnstile.contacts.switch(name, step.verb in ("is opened", "is turned"))
        self.turnstile.wait_ms(_LOOK_MS)

    def _fire(self, step: Step) -> None:
        contacts, now = self.turnstile.contacts, self.now_us
        contacts.switch("fire", step.verb != "is over")
        if step.verb == "flickers":
            contacts.switch("fire", False, at_us=now + _FLICKER_US)
        self.turnstile.wait_ms(_LOOK_MS)

    def _power(self, step: Step) -> int | None:
        turnstile = self.turnstile
        if step.verb == "fails":
            turnstile.power_off()
            turnstile.wait_ms(_LOOK_MS)
            return None
        if step.verb == "dips":
            turnstile.power_off()
            turnstile.wait_ms(50)
        event = self.now_us
        turnstile.power_on(memory=step.verb == "dips")
        self._until("display", _START_MS)
        self._ready()
        return event

    def _firmware(self, step: Step) -> None:
        gate = self.turnstile.gate
        gate.freeze() if step.verb == "hangs" else gate.end_program()
        self._until("display", 2 * _START_MS)
        self._ready()

    def _reader(self, step: Step) -> None:
        reader = self.turnstile.readers[self.reader(step)]
        faults = reader.faults
        if step.verb == "dies":
            faults.dead = True
        elif step.verb == "recovers":
            faults.dead, faults.lose_every = False, 0
        elif step.verb == "loses every tenth byte":
            faults.lose_every = 10
        elif step.verb == "sends noise":
            end = reader.send(_NOISE)
            self.turnstile.gate.run(end - self.now_us + 200_000)
        else:
            reader.reset()
        self.turnstile.wait_ms(_LOOK_MS)

    def _clock_chip(self, step: Step) -> None:
        gate, wired, chip = self.turnstile.gate, self.board, self.turnstile.equipment.clock
        assert chip and wired.i2c and wired.rtc
        if step.verb == "loses its battery":
            chip.battery = False
        elif step.verb == "is unplugged":
            gate.detach_i2c(wired.i2c.bus, wired.rtc.address)
        elif step.verb == "is plugged in":
            gate.attach_i2c(wired.i2c.bus, wired.rtc.address, chip)
        else:
            chip.jump(DAY if "ahead" in step.verb else -DAY)

    def _technician(self, step: Step) -> None:
        if step.verb == "brings the first bundle again":
            bundle = self.site.bundle
        else:
            bundle = self._update(step)
        if step.verb == "brings a damaged update":
            middle = len(bundle) // 2
            bundle = bundle[:middle] + bytes([bundle[middle] ^ 1]) + bundle[middle + 1 :]
        self.turnstile.drop(bundle)
        self._until("update", _UPDATE_MS)

    def _update(self, step: Step) -> bytes:
        """The next bundle of the site, with what changes."""
        document = merged(self.scenario, *([step.changes] if step.changes else []))
        site = read_site(document, self.site.now, lambda name: self.site.keys[name].public)
        self._version += 1
        return self.site.next_bundle(version=self._version, policy=site.policy)

    def _ready(self) -> None:
        """Nobody comes before the readers that are set up at the start are ready."""
        record = self.turnstile.record
        asked = [n for n, wired in enumerate(self.board.readers) if wired.kind != "plain"]
        first = len(record.notes)

        def ready() -> bool:
            said = {
                n.fields["reader"]
                for n in record.events("reader", first)
                if n.fields["state"] == "ready"
            }
            return said >= set(asked)

        if asked:
            self.turnstile.gate.run_ms(_READER_MS, changed(record, ready))
        self.turnstile.wait_ms(_SETTLE_MS)

    def _until(self, event: str, limit_ms: int) -> None:
        """Wait for a line of the log, and a little longer."""
        record = self.turnstile.record
        first = len(record.notes)
        self.turnstile.gate.run_ms(
            limit_ms, changed(record, lambda: bool(record.events(event, first)))
        )
        self.turnstile.wait_ms(_SETTLE_MS)


def default_gates(board: Profile) -> tuple[str, ...]:
    """Ids for a board's readers: a lane has a letter, a reader inside it another ending."""
    names = [""] * len(board.readers)
    for lane, letter in zip(board.lanes, "AB", strict=False):
        for place, reader in enumerate(lane.readers):
            names[reader] = f"{letter}-1" + ("-out" if place else "")
    return tuple(names)
