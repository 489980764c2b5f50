"""An operator's own table of cases: who shows what, when, at which gate, and what is expected.

Persons are given codes that are really signed, with keys made for the occasion in place of those
that the site's file names: no private key is needed to try a site's rules. The firmware decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from host_tools import firmware, yaml_file
from host_tools.bundles import build
from host_tools.bundles.build import read_root
from host_tools.bundles.site import read_site
from host_tools.codes.issuing import Shown, issue
from host_tools.codes.person import read_person
from host_tools.codes.reading import read_code
from host_tools.keys.private import PrivateKey, generate
from host_tools.names import ES256, suggest
from host_tools.policies.explaining import Explainer, Told
from host_tools.policies.schema import Field, Section
from host_tools.problems import Failure
from host_tools.yaml_file import Item

MAX_CASES = 1000
_VERDICTS = ("granted", "refused")


@dataclass(frozen=True)
class Expected:
    """What is expected; None: anything."""

    verdict: str | None = None
    reason: str | None = None
    rule: str | None = None
    jurisdiction: str | None = None

    def words(self) -> str:
        parts = (self.reason or self.verdict, self.rule, self.jurisdiction)
        return ", ".join(filter(None, parts)) or "anything"


@dataclass(frozen=True)
class Case:
    """code: makes it. where: its place in the file."""

    name: str
    where: str
    at: int
    gate: str | None
    code: Callable[[], bytes]
    expected: Expected


@dataclass(frozen=True)
class Outcome:
    """What the firmware said of a case, and in what that differs."""

    case: Case
    told: Told
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.differences

    def words(self) -> str:
        told = self.told
        decided = told["decided_by"] or {}
        parts = (told["reason"] or told["verdict"], told["rule"], decided.get("jurisdiction"))
        return ", ".join(filter(None, parts))


@dataclass(frozen=True)
class Table:
    """A file of cases, read."""

    bundle: bytes
    root: bytes
    cases: tuple[Case, ...]

    def run(self) -> Iterator[Outcome]:
        """Try every case, in order."""
        with Explainer(self.bundle, self.root) as explainer:
            for case in self.cases:
                told = explainer.explain(case.code(), case.at, case.gate)
                yield Outcome(case, told, tuple(_differences(case.expected, told)))


def _differences(expected: Expected, told: Told) -> Iterator[str]:
    got = {**told, "jurisdiction": (told["decided_by"] or {}).get("jurisdiction")}
    for name in ("verdict", "reason", "rule", "jurisdiction"):
        wanted = getattr(expected, name)
        if wanted is not None and wanted != got[name]:
            yield f"{name}: expected {wanted}, got {got[name] or 'none'}"


class _Keys:
    """Keys made for the occasion, by the names in the files."""

    def __init__(self) -> None:
        self._keys: dict[str, PrivateKey] = {}

    def private(self, name: str) -> PrivateKey:
        stem = Path(name).name.partition(".")[0]
        if stem not in self._keys:
            self._keys[stem] = generate(ES256)
        return self._keys[stem]

    def public(self, name: str) -> Any:
        return self.private(name).public


def read_cases(root: Item, now: int, site: Path | None = None, bundle: Path | None = None) -> Table:
    """Read a file of cases. site, bundle: instead of what it names. now: the clock."""
    parts = FILE.read(root)
    keys = _Keys()
    at = parts["at"].instant(now) if "at" in parts else now
    if site is None and bundle is None:
        for name in ("site", "bundle"):
            if name in parts:
                path = Path(root.file).parent / parts[name].text()
                site, bundle = (path, bundle) if name == "site" else (site, path)
    if (site is None) == (bundle is None):
        root.note("say either 'site' or 'bundle': whose rules are tried")
        root.finish()
    cases = []
    for item in parts["cases"].items(1, MAX_CASES) if "cases" in parts else ():
        with item.collecting():
            cases.append(_case(item, parts, at, now, keys))
    root.finish()
    if bundle is not None:
        return Table(_read(bundle), read_root(bundle, None), tuple(cases))
    assert site is not None
    operator = generate(ES256)
    belief = read_site(yaml_file.load(site), at, keys.public)
    sealed = build.build(belief, [operator])
    return Table(sealed, build.root([operator.public], 1), tuple(cases))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}") from None


def _case(item: Item, usual: Mapping[str, Any], at: int, now: int, keys: _Keys) -> Case:
    parts = CASE.read(item)
    moment = at
    if "at" in parts:
        moment = parts["at"].instant(at)
    if ("person" in parts) == ("code" in parts):
        item.fail("say either 'person' or 'code': what is shown")
    gate = parts.get("gate", usual.get("gate"))
    if "code" in parts:
        code = _code(parts["code"])
    else:
        live = parts.get("live", False)
        issuer = usual.get("issuer")
        code = _person(parts["person"], moment, gate if live else None, live, issuer, keys)
    name = parts.get("name", "")
    return Case(name, item.where, moment, gate, code, parts.get("expect", Expected()))


def _code(item: Item) -> Callable[[], bytes]:
    text = item.text(1, 10000)
    path = Path(item.file).parent / text
    given = read_code(str(path) if path.suffix and path.is_file() else text)
    return lambda: given


def _person(
    item: Item, at: int, gate: str | None, live: bool, issuer: str | None, keys: _Keys
) -> Callable[[], bytes]:
    shown = Shown(at, gate) if live else None
    root = item
    if not item.is_mapping:
        try:
            root = yaml_file.load(Path(item.file).parent / item.text())
        except Failure as failure:
            item.fail(str(failure))
    person = read_person(root, at)
    text = issue(person, keys.private, keys.public, issuer, shown)
    return text.encode


def _expected(item: Item) -> Expected:
    assert firmware.FIRMWARE.is_dir()
    from gate.refusal import reasons

    if item.is_mapping:
        return Expected(**EXPECT.read(item))
    word = item.text()
    if word in _VERDICTS:
        return Expected(verdict=word)
    known = reasons()
    if word not in known:
        near = suggest(word, (*_VERDICTS, *known))
        item.fail(f"{word!r} is neither granted nor refused nor a reason of docs/reasons.md{near}")
    return Expected("refused", word)


def _reason(item: Item) -> str | None:
    return _expected(item).reason


def _verdict(item: Item) -> str:
    word = item.text()
    if word not in _VERDICTS:
        item.fail(f"{word!r} is neither granted nor refused{suggest(word, _VERDICTS)}")
    return word


def _text(item: Item) -> str:
    return item.text()


def _later(item: Item) -> Item:
    return item


EXPECT = Section(
    "cases: expect:",
    "What is expected; one word does too: granted, refused, or a reason.",
    {
        "verdict": Field(_verdict, "granted or refused", "a word", "anything"),
        "reason": Field(_reason, "the reason of the refusal", "a reason", "anything"),
        "rule": Field(_text, "the way or rule that decided", "its name", "anything"),
        "jurisdiction": Field(_text, "whose claim decided", "a place", "anything"),
    },
)
CASE = Section(
    "cases:",
    "One case in a list item.",
    {
        "name": Field(_text, "for the table", "a text", "none"),
        "person": Field(_later, "who comes", "a person's file, or what would stand in it"),
        "code": Field(_later, "or the code that is shown", "a text, or a file with it or its QR"),
        "live": Field(Item.boolean, "with a proof by the phone, now", "yes or no", "no"),
        "at": Field(_later, "when", "a time", "that of the file"),
        "gate": Field(_text, "where", "a gate's id", "that of the file"),
        "expect": Field(_expected, "what is expected", "a word, or a mapping", "anything"),
    },
)
FILE = Section(
    "(top)",
    "A file of cases for `gatectl policy test`.",
    {
        "site": Field(_later, "the site's file whose rules are tried", "a file"),
        "bundle": Field(_later, "or a signed bundle, with codes only", "a file"),
        "at": Field(_later, "when the cases happen", "a time", "now"),
        "gate": Field(_text, "where", "a gate's id", "the usual lane"),
        "issuer": Field(_text, "who signs for persons that name no issuer", "a key's name", "none"),
        "cases": Field(_later, "the cases", "a list", required=True),
    },
)
