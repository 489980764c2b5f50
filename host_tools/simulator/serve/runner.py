"""The thread that owns the gate: lets real time pass, does what pages ask, and tells the feed.

If the firmware's process ends, the page says so and why; the power's switch starts it anew.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from typing import Any

from host_tools.simulator.gate import GateError
from host_tools.simulator.serve.commands import Command
from host_tools.simulator.serve.feed import Feed
from host_tools.simulator.serve.hardware import Hardware
from host_tools.simulator.serve.people import People
from host_tools.simulator.serve.screen import Screen
from host_tools.simulator.serve.stage import Stage
from host_tools.simulator.serve.told import happening
from host_tools.simulator.turnstile import Turnstile

_SLICE_MS = 15
_WAITING = 50  # commands


class Runner:
    """Start it, ask it, stop it. make: a turnstile, for the first start and after a failure."""

    def __init__(
        self,
        make: Callable[[], Turnstile],
        people: People,
        next_bundle: Callable[[], bytes] | None,
        about: dict[str, Any],
    ) -> None:
        self.feed = Feed()
        self._make = make
        self._people = people
        self._next_bundle = next_bundle
        self._about = {**about, "people": people.told(), "updates": next_bundle is not None}
        self._asked: queue.Queue[Command] = queue.Queue(_WAITING)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gate", daemon=True)
        self._screen: Screen | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=10)

    def ask(self, command: Command) -> bool:
        try:
            self._asked.put_nowait(command)
        except queue.Full:
            return False
        return True

    def display(self) -> bytes | None:
        screen = self._screen
        return None if screen is None else screen.png()

    # The gate's thread

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                hardware = Hardware(self._make())
                with hardware.turnstile:
                    self._screen = hardware.screen
                    self._play(Stage(hardware, self._people, self._next_bundle, self._about))
            except GateError as error:
                self._rest(str(error))
            except Exception as error:  # a simulated part that the firmware treats wrongly
                self._rest(f"{type(error).__name__}: {error}")

    def _play(self, stage: Stage) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(queue.Empty):
                while True:
                    stage.do(self._asked.get_nowait())
            picture, happened = stage.step(_SLICE_MS)
            self.feed.put(stage.now_us(), picture, happened)

    def _rest(self, why: str) -> None:
        """The firmware has ended: say so until somebody switches it on again."""
        said = happening("ended", 0, {"text": why.splitlines()[0]})
        self.feed.put(0, {**self._about, "power": False, "ended": why}, [said])
        while not self._stop.is_set():
            with contextlib.suppress(queue.Empty):
                command = self._asked.get(timeout=0.2)
                if command.do == "power" and command.arguments["on"]:
                    return
