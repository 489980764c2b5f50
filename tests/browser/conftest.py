"""A phone with the page, the server that it came from, and the gate that it is shown to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bootstrap import browser as browsers
from host_tools import times
from host_tools.boards import profiles
from host_tools.interpreter import Interpreter
from host_tools.simulator.demo_site import DemoSite
from host_tools.simulator.turnstile import Turnstile
from tests.browser.driving import PHONE, chromium
from tests.browser.serving import PERSONS, Served, key_folder

if TYPE_CHECKING:
    import playwright.sync_api as driver

PROOF_S = 30  # the greatest age of a proof
Phone = Callable[..., "driver.Page"]
Serve = Callable[..., Served]
PowerOn = Callable[..., Turnstile]


@pytest.fixture(scope="session")
def site() -> DemoSite:
    """A site of today that asks for a proof of presence."""
    return DemoSite.make(times.now(), lane={3: True, 4: PROOF_S})


@pytest.fixture(scope="session")
def keys(site: DemoSite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    issuers = {name: site.keys[name] for name in ("national", "shanghai", "hospital")}
    return key_folder(tmp_path_factory.mktemp("issuers") / "keys", issuers)


@pytest.fixture(scope="session")
def chrome() -> Iterator[driver.Browser]:
    if not browsers.intact():
        pytest.skip(f"no browser: {browsers.missing()}")
    found = browsers.load()
    assert found is not None
    with chromium(found) as started:
        yield started


@pytest.fixture(scope="session")
def serve(keys: Path) -> Iterator[Serve]:
    """The server for a person's file, one for all tests; own: one that the test may stop."""
    with ExitStack() as running:
        shared: dict[str, Served] = {}

        def start(person: str = "zhou-several-issuers", own: bool = False) -> Served:
            if not own and person in shared:
                return shared[person]
            served = Served(keys, PERSONS / f"{person}.yaml")
            running.callback(served.stop)
            if not own:
                shared[person] = served
            return served

        yield start


@pytest.fixture
def phone(chrome: driver.Browser) -> Iterator[Phone]:
    """Opens an address on a fresh phone; nothing may go wrong on the page unless it is expected."""
    contexts: list[driver.BrowserContext] = []
    troubles: list[str] = []

    def take(
        url: str,
        *,
        size: tuple[int, int] = PHONE,
        ratio: float = 2,
        language: str = "en-GB",
        clock: bool | int = False,
        troublesome: bool = False,
        **options: Any,
    ) -> driver.Page:
        context = chrome.new_context(
            viewport={"width": size[0], "height": size[1]},
            device_scale_factor=ratio,
            locale=language,
            timezone_id="Asia/Shanghai",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        if not troublesome:
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on("console", lambda said: troubles.append(said.text) if _odd(said.text) else None)
        if clock is not False:  # one that tests can wind on; or that shows a time to begin with
            page.clock.install(time=None if clock is True else clock)
        open_page(page, url)
        return page

    yield take
    for context in contexts:
        context.close()
    assert troubles == []


def _odd(text: str) -> bool:
    """Whether the browser reports something else than that there is no network."""
    return not text.startswith("Failed to load resource: net::ERR_")


def open_page(page: driver.Page, url: str) -> None:
    """Open it and wait until everything is kept for a time without a network."""
    page.goto(url)
    page.wait_for_selector("html[data-ready]")


@pytest.fixture
def gate(tmp_path: Path, micropython: Interpreter, site: DemoSite) -> Iterator[PowerOn]:
    """Switches on the simulated gate A-1 with the unchanged firmware; by its clock it is `at`."""
    with ExitStack() as running:
        made: list[Turnstile] = []

        def power_on(at: int | None = None) -> Turnstile:
            folder = tmp_path / f"terminal-{len(made)}"
            folder.mkdir()
            turnstile = Turnstile(
                folder, profiles.load("esp32-devkit"), bundle=site.bundle, root=site.root,
                gate_id=site.gate_id, interpreter=micropython, unix=at or times.now(),
            )  # fmt: skip
            made.append(running.enter_context(turnstile))
            return turnstile

        yield power_on
        for turnstile in made:
            assert turnstile.record.events("fault") == []
