"""The state folder of a simulated terminal: what set-up would put on the board's file system."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from host_tools import files, fonts
from host_tools.boards import generate
from host_tools.boards.profile import Profile

INCOMING = "incoming.bin"


def prepare(
    folder: Path, board: Profile, *, gates: Sequence[str], bundle: bytes | None, root: bytes | None
) -> None:
    """Write board.py and the site's files. gates: one id, or one a reader. Without a bundle or a
    root there is none.

    The bundle is put where a technician puts it: the terminal installs it when it starts.
    """
    site = folder / "site"
    site.mkdir(parents=True, exist_ok=True)
    named = {"gate": gates[0]} if len(gates) == 1 else {"gates": list(gates)}
    files.write_text(folder / "board.py", generate.board_module(board))
    for name, font in fonts.needed(board, fonts.words_of(bundle)).items():
        files.write_bytes(folder / name, font)
    files.write_text(site / "gate.json", json.dumps(named))
    for name, content in ((INCOMING, bundle), ("root.cbor", root)):
        (site / name).unlink(missing_ok=True)
        if content is not None:
            files.write_bytes(site / name, content)


def drop_bundle(folder: Path, bundle: bytes) -> None:
    """Put a bundle file where a running terminal finds it, whole."""
    files.write_bytes(folder / "site" / INCOMING, bundle)


def quiet_inputs(board: Profile) -> dict[int, int]:
    """Levels of the inputs when nothing happens: no fire, nobody in the passage, no key turned."""
    return {wired.pin: 1 - wired.active for wired in board.inputs().values()}


def resting_outputs(board: Profile) -> dict[int, int]:
    """Levels of the outputs when nothing drives them: a relay is wired so that it lets go."""
    outputs = (*board.relays, board.green, board.red, board.buzzer)
    return {output.pin: 1 - output.active for output in outputs if output is not None}
