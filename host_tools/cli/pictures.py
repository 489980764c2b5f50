"""How commands give codes away: as text, as pictures in files, drawn in the terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import rich_click as click

from host_tools import files
from host_tools.codes.picture import Picture

_KINDS = (".txt", ".png", ".svg")


def out_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """-o: files to write, any number."""
    return click.option(
        "-o", "--out", "outs", multiple=True, type=click.Path(dir_okay=False, path_type=Path),
        help="Write .txt, .png or .svg; may be given several times.",
    )(function)  # fmt: skip


def check_outs(outs: tuple[Path, ...]) -> None:
    """Refuse file names whose ending says nothing, before any work is done."""
    for out in outs:
        if out.suffix not in _KINDS:
            raise click.UsageError(f"{out}: write to a file that ends in {', '.join(_KINDS)}")


def save(picture: Picture, outs: tuple[Path, ...], mode: int = 0o644) -> None:
    """Write a code to each file."""
    for out in outs:
        files.write_bytes(out, _content(picture, out.suffix), mode)


def write_outs(picture: Picture, outs: tuple[Path, ...], terminal: bool) -> None:
    """Save a code and say where; print its text if it goes nowhere else."""
    save(picture, outs)
    if terminal:
        click.echo(picture.terminal())
    elif not outs:
        click.echo(picture.text)
    for out in outs:
        click.echo(str(out))


def _content(picture: Picture, suffix: str) -> bytes:
    if suffix == ".png":
        return picture.png()
    if suffix == ".svg":
        return picture.svg()
    return picture.text.encode() + b"\n"
