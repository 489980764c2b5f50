"""board.py for the firmware, from a profile. firmware/board.pyi says what it holds."""

from __future__ import annotations

from host_tools.boards.profiles import Output, Profile


def _pair(output: Output | None) -> str:
    return repr(None if output is None else (output.pin, output.active))


def board_module(profile: Profile) -> str:
    """The text of board.py: constants, nothing that runs."""
    reader = profile.reader
    fire = profile.fire
    return f'''"""Made by gatectl from the board profile {profile.name}: change that, not this."""

NAME = "{profile.name}"
RELAYS = {tuple((relay.pin, 1 - relay.active) for relay in profile.relays)!r}
READER = {(reader.uart, reader.rx, reader.tx, reader.baud)!r}
FIRE = {None if fire is None else (fire.pin, fire.active, fire.pull)!r}
GREEN = {_pair(profile.green)}
RED = {_pair(profile.red)}
BUZZER = {_pair(profile.buzzer)}
'''
