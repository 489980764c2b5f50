"""A reader's real driver on real MicroPython and simulated hardware, without the rest of a gate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from host_tools.interpreter import Interpreter
from host_tools.simulator.gate import SimulatedGate
from host_tools.simulator.readers import LineReader, reader_of
from host_tools.simulator.readers.m5 import DEAF_FOR_GOOD

UART = 2
CODE = "OC1:6BF+70790T9WJWG.FKY*4GO0"
OTHER = "HC1:NCFOXN%TS3DH3ZSUZK+.V0ETD"
CARD = "shc:/567629095243206034602924374044603122295953265460346029254077"

MAIN = """
import asyncio, json, sys, time
from gate.readers import open_reader

def emit(event):
    time.sleep_ms(%d)
    if isinstance(event, str):
        print(json.dumps({"event": "unread", "reason": event}))
    else:
        print(json.dumps({"event": "code", "text": event.decode()}))

def report(state, note):
    print(json.dumps({"event": "reader", "state": state, "note": note}))

async def main():
    reader = open_reader(%r, time.ticks_ms, emit, report)
    names = [name.split(".")[-1] for name in sys.modules if name.startswith("gate.readers.")]
    print(json.dumps({"event": "modules", "names": names}))
    await asyncio.gather(*[task() for _, task in reader.tasks()])

asyncio.run(main())
"""


class Bench:
    """Use as a context manager. reader: what hangs on the serial line; may be changed before."""

    def __init__(
        self, folder: Path, interpreter: Interpreter, kind: str, baud: int, judging_ms: int = 0
    ) -> None:
        """judging_ms: for so long the loop stands still after each code, as on a slow chip."""
        (folder / "boot.py").write_text("")
        (folder / "main.py").write_text(MAIN % (judging_ms, (kind, UART, 16, 17, baud)))
        self.kind = kind
        self.gate = SimulatedGate(folder, interpreter=interpreter)
        self.reader: Any = reader_of(kind, self.gate, UART, baud)
        self.gate.attach_uart(UART, self.reader)

    def __enter__(self) -> Bench:
        self.gate.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.gate.__exit__()
        assert DEAF_FOR_GOOD not in b"".join(self.sent)
        stopped = [note.text for note in self.gate.record.notes if not note.event]
        assert not stopped, stopped

    def replace(self, reader: LineReader) -> None:
        """Hang another reader on the line."""
        self.reader = reader
        self.gate.attach_uart(UART, reader)

    @property
    def now_ms(self) -> int:
        return self.gate.clock.now() // 1000

    def run_ms(self, duration_ms: float) -> None:
        self.gate.run_ms(duration_ms)

    def until(self, state: str, within_ms: int) -> int:
        """Wait until the driver reports a state; gives how long that took, in ms."""
        began = self.now_ms
        seen = len(self.states)
        if not self.gate.run_ms(within_ms, lambda: state in self.states[seen:]):
            raise AssertionError(f"not {state} within {within_ms} ms, but {self.states}")
        return self.now_ms - began

    def ready(self, within_ms: int = 10_000) -> int:
        return self.until("ready", within_ms)

    def read(self, text: str = CODE) -> bool:
        """Show a code; whether it came out, once, and nothing else."""
        before = len(self.events)
        last = self.reader.scan(text)
        self.gate.run(last - self.gate.clock.now() + 250_000)
        return self.events[before:] == [text]

    @property
    def states(self) -> list[str]:
        return [note.fields["state"] for note in self.gate.record.events("reader")]

    @property
    def note(self) -> str | None:
        """What was said with the last state."""
        note: str | None = self.gate.record.events("reader")[-1].fields["note"]
        return note

    @property
    def events(self) -> list[str]:
        """Codes as they are, refusals as their reasons in brackets."""
        notes = [n for n in self.gate.record.notes if n.event in ("code", "unread")]
        return [n.fields.get("text") or f"[{n.fields['reason']}]" for n in notes]

    @property
    def sent(self) -> list[bytes]:
        return [sent.data for sent in self.gate.record.sent]


MakeBench = Callable[..., Bench]
