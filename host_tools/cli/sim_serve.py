"""`gatectl sim serve`: a page that shows a simulated gate, and moves it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rich_click as click

from host_tools import interpreter as micropython
from host_tools import times
from host_tools.boards import profiles
from host_tools.boards.profile import Profile
from host_tools.bundles.build import read_root
from host_tools.cli.common import Fallible
from host_tools.holder.enrolment import new_ticket
from host_tools.pages import listen
from host_tools.pages.strict import page_folder
from host_tools.simulator import serve
from host_tools.simulator.clock import RealClock
from host_tools.simulator.demo_site import DemoSite
from host_tools.simulator.serve.people import People
from host_tools.simulator.serve.runner import Runner
from host_tools.simulator.serve.server import PAGE, application
from host_tools.simulator.turnstile import Turnstile

# Fields of the policy's lane (docs/formats.md): the barrier's motor follows the relay, which is on
# until somebody is through, or 8 s; after 8 s in the passage there is an alarm.
LANE = {13: True, 14: 8000, 15: 8000}
WIRED = Path(serve.__file__).with_name("wired.yaml")


@click.command("serve", cls=Fallible)
@click.option("--board", help="Board or FILE.yaml; default: a DevKit with everything wired.")
@click.option("--bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The signed bundle; without one a site is made up, with people.")  # fmt: skip
@click.option("--root", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Who must have signed the bundle. Default: .root.cbor beside it.")  # fmt: skip
@click.option("--gate", "gate_id", default="A-1", show_default=True, help="The gate's id.")
@click.option("--host", default=listen.LOOPBACK, show_default=True,
              help="The address to serve on; 0.0.0.0 is every one.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=8766, show_default=True,
              help="0 takes a free one.")  # fmt: skip
@click.option("--token", envvar="GATECTL_TOKEN",
              help="What a page must have to move the gate; default: a new one.")  # fmt: skip
def command(
    board: str | None,
    bundle: Path | None,
    root: Path | None,
    gate_id: str,
    host: str,
    port: int,
    token: str | None,
) -> None:
    """Serve a page with the turnstile at work, in real time, until Ctrl+C.

    Whoever opens the link may move the gate; without its token a page only looks on.
    """
    if bundle is None and root is not None:
        raise click.UsageError("--root says who signed a bundle; name it with --bundle")
    profile = profiles.load(board or str(WIRED))
    folder = page_folder(PAGE)
    address = listen.address_of(host)
    micropython.find()  # what is missing is said now
    token = token or new_ticket()
    with tempfile.TemporaryDirectory(prefix="gate-serve-") as state:
        runner = _runner(Path(state), profile, bundle, root, gate_id)
        pages = application(runner, token, listen.hosts_of(address), folder)
        with listen.socket_on(host, port) as listener:
            shown = "localhost" if address == listen.LOOPBACK else address
            click.echo(f"Open http://{shown}:{listener.getsockname()[1]}/#token={token}")
            click.echo("Ctrl+C ends it.")
            sys.stdout.flush()
            runner.start()
            try:
                listen.server(pages).run(sockets=[listener])
            except KeyboardInterrupt:
                click.echo("stopped")
            finally:
                runner.stop()


def _runner(
    state: Path, profile: Profile, bundle: Path | None, root: Path | None, gate_id: str
) -> Runner:
    about: dict[str, Any] = {"board": profile.title, "chip": profile.chip, "gate": gate_id}
    demo = None if bundle is not None else DemoSite.make(times.now(), gate_id, lane=LANE)
    if bundle is not None:
        given, keys = bundle.read_bytes(), read_root(bundle, root)
    else:
        assert demo is not None
        given, keys = demo.bundle, demo.root
    starts = 0

    def make() -> Turnstile:
        nonlocal starts
        starts += 1
        folder = state / str(starts)
        folder.mkdir()
        return Turnstile(
            folder, profile, bundle=given, root=keys, gate_id=gate_id, clock=RealClock(),
            unix=times.now(),
        )  # fmt: skip

    return Runner(make, People(demo), _updates(demo), about)


def _updates(demo: DemoSite | None) -> Callable[[], bytes] | None:
    """A bundle that follows the last one, each time; only of a site whose keys are here."""
    if demo is None:
        return None
    version = demo.site.version

    def following() -> bytes:
        nonlocal version
        version += 1
        return demo.next_bundle(version=version)

    return following
