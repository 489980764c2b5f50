"""A turnstile in virtual time, and a site whose keys are at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from host_tools.boards import profiles
from host_tools.boards.profile import Profile
from host_tools.interpreter import Interpreter
from host_tools.simulator.demo_site import DemoSite
from host_tools.simulator.gate import NOON
from host_tools.simulator.turnstile import Turnstile

from .lanes import MakeLane, maker

MakeTurnstile = Callable[..., Turnstile]


@pytest.fixture(scope="session")
def site() -> DemoSite:
    return DemoSite.make(NOON)


@pytest.fixture
def turnstile_of(
    tmp_path: Path, micropython: Interpreter, site: DemoSite
) -> Iterator[MakeTurnstile]:
    """Powers on a turnstile of a site; off again at the end, when nothing may have failed."""
    with ExitStack() as running:

        def make(
            site: DemoSite = site,
            board: str | Profile = "esp32-devkit",
            faults: int | None = 0,
            **options: Any,
        ) -> Turnstile:
            options.setdefault("bundle", site.bundle)
            options.setdefault("root", site.root)
            options.setdefault("interpreter", micropython)
            folder = tmp_path / f"terminal-{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            profile = board if isinstance(board, Profile) else profiles.load(board)
            made = Turnstile(folder, profile, gate_id=site.gate_id, **options)
            running.enter_context(made)
            running.callback(_check, made, faults)
            return made

        yield make


def _check(turnstile: Turnstile, faults: int | None) -> None:
    """Whatever a scenario is about: no exception but those that it injects (None: any)."""
    reported = [note.text for note in turnstile.record.events("fault")]
    assert faults is None or len(reported) == faults, reported


@pytest.fixture
def turnstile(turnstile_of: MakeTurnstile) -> Turnstile:
    return turnstile_of()


@pytest.fixture
def lane_of(turnstile_of: MakeTurnstile, tmp_path_factory: pytest.TempPathFactory) -> MakeLane:
    """Powers on a turnstile with this barrier and this site."""
    return maker(turnstile_of, tmp_path_factory)


@pytest.fixture
def rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file of the board that a module has as RIG."""
    path = tmp_path_factory.mktemp("rig") / "rig.yaml"
    path.write_text(request.module.RIG)
    return str(path)


@pytest.fixture(scope="session")
def codes(site: DemoSite) -> dict[str, str]:
    """Codes that open the gate, each of somebody else."""
    return {
        "lin": site.casting.from_file("lin-all-green"),
        "zhou": site.casting.from_file("zhou-several-issuers", proof=True),
        "erika": site.casting.dcc("AT"),
        "max": site.casting.dcc("DE"),
    }
