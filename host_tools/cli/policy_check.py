"""`gatectl policy check`: whether a site's rules can be understood, and what they take."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import NamedTemporaryFile

import rich_click as click

from host_tools import interpreter, times, yaml_file
from host_tools.bundles.site import FIELDS
from host_tools.cli.common import Fallible, print_json, warn
from host_tools.cli.verify import FILE
from host_tools.policies import checking, site_rules
from host_tools.policies.words import policy_words
from host_tools.problems import Failure
from host_tools.times import DAY

DEVICE = Path(__file__).parents[1] / "policies" / "device" / "check_policy.py"


@click.command(cls=Fallible)
@click.option("--json", "as_json", is_flag=True, help="Print the rules as they were understood.")
@click.argument("site", type=FILE)
def command(site: Path, as_json: bool) -> None:
    """Check the rules of SITE, a site's YAML file; no key is needed.

    Every mistake is shown with its line. What is right but hardly meant is a warning. The firmware
    opens the compiled rules, on MicroPython, and says what they take of a terminal's memory.
    """
    root = yaml_file.load(site)
    parts = root.mapping(FIELDS, ("policy",))
    now = times.now()
    part = site_rules.compile_rules(parts, now, now + 14 * DAY)
    root.finish()
    heap = _opened(part)
    words = policy_words(part)
    if as_json:
        print_json({"bytes": len(part), "heap": heap, **words})
    for line in checking.warnings(part):
        warn(line)
    if not as_json:
        ways = words["ways"]
        assert isinstance(ways, list)
        click.echo(
            f"{site}: {len(ways)} ways in, {checking.people(part)} people listed; "
            f"{len(part)} bytes, and {heap} bytes of a terminal's heap besides"
        )


def _opened(part: bytes) -> int:
    """Let the firmware open the part; what it then takes of the heap, in bytes."""
    with NamedTemporaryFile(suffix=".cbor") as file:
        file.write(part)
        file.flush()
        try:
            outcome = interpreter.run([str(DEVICE), file.name], heap="2M")
        except interpreter.InterpreterError as error:
            raise Failure(str(error)) from None
    if outcome.returncode:
        raise Failure(f"the firmware cannot open these rules: {outcome.stderr.strip()[-500:]}")
    reason, heap = json.loads(outcome.stdout)
    if reason is not None:
        raise Failure(f"the firmware does not accept these rules: {reason}")
    return int(heap)
