"""What a board's profile says is wired to it, as simulated parts on a gate's lines."""

from __future__ import annotations

from host_tools.boards.profile import Profile
from host_tools.simulator.displays.panels import attach
from host_tools.simulator.ds3231 import Ds3231
from host_tools.simulator.gate import SimulatedGate
from host_tools.simulator.readers import Ending, LineReader, reader_of


class Equipment:
    """readers: in the profile's order. clock: the battery-backed one, or None. panels: display and
    pixels."""

    def __init__(
        self,
        gate: SimulatedGate,
        board: Profile,
        ending: Ending = Ending.CR,
        baud: int | None = None,
    ) -> None:
        """ending, baud: of plain readers, whatever the profile says of their speed."""
        self.readers: list[LineReader] = []
        for wired in board.readers:
            reader = reader_of(wired.kind, gate, wired.uart, baud or wired.baud, ending)
            gate.attach_uart(wired.uart, reader)
            self.readers.append(reader)
        self.panels = attach(gate, board)
        self.clock: Ds3231 | None = None
        if board.rtc and board.i2c:
            self.clock = Ds3231(gate.clock.now, gate.unix())
            gate.attach_i2c(board.i2c.bus, board.rtc.address, self.clock)

    def power(self, on: bool) -> None:
        """The supply of all of it comes or goes, with that of the terminal."""
        if self.clock:
            self.clock.power(on)
        if not on:
            return
        for reader in self.readers:
            reader.restart()
        self.panels.power_on()
