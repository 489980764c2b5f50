"""One run of the gate, from power on to the end of its process: what the page shows of it, and what
people and pages do to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from host_tools.simulator.gate import EPOCH_2000
from host_tools.simulator.serve.commands import Command
from host_tools.simulator.serve.hardware import Hardware
from host_tools.simulator.serve.people import People
from host_tools.simulator.serve.scene import Scene
from host_tools.simulator.serve.told import Told, happening, line_of

_ENDED = "its watchdog will start it again, or the power's switch"
_EXIT_READERS = 2  # a lane with two readers has one on either side


class Stage:
    """Call `step` again and again. It is the hands of the people in its scene."""

    def __init__(
        self,
        hardware: Hardware,
        people: People,
        next_bundle: Callable[[], bytes] | None,
        about: Mapping[str, Any],
    ) -> None:
        turnstile = hardware.turnstile
        self.hardware = hardware
        self.scene = Scene(self, len(turnstile.board.lanes))
        self._turnstile = turnstile
        self._people = people
        self._next_bundle = next_bundle
        self._about = about
        self._told = self._new_told()
        self._on = True  # the power's switch
        self._happened: list[dict[str, Any]] = []
        self._heard = self._changed = self._restarted = 0
        self._dead = [False] * len(turnstile.board.readers)

    def step(self, duration_ms: float) -> tuple[dict[str, Any], Sequence[dict[str, Any]]]:
        """Let time pass; gives the picture and what has happened since the last one."""
        self._turnstile.wait_ms(duration_ms)
        self._listen()
        self.scene.step()
        happened, self._happened = self._happened, []
        return self._picture(), happened

    def do(self, command: Command) -> None:
        """What a page asks for."""
        given = command.arguments
        if not self._turnstile.gate.powered and command.do not in ("power", "auto", "input"):
            return
        if command.do == "show":
            shown = self._people.show(given["person"])
            if shown is not None and given["reader"] < len(self._dead):
                self.scene.come(given["person"], shown.data, shown.raw, shown.text, given["reader"])
        elif command.do == "paste" and given["reader"] < len(self._dead):
            self.scene.come("pasted", given["code"].encode(), False, given["code"], given["reader"])
        elif command.do == "input":
            self._input(given["name"], given["lane"], given["on"])
        elif command.do in ("walk", "follow", "force", "exit"):
            if given["lane"] < len(self._turnstile.board.lanes):
                act = {
                    "walk": self.scene.walk, "follow": self.scene.follow,
                    "force": self.scene.force, "exit": self.scene.leave,
                }[command.do]  # fmt: skip
                act(given["lane"])
        elif command.do == "auto":
            self.scene.auto = given["on"]
        elif command.do == "reader" and given["reader"] < len(self._dead):
            self._dead[given["reader"]] = not given["alive"]
            self._turnstile.readers[given["reader"]].faults.dead = not given["alive"]
        elif command.do == "power":
            self._power(given["on"], trusted=True)
        elif command.do == "clock":
            if (clock := self._turnstile.equipment.clock) is not None:
                clock.battery = given["trusted"]
            self._power(False, trusted=True)
            self._power(True, trusted=given["trusted"])
        elif command.do == "update" and self._next_bundle is not None:
            self._turnstile.drop(self._next_bundle())
        self._happened.append(happening("did", self.now_us(), {"do": command.do, **given}))

    def _input(self, name: str, lane: int, on: bool) -> None:
        if name == "passage" and lane < len(self._turnstile.board.lanes):
            self.scene.stand(lane, on)
        else:
            self.hardware.set(name, on, lane)

    def _power(self, on: bool, *, trusted: bool) -> None:
        gate = self._turnstile.gate
        if on == self._on:
            return
        self._on = on
        if on:
            # A chip without a clock of its own wakes in 2000; a battery keeps the time.
            self._turnstile.power_on(unix=gate.unix() if trusted else EPOCH_2000)
        else:
            self._turnstile.power_off()
            self._told = self._new_told()
            self.scene.clear()

    def _new_told(self) -> Told:
        board = self._turnstile.board
        return Told(len(board.lanes), len(board.readers))

    def _listen(self) -> None:
        record = self._turnstile.record
        for note in record.notes[self._heard :]:
            self._told.hear(note)
            self.scene.heard(note.event, note.fields)
            self._happened.append(line_of(note))
        self._heard = len(record.notes)
        relays = {relay.pin: number for number, relay in enumerate(self._turnstile.board.relays)}
        for change in record.changes[self._changed :]:
            if change.pin in relays:
                number = relays[change.pin]
                is_open = change.level == self._turnstile.board.relays[number].active
                self._happened.append(
                    happening("relay", change.at_us, {"relay": number, "open": is_open})
                )
        self._changed = len(record.changes)
        for reset in record.resets[self._restarted :]:
            self._told = self._new_told()
            self._happened.append(happening("reset", reset.at_us, {"cause": reset.cause}))
        self._restarted = len(record.resets)

    def _picture(self) -> dict[str, Any]:
        told, scene, screen = self._told, self.scene, self.hardware.screen
        return {
            **self._about,
            "power": self._on,
            "ended": _ENDED if self._on and not self._turnstile.gate.powered else None,
            "start": told.start,
            "lanes": [
                {**lane, "open": scene.is_open(number), "readers": self._lane(number).readers,
                 "relays": self._lane(number).relays}
                for number, lane in enumerate(told.lanes)
            ],
            "relays": self.hardware.relays(),
            "inputs": self.hardware.inputs(),
            "lamp": self.hardware.lamp(),
            "buzzer": self.hardware.buzzer(),
            "display": told.display,
            "panel": screen.told(self.now_us()) if screen else None,
            "readers": [
                {"state": state, "dead": dead}
                for state, dead in zip(told.readers, self._dead, strict=True)
            ],
            "auto": scene.auto,
            "actors": [actor.told() for actor in scene.people],
        }  # fmt: skip

    def _lane(self, number: int) -> Any:
        return self._turnstile.board.lanes[number]

    # The hands of people

    def now_us(self) -> int:
        return self._turnstile.gate.clock.now()

    def show(self, data: bytes, raw: bool, reader: int) -> None:
        if raw:
            self._turnstile.show_raw(data, reader)
        else:
            self._turnstile.show(data, reader)

    def passage(self, lane: int, on: bool) -> None:
        self.hardware.set("passage", on, lane)

    def door(self, lane: int, on: bool) -> None:
        self.hardware.set("door", on, lane)

    def request_to_exit(self, lane: int, on: bool) -> None:
        self.hardware.set("request-to-exit", on, lane)

    def relay_open(self, lane: int) -> bool:
        relays = self.hardware.relays()
        return any(relays[number] for number in self._lane(lane).relays)

    def lane_of(self, reader: int) -> int:
        return self._turnstile.lane_of(reader)

    def reverse(self, reader: int) -> bool:
        readers = self._lane(self.lane_of(reader)).readers
        return len(readers) == _EXIT_READERS and readers[1] == reader
