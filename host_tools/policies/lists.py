"""Lists of people by pseudonymous subject, as digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from host_tools.names import FORMATS, LATEST
from host_tools.policies.schema import Field, Section, each, reference, references
from host_tools.problems import Failure
from host_tools.times import TimeFormError, instant
from host_tools.yaml_file import Item

MAX_LISTS = 8
MAX_LISTED = 2048  # people in all lists together
DIGEST = 8
MAX_WAYS = 16
# what being on a list may spare
SPARES = {"risk_regions": 1, "hours": 2, "proof": 4, "replay": 8, "anti_passback": 16, "rules": 32}


@dataclass(frozen=True)
class List:
    """schedule: its hours, to be looked up. only: names of ways, likewise."""

    digests: tuple[bytes, ...]
    since: int = 0
    until: int = LATEST
    hours: Item | None = None
    deny: bool = False
    spares: int = 0
    proof: bool = False
    only: Item | None = None

    def fields(
        self, name: str, hours: Mapping[str, Any], ways: Mapping[str, Any]
    ) -> dict[int, object]:
        fields: dict[int, object] = {1: name, 2: b"".join(self.digests)}
        if self.since:
            fields[3] = self.since
        if self.until != LATEST:
            fields[4] = self.until
        if self.hours is not None:
            fields[5] = reference(self.hours, hours, "hours")
        if self.deny:
            fields[6] = True
        if self.spares:
            fields[7] = self.spares
        if self.proof:
            fields[8] = True
        if self.only is not None:
            fields[9] = references(self.only, ways, "ways", MAX_WAYS)
        return fields


def digest(code_format: str, subject: bytes) -> bytes:
    """What stands in a list for a subject; the terminal computes the same."""
    return hashlib.sha256(code_format.encode() + subject).digest()[:DIGEST]


def read_list(item: Item, now: int) -> List:
    """One list. now: what "in 30 days" counts from."""
    parts = SECTION.read(item)
    people = [*parts.get("subjects", ()), *parts.get("file", ())]
    deny = parts.get("deny", False)
    if deny and parts.keys() & {"spares", "proof", "only"}:
        item.note("people who may not come in are spared nothing: leave out spares, proof and only")
    since, until = (_moment(parts, name, now) for name in ("from", "until"))
    if since is not None and until is not None and since > until:
        parts["until"].note("this is before 'from'")
    return List(
        digests=tuple(sorted(set(people))),
        since=since or 0,
        until=LATEST if until is None else until,
        hours=parts.get("hours"),
        deny=deny,
        spares=parts.get("spares", 0),
        proof=parts.get("proof", False),
        only=parts.get("only"),
    )


def _moment(parts: Mapping[str, Any], name: str, now: int) -> int | None:
    if name not in parts:
        return None
    item: Item = parts[name]
    with item.collecting():
        try:
            return min(instant(item.text(), now), LATEST)
        except TimeFormError as error:
            item.fail(str(error))
    return None


def entry(text: str) -> bytes:
    """The digest for a line: a subject in hexadecimal, or `FORMAT:` and one, or `digest:` and it.

    Raises Failure.
    """
    form, colon, rest = text.partition(":")
    hexadecimal = (rest if colon else text).strip()
    form = form.strip() if colon else "OC1"
    try:
        data = bytes.fromhex(hexadecimal)
    except ValueError:
        data = b""
    if form == "digest" and len(data) == DIGEST:
        return data
    if form in FORMATS and 8 <= len(data) <= 32:
        return digest(form, data)
    raise Failure(
        f"{text!r} is no subject: write 16 to 64 hexadecimal digits, or digest: and 16 of them, as "
        "gatectl policy explain shows"
    )


def _subjects(item: Item) -> list[bytes]:
    return each(item, 0, MAX_LISTED, _subject)


def _subject(item: Item) -> bytes:
    try:
        return entry(item.text())
    except Failure as failure:
        item.fail(str(failure))


def _file(item: Item) -> list[bytes]:
    """One subject a line; what follows # is for the reader."""
    path = Path(item.file).parent / item.text()
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        item.fail(f"{path}: cannot be read: {error}")
    return list(_entries(item, path, lines))


def _entries(item: Item, path: Path, lines: Iterable[str]) -> Iterable[bytes]:
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if text:
            try:
                yield entry(text)
            except Failure as failure:
                item.note(f"{path}:{number}: {failure}")


def _spares(item: Item) -> int:
    return sum(set(each(item, 1, len(SPARES), lambda one: one.choice(SPARES))))


SECTION = Section(
    "policy: lists: NAME:",
    "People by their pseudonymous subject. Being on a list opens nothing by itself: it takes "
    "a code with a right signature of somebody who may speak, and a way for the list. Only "
    f"digests are in the bundle; all lists together hold up to {MAX_LISTED:,} people. A colour "
    "that is not accepted and a positive test are never spared.",
    {
        "subjects": Field(_subjects, "who is on it", "subjects in hexadecimal", "nobody"),
        "file": Field(_file, "who else is on it", "a text file, a subject a line, # for remarks"),
        "deny": Field(Item.boolean, "they may not come in", "yes or no", "no"),
        "from": Field(lambda item: item, "from when on it counts", "a time", "always"),
        "until": Field(lambda item: item, "until when it counts", "a time", "always"),
        "hours": Field(lambda item: item, "when it counts", "a name of `hours`", "always"),
        "spares": Field(_spares, "what they are spared", f"of {', '.join(SPARES)}", "nothing"),
        "proof": Field(Item.boolean, "they must show a live code", "yes or no", "no"),
        "only": Field(lambda item: item, "the ways open to them", "names of ways", "all"),
    },
)
