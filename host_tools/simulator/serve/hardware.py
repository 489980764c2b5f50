"""What the page sees of a simulated board and moves on it: lamp, buzzer, relays, inputs."""

from __future__ import annotations

from typing import Any

from host_tools.boards.profile import Input, Profile
from host_tools.simulator.serve.screen import Screen
from host_tools.simulator.turnstile import Turnstile

_TERMINAL = ("fire", "tamper", "lock", "maintenance")
_LANE = ("passage", "door", "request-to-exit")
_CLICK_HZ = 2700  # of a buzzer that has its own tone; an assumption


class Hardware:
    """One turnstile's board."""

    def __init__(self, turnstile: Turnstile) -> None:
        self.turnstile = turnstile
        self.board: Profile = turnstile.board
        panels = turnstile.equipment.panels
        self.screen = None if panels.display is None else Screen(panels.display)
        self._pixels = panels.pixels
        self._record = turnstile.record

    # What the page asks about

    def inputs(self) -> dict[str, Any]:
        """Every input that the board has: whether it is active. Those of lanes: one for each."""
        wired = self.board.inputs()
        found: dict[str, Any] = {
            name: self._active(wired[name]) for name in _TERMINAL if name in wired
        }
        for name in _LANE:
            pins = [wired.get(f"lane {lane} {name}") for lane in range(len(self.board.lanes))]
            found[name] = [self._active(pin) for pin in pins]
        return found

    def lamp(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self._pixels is not None:
            found["pixels"] = [_seen(colour) for colour in self._pixels.colours]
        for colour, output in (("green", self.board.green), ("red", self.board.red)):
            if output is not None:
                found[colour] = self.turnstile.lit(output)
        return found

    def buzzer(self) -> dict[str, Any] | None:
        """None: there is none. hz: 0 while it is silent."""
        buzzer = self.board.buzzer
        if buzzer is None:
            return None
        if not buzzer.tone:
            return {"hz": _CLICK_HZ if self.turnstile.lit(buzzer) else 0}
        tones = [tone for tone in self._record.tones[-8:] if tone.pin == buzzer.pin]
        return {"hz": tones[-1].hz if tones and tones[-1].duty else 0}

    def relays(self) -> list[bool]:
        return [self.turnstile.open(number) for number in range(len(self.board.relays))]

    # What people and the page do

    def set(self, name: str, on: bool, lane: int = 0) -> None:
        """An input, from now on; nothing happens if the board has none of that name."""
        if self.turnstile.contacts.has(name, lane):
            self.turnstile.contacts.switch(name, on, lane)

    def _active(self, pin: Input | None) -> bool | None:
        return None if pin is None else self.turnstile.gate.input(pin.pin) == pin.active


def _seen(colour: tuple[int, int, int]) -> str:
    """As bright as it looks: the eye is not linear, and a pixel that is dimmed still shines."""
    return "#" + "".join(f"{round(255 * (part / 255) ** 0.45):02x}" for part in colour)
