"""Runs the soak: the compiled terminal, code after code, people who walk through or do not."""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from host_tools import interpreter as micropython
from host_tools.boards import profiles
from host_tools.problems import Failure
from host_tools.simulator.compiled import compile_into, has_romfs
from host_tools.simulator.demo_site import DemoSite
from host_tools.simulator.gate import NOON
from host_tools.simulator.record import Note
from host_tools.simulator.turnstile import Turnstile
from host_tools.soak.codes import Codes

_HERE = Path(__file__).parent
_LANE = {1: 100, 2: 3}  # pulse in ms, replay window in s: many pass, and some are told to wait
_WALK_MS, _THROUGH_MS = 15, 75  # after the relay has opened
_HEAP_KIB = {"littlefs": 320, "romfs": 200}
_ANSWER_US, _QUIET_US = 5_000_000, 300_000  # after the last byte
_FIFO = 120  # bytes in the ESP32's UART at which it hands them over
_PROBED = ("scans", "used", "free", "largest", "low", "stack")
_WARM = 0.1  # of the run; afterwards caches and interned names are all there
_GROWTH = 512  # bytes that may lie between the first and the last tenth: what is on its way


@dataclass(frozen=True)
class Probe:
    """scans: so far. used, free: heap after a collection; largest: the largest free piece. low:
    free heap before it. stack: the deepest since the last probe. All in bytes."""

    scans: int
    used: int
    free: int
    largest: int
    low: int
    stack: int


@dataclass
class Soak:
    """What a run has found. reasons: how often each verdict was given. ms: simulated time."""

    probes: list[Probe] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)
    passages: int = 0
    annulled: int = 0
    faults: list[str] = field(default_factory=list)
    ms: int = 0
    seconds: float = 0.0

    @property
    def heap_growth(self) -> int:
        """Bytes from the first tenth after the warm-up to the last one, each at its most."""
        return self._growth([probe.used for probe in self.probes])

    @property
    def stack_growth(self) -> int:
        return self._growth([probe.stack for probe in self.probes])

    def _growth(self, values: list[int]) -> int:
        warm = values[int(len(values) * _WARM) :]
        part = max(1, len(warm) // 10)
        return max(warm[-part:]) - max(warm[:part])

    @property
    def problem(self) -> str | None:
        """Why this run is no proof; None if it is one."""
        if self.faults:
            return f"{len(self.faults)} faults, the first: {self.faults[0]}"
        if self.heap_growth > _GROWTH:
            return f"the heap grew by {self.heap_growth} bytes"
        if self.stack_growth > 0:
            return f"the stack grew by {self.stack_growth} bytes"
        return None


def run(
    scans: int,
    seed: int,
    layout: str = "romfs",
    every: int = 1000,
    told: Callable[[Probe], None] = lambda probe: None,
) -> Soak:
    """Let so many codes be judged. every: how many lie between two probes."""
    interpreter = micropython.find(32)
    if layout == "romfs" and not has_romfs(interpreter):
        raise Failure(f"MicroPython {interpreter.name} cannot mount a ROM file system")
    began = time.monotonic()
    site = DemoSite.make(NOON, lane=_LANE)
    found = Soak()
    with tempfile.TemporaryDirectory(prefix="soak-") as text:
        folder = Path(text)
        tree = compile_into(folder, interpreter)
        terminal = folder / "terminal"
        terminal.mkdir()
        (terminal / "soak.json").write_text(json.dumps(every), encoding="utf-8")
        (terminal / "main.py").write_bytes((_HERE / "device" / "main.py").read_bytes())
        with Turnstile(
            terminal,
            profiles.load(str(_HERE / "board.yaml")),
            bundle=site.bundle,
            root=site.root,
            gate_id=site.gate_id,
            interpreter=interpreter,
            firmware=getattr(tree, layout),
            device=tree.device,
            first=[terminal],
            heap=f"{_HEAP_KIB[layout]}k",
        ) as turnstile:
            _Day(turnstile, Codes(site, seed), random.Random(seed), found, told).run(scans)
            found.ms = turnstile.gate.clock.now() // 1000
    found.seconds = time.monotonic() - began
    return found


class _Day:
    def __init__(
        self,
        turnstile: Turnstile,
        codes: Codes,
        pick: random.Random,
        found: Soak,
        told: Callable[[Probe], None],
    ) -> None:
        self._turnstile = turnstile
        self._codes = codes
        self._pick = pick
        self._found = found
        self._told = told
        self._decided = 0
        self._last: deque[Note] = deque(maxlen=40)  # for whoever has to find out what happened
        turnstile.gate.on_note = self._heard
        turnstile.contacts.bounce = False

    def run(self, scans: int) -> None:
        turnstile = self._turnstile
        for number, shown in enumerate(self._codes):
            if number == scans:
                break
            before = self._decided
            last_us = self._send(shown.data)
            noise = shown.kind == "garbage"  # may be nothing to a reader's driver, or several texts
            wait_us = last_us - turnstile.gate.clock.now() + (_QUIET_US if noise else _ANSWER_US)
            answered = turnstile.gate.run(wait_us, lambda: self._decided > before)  # noqa: B023
            if not answered and not noise:
                said = "\n".join(f"{note.at_us} {note.text}" for note in self._last)
                raise Failure(
                    f"code {number} ({shown.kind}) got no answer: {shown.data!r}; at "
                    f"{turnstile.gate.clock.now()} us, after:\n{said}"
                )
            turnstile.gate.run(max(0, last_us - turnstile.gate.clock.now()) + 1000)
            if turnstile.relay_open:
                self._pass()
            self._forget()

    def _send(self, data: bytes) -> int:
        """Let the chip's UART hand over a code as it does, some hundred bytes at a time, and not
        byte by byte as the simulated readers do: that takes most of a run's time. Gives when the
        last byte is there."""
        gate, wired = self._turnstile.gate, self._turnstile.board.readers[0]
        at_us = gate.clock.now()
        for start in range(0, len(data), _FIFO):
            chunk = data[start : start + _FIFO]
            at_us += len(chunk) * 10_000_000 // wired.baud
            gate.at(at_us, partial(gate.receive, wired.uart, chunk, wired.baud))
        return at_us

    def _pass(self) -> None:
        """Nine of ten walk through; the grant of the tenth is annulled."""
        turnstile = self._turnstile
        if self._pick.random() < 0.9:
            now = turnstile.gate.clock.now()
            for on, ms in ((True, _WALK_MS), (False, _THROUGH_MS)):
                turnstile.contacts.switch("passage", on, 0, now + ms * 1000)
        turnstile.wait_ms(150)

    def _heard(self, note: Note) -> None:
        fields = note.fields
        self._last.append(note)
        if note.event == "decision":
            self._decided += 1
            reason = fields["reason"] or "granted"
            self._found.reasons[reason] = self._found.reasons.get(reason, 0) + 1
        elif note.event == "passage":
            self._found.passages += 1
        elif note.event == "annulled":
            self._found.annulled += 1
        elif note.event == "fault":
            self._found.faults.append(note.text)
        elif note.event == "soak":
            probe = Probe(*(fields[name] for name in _PROBED))
            self._found.probes.append(probe)
            self._told(probe)

    def _forget(self) -> None:
        """A record of a hundred thousand scans would fill this computer's memory instead."""
        record = self._turnstile.record
        for kept in (record.notes, record.changes, record.sent, record.feeds):
            kept.clear()
