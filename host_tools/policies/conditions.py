"""Named conditions in CertLogic, as a site's file or a rule of the EU's business rules has them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from host_tools.names import FORMATS, KINDS, claims_mask
from host_tools.policies.certlogic import compile_expression, validate
from host_tools.policies.schema import Field, Section, each
from host_tools.policies.texts import Key, Text, read_languages
from host_tools.policies.value_lists import Lists, missing, read_value_set, with_lists
from host_tools.problems import Failure
from host_tools.yaml_file import MAX_FILE, Item

MAX_CONDITIONS = 16
MAX_PROGRAM = 2048  # bytes
MAX_VALUE_SETS = 8  # of one condition


@dataclass(frozen=True)
class Condition:
    """formats, kinds: bits of what it is about; kinds 0: all. texts: what people read."""

    program: bytes
    formats: int
    kinds: int = 0
    texts: dict[Key, Text] = field(default_factory=dict)

    def fields(self, name: str) -> list[object]:
        return [name, self.formats, self.kinds, self.program]


def read_condition(name: Item, item: Item) -> Condition:
    """One condition; `name` is its key."""
    parts = SECTION.read(item)
    if ("logic" in parts) == ("file" in parts):
        item.fail("say either 'logic' or 'file': what is to be true")
    texts: dict[Key, Text] = {}
    for reason in ("condition_failed", "condition_invalid"):
        if "text" in parts:
            texts |= read_languages(f"{reason}/{name.text()}", parts["text"])
    expression, place = parts["logic"] if "logic" in parts else parts["file"]
    return Condition(
        program=_compiled(expression, place, dict(parts.get("value_sets", ()))),
        formats=parts.get("formats", sum(FORMATS.values())),
        kinds=parts.get("about", 0),
        texts=texts,
    )


def _logic(item: Item) -> tuple[object, Item]:
    return item.json(), item


def _file(item: Item) -> tuple[object, Item]:
    """What a file in JSON has: an expression, or a rule with its "Logic"."""
    path = Path(item.file).parent / item.text()
    try:
        data = path.read_bytes()[: MAX_FILE + 1]
        document = json.loads(data) if len(data) <= MAX_FILE else None
    except OSError as error:
        item.fail(f"{path}: cannot be read: {error.strerror}")
    except (ValueError, RecursionError) as error:
        item.fail(f"{path}: not JSON: {error}")
    if isinstance(document, dict) and "Logic" in document:
        document = document["Logic"]
    return document, item


def _value_set(item: Item) -> tuple[str, list[str]]:
    try:
        return read_value_set(Path(item.file).parent / item.text())
    except Failure as failure:
        item.fail(str(failure))


def _compiled(expression: object, item: Item, lists: Lists) -> bytes:
    issues = validate(expression)
    for issue in issues[:8]:
        item.inside(issue.path).note(issue.message)
    if issues:
        return b""
    for name in missing(expression, lists):
        item.note(f"this asks for the value set {name!r}: name its file under value_sets")
    program = compile_expression(with_lists(expression, lists))
    if len(program) > MAX_PROGRAM:
        item.fail(f"this takes {len(program)} bytes; {MAX_PROGRAM} are possible")
    return program


def _formats(item: Item) -> int:
    return sum(set(each(item, 1, len(FORMATS), lambda one: one.choice(FORMATS))))


def _kinds(item: Item) -> int:
    words: Sequence[str] = each(item, 1, len(KINDS), _kind)
    return claims_mask(words)


def _kind(item: Item) -> str:
    item.choice(KINDS)
    return item.text()


SECTION = Section(
    "policy: conditions: NAME:",
    "A condition in CertLogic 1.3, which must be true. A way asks for it under `conditions`, "
    "the site or a lane under `accept` (must hold for everybody) or `refuse` (must not). One "
    "that errs, is neither true nor false, or takes too many steps refuses, also under "
    "`refuse`.",
    {
        "logic": Field(_logic, "what is to be true", "CertLogic as YAML or JSON"),
        "file": Field(
            _file, "the same from a file", 'JSON: an expression, or an EU rule with its "Logic"'
        ),
        "value_sets": Field(
            lambda item: each(item, 1, MAX_VALUE_SETS, _value_set),
            "value sets that it asks for, as `external.valueSets.NAME`",
            "files in JSON, as the EU publishes them",
        ),
        "formats": Field(
            _formats, "codes that it is about", f"of {', '.join(FORMATS)}", "all of them"
        ),
        "about": Field(
            _kinds, "claims that it is about; codes without one are not asked",
            f"of {', '.join(KINDS)}", "all codes",
        ),
        "text": Field(
            lambda item: item, "what people read when it does not hold",
            "a language a line: `en: what is the matter | what helps`", "that of the reason",
        ),
    },
)  # fmt: skip
