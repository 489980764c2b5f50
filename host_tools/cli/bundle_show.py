"""`gatectl bundle show` and `check`: what is in a bundle, who signed it, and how long it counts."""

from __future__ import annotations

import sys
from pathlib import Path

import rich_click as click

from host_tools import times
from host_tools.bundles import age, bundle_file, signers
from host_tools.bundles import inspect as inspecting
from host_tools.bundles.build import root_beside
from host_tools.cli.common import Fallible, print_json, print_table
from host_tools.problems import Failure
from host_tools.times import duration_words

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
EXIT_CODES = {"fresh": 0, "ending": 3, "grace": 4, "expired": 5}
REFUSED = 1


def _show(bundle: Path, as_json: bool) -> None:
    document = inspecting.as_json(bundle_file.load(bundle))
    if as_json:
        print_json(document)
        return
    issuers, policy = document.pop("issuers", []), document.pop("policy", {})
    revoked = document.pop("revoked", {})
    signed_by, parts = document.pop("signed_by"), document.pop("parts")
    rotations = document.pop("rotations")
    assert isinstance(issuers, list)
    assert isinstance(policy, dict)
    assert isinstance(revoked, dict)
    assert isinstance(signed_by, list)
    assert isinstance(parts, dict)
    assert isinstance(rotations, list)
    for name, value in document.items():
        click.echo(f"{name:12}{value}")
    who = ", ".join(f"{one['kid']} ({one['alg']})" for one in signed_by) or "nobody yet"
    click.echo(f"{'signed by':12}{who}")
    if rotations:
        click.echo(f"{'rotations':12}to root {', '.join(map(str, rotations))}")
    click.echo()
    print_table(
        ("part", "version", "bytes", "here", "expires", "grace", "then", "SHA-256"),
        [
            (name, str(part["version"]), str(part["bytes"]), "yes" if part["carried"] else "no",
             part["expires"], duration_words(part["grace_s"]), part["then"], part["sha256"][:16])
            for name, part in parts.items()
        ],
    )  # fmt: skip
    if revoked:
        click.echo("revoked: " + ", ".join(f"{count:,} {what}" for what, count in revoked.items()))
    if issuers:
        click.echo()
        print_table(
            ("kid", "algorithm", "name", "claims", "for", "formats"),
            [
                (one["kid"], one["alg"], one["name"], " ".join(one["claims"]),
                 " ".join(one["jurisdictions"]) or "any", " ".join(one["formats"]))
                for one in issuers
            ],
        )  # fmt: skip
    if policy:
        click.echo()
    for line in _lines(policy):
        click.echo(line)


@click.command(cls=Fallible)
@click.argument("bundle", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(bundle: Path, as_json: bool) -> None:
    """Show what is in BUNDLE, or in an update. Its signatures are not checked: see check."""
    _show(bundle, as_json)


@click.command(cls=Fallible, hidden=True)
@click.argument("bundle", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def inspect(bundle: Path, as_json: bool) -> None:
    """The same as show."""
    _show(bundle, as_json)


@click.command(cls=Fallible)
@click.argument("bundle", type=_FILE)
@click.option("--root", type=_FILE, help="Who must have signed; default: .root.cbor beside it.")
@click.option("--at", metavar="TIME", help="Judge as at this time; default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(bundle: Path, root: Path | None, at: str | None, as_json: bool) -> None:
    """Check BUNDLE as a terminal does, and say how long its parts still count.

    Exit status: 0 all is well, 1 terminals refuse it, 3 a part ends soon, 4 a part is in its grace
    period, 5 a part has expired.
    """
    try:
        now = times.now() if at is None else times.instant(at, times.now())
    except times.TimeFormError as error:
        raise click.UsageError(f"--at: {error}") from None
    made = bundle_file.load(bundle)
    path = root or root_beside(bundle)
    if not path.is_file():
        raise Failure(f"{path} is not there: name with --root who must have signed {bundle}")
    verdict = signers.of_bundle(bundle.read_bytes(), path.read_bytes())
    states = age.states(made.manifest, now)
    worst = age.worst(states.values())
    status = REFUSED if verdict.refused else EXIT_CODES[worst]
    if as_json:
        print_json({
            "site": made.manifest.site, "version": made.manifest.version,
            "refused": verdict.refused, "signatures": len(verdict.signers),
            "threshold": verdict.threshold, "root": verdict.root, "state": worst,
            "parts": {part.name: {"state": states[part.name],
                                  "expires": times.rfc3339(part.terms.expires),
                                  "seconds_left": part.terms.expires - now}
                      for part in made.manifest.parts},
        })  # fmt: skip
        sys.exit(status)
    click.echo(f"{bundle}: {made.manifest.site}, version {made.manifest.version}")
    say_signers(bundle, verdict)
    for part in made.manifest.parts:
        click.echo(f"{part.name:12}{age.words(part, states[part.name], now)}")
    sys.exit(status)


def say_signers(path: Path, verdict: signers.Verdict) -> None:
    """How many of those who must have signed a bundle."""
    if not verdict.threshold:
        click.echo(f"terminals refuse it: {verdict.refused}")
        return
    count = f"{len(verdict.signers)} of the {verdict.threshold} signatures that it takes"
    click.echo(f"{path}: {count} (root {verdict.root})")
    if verdict.refused == "bundle_signatures":
        click.echo(f"the next operator signs with: gatectl bundle sign {path} --key NAME")
    elif verdict.refused:
        click.echo(f"terminals refuse it: {verdict.refused}")


_WORDS = {"[]": "none", "True": "yes", "False": "no"}


def _lines(value: object, depth: int = 0) -> list[str]:
    """Nested words as indented lines, like the YAML they came from."""
    lines = []
    indent = "  " * depth
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, dict) or (inner and isinstance(inner, list)):
                plain = isinstance(inner, list) and not any(isinstance(i, dict) for i in inner)
                if plain:
                    lines.append(f"{indent}{name}: {', '.join(map(str, inner))}")
                    continue
                lines.append(f"{indent}{name}:" + (" any" if inner == {} else ""))
                lines.extend(_lines(inner, depth + 1))
            else:
                lines.append(f"{indent}{name}: {_WORDS.get(str(inner), inner)}")
    elif isinstance(value, list):
        for inner in value:
            first, *rest = _lines(inner, depth + 1)
            lines.append(f"{indent}- {first.strip()}")
            lines.extend(rest)
    return lines
