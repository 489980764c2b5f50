"""`gatectl policy check`: whether a site's rules can be understood, and what they take."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from host_tools import interpreter, times, yaml_file
from host_tools.bundles.site import FIELDS
from host_tools.cli.common import Fallible, print_json, warn
from host_tools.cli.verify import FILE
from host_tools.policies import checking, site_rules, sizes
from host_tools.policies.words import policy_words
from host_tools.problems import Failure
from host_tools.times import DAY


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
    try:
        heap = sizes.heap(part)
    except interpreter.InterpreterError as error:
        raise Failure(str(error)) from None
    words = policy_words(part)
    if as_json:
        print_json({"bytes": len(part), "heap": heap, **words})
    for line in checking.warnings(part):
        warn(line)
    if heap > sizes.HEAVY:
        warn(f"{heap} bytes of the heap are much for a board: name fewer places, ways and hours")
    if not as_json:
        ways = words["ways"]
        assert isinstance(ways, list)
        click.echo(
            f"{site}: {len(ways)} ways in, {checking.people(part)} people listed; "
            f"{len(part)} bytes, and {heap} bytes of a terminal's heap besides"
        )
