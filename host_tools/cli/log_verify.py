"""`gatectl log verify`: whether a log is as the terminal wrote it, as far as that can be proved."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import rich_click as click

from host_tools.audit import folder
from host_tools.audit.layout import LINK
from host_tools.audit.walking import Begun, Finding, Proved, Unproved, Walk
from host_tools.cli.common import Fallible, print_json
from host_tools.cli.json_lines import visible
from host_tools.cli.log_options import FOLDER, json_option, key_option, keys_of
from host_tools.problems import Failure

_MOST_SHOWN = 50


@dataclass
class Answer:
    """anchor: number and chain of the last right record, to be kept outside."""

    folder: str
    terminal: str = ""
    first: int = 0
    last: int = 0
    segments: int = 0
    records: int = 0
    sealed: int = 0
    unsealed: int = 0
    unproved: int = 0
    wrong: int = 0
    findings: list[Finding] = field(default_factory=list)
    anchor: str = ""

    @property
    def right(self) -> bool:
        return self.wrong == 0

    def add(self, finding: Finding) -> None:
        self.wrong += not finding.noted
        if len(self.findings) < _MOST_SHOWN:
            self.findings.append(finding)


@click.command("verify", cls=Fallible)
@FOLDER
@key_option
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    metavar="NUMBER:HEX",
    help="What an earlier verify printed: that record must still be there, after the same ones.",
)
@json_option("The answer in JSON.")
def verify(
    folders: tuple[Path, ...], key_files: tuple[Path, ...], anchors: tuple[str, ...], as_json: bool
) -> None:
    """Check the chain, its gaps, its ends, and with the key its seals.

    Each finding says which record is wrong and what that means. The exit status is 0 when nothing
    is wrong, 1 when something is.
    """
    wanted = dict(_anchor(text) for text in anchors)
    answers = [check(path, key_files, wanted) for path in folders]
    if as_json:
        documents = [_document(answer) for answer in answers]
        print_json(documents[0] if len(documents) == 1 else documents)
    else:
        for answer in answers:
            _print(answer)
    sys.exit(0 if all(answer.right for answer in answers) else 1)


def check(path: Path, key_files: tuple[Path, ...], wanted: dict[int, bytes]) -> Answer:
    log = folder.find(path)
    walk = Walk(log, keys_of(log, key_files))
    answer = Answer(str(path))
    met: set[int] = set()
    for step in walk.steps():
        if isinstance(step, Finding):
            answer.add(step)
        elif isinstance(step, Unproved):
            answer.unproved += 1
        elif isinstance(step, Begun):
            answer.segments += 1
        elif isinstance(step, Proved):
            number = step.record.number
            answer.records += 1
            answer.first = answer.first or number
            answer.last = number
            answer.sealed += step.sealed is True
            answer.unsealed += step.sealed is None
            answer.anchor = f"{number}:{walk.chain.hex()}"
            if number in wanted:
                met.add(number)
                chain = wanted[number]
                if walk.chain[: len(chain)] != chain:
                    answer.add(
                        Finding(
                            f"record {number}",
                            "is another than the anchor says",
                            "the log was made anew up to here, or the anchor is another log's",
                        )
                    )
    answer.terminal = walk.device
    for number in sorted(wanted.keys() - met):
        if answer.first and number < answer.first:
            what = "has been removed for its age since, as it may be"
            answer.add(Finding(f"record {number} of an anchor", what, "nothing to tell", True))
        else:
            what = "is not there"
            answer.add(Finding(f"record {number} of an anchor", what, "the end was removed"))
    return answer


def _document(answer: Answer) -> dict[str, Any]:
    return {**asdict(answer), "right": answer.right}


def _print(answer: Answer) -> None:
    name = answer.terminal or answer.folder
    for finding in answer.findings:
        mark = "note" if finding.noted else "WRONG"
        click.echo(visible(f"{name}: {mark}: {finding.where} {finding.what}: {finding.meaning}"))
    shown = sum(not finding.noted for finding in answer.findings)
    if answer.wrong > shown:
        click.echo(f"{name}: and {answer.wrong - shown} more that are wrong")
    span = f"records {answer.first} to {answer.last}" if answer.records else "no records"
    click.echo(visible(f"{name}: {span} in {answer.segments} segments follow each other"))
    if answer.unsealed:
        click.echo(
            f"{name}: the seals of {answer.unsealed} of {answer.records} were not checked: the "
            "key at hand is for later segments, or for none (name an earlier one with --key)"
        )
    else:
        click.echo(f"{name}: the seals of {answer.sealed} are right")
    if answer.unproved:
        click.echo(f"{name}: {answer.unproved} records behind something wrong prove nothing")
    click.echo(f"{name}: anchor {answer.anchor or '-'}")


def _anchor(text: str) -> tuple[int, bytes]:
    number, _, chain = text.partition(":")
    try:
        found = int(number), bytes.fromhex(chain)
    except ValueError:
        found = 0, b""
    if found[0] < 1 or not LINK <= len(found[1]) <= 32:
        raise Failure(f"{text!r} is no anchor; they look like 1234:9f86d081...")
    return found
