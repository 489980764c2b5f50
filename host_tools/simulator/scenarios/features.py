"""What a board has that a story may need."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from host_tools.boards.profile import Profile

FEATURES: Mapping[str, Callable[[Profile], bool]] = {
    "two lanes": lambda board: len(board.lanes) > 1,
    "a reader inside": lambda board: len(board.lanes[0].readers) > 1,
    "a relay for each direction": lambda board: len(board.lanes[0].relays) > 1,
    "a passage sensor": lambda board: all(lane.passage or lane.door for lane in board.lanes),
    "a beam": lambda board: all(lane.passage for lane in board.lanes),
    "no passage sensor": lambda board: not any(lane.passage or lane.door for lane in board.lanes),
    "an exit button": lambda board: bool(board.lanes[0].request_to_exit),
    "a fire contact": lambda board: bool(board.fire),
    "a tamper contact": lambda board: bool(board.tamper),
    "a lock key": lambda board: bool(board.lock),
    "a maintenance key": lambda board: bool(board.maintenance),
    "a clock chip": lambda board: bool(board.rtc),
    "no clock chip": lambda board: not board.rtc,
    "a reader that answers": lambda board: board.readers[0].kind != "plain",
    "lamp": lambda board: bool((board.green and board.red) or board.pixels),
    "buzzer": lambda board: bool(board.buzzer),
}


def missing(board: Profile, needs: list[str]) -> list[str]:
    """Those that a board has not."""
    return [need for need in needs if not FEATURES[need](board)]
