"""YAML that people write: read with file, line and column at hand, so that mistakes can be shown.

Scalars are read as text and typed by whoever asks for them: no "no" becomes False, no hexadecimal
subject becomes a number. Every key must be known and appears once. A mistake raises; whoever reads
on after one (`Item.collecting`) ends with `Item.finish`, which tells of all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from host_tools import times
from host_tools.mistakes import Document
from host_tools.names import is_jurisdiction, suggest
from host_tools.problems import Failure

MAX_FILE = 1 << 20
_MAX_JSON = 20_000  # values in one expression
_MAX_DEPTH = 200


class Item:
    """One place in a file: a mapping, a list or a scalar, and where it stands."""

    def __init__(self, node: Node, document: Document) -> None:
        self.node = node
        self.document = document

    @property
    def file(self) -> str:
        return self.document.name

    @property
    def where(self) -> str:
        mark = self.node.start_mark
        return f"{self.file}:{mark.line + 1}:{mark.column + 1}"

    def fail(self, message: str) -> NoReturn:
        """Refuse this place of the file."""
        mark, end = self.node.start_mark, self.node.end_mark
        scalar = isinstance(self.node, ScalarNode) and end.line == mark.line
        width = end.column - mark.column if scalar else 1
        raise self.document.mistake(message, mark.line, mark.column, width)

    def note(self, message: str) -> None:
        """Remember a mistake at this place, and go on."""
        with self.collecting():
            self.fail(message)

    def collecting(self) -> AbstractContextManager[None]:
        """Mistakes inside are remembered; `finish` tells of them."""
        return self.document.collecting()

    def finish(self) -> None:
        """Fail if there were mistakes."""
        self.document.finish()

    @property
    def is_list(self) -> bool:
        return isinstance(self.node, SequenceNode)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.node, MappingNode)

    def pairs(self) -> Iterator[tuple[Item, Item]]:
        """Keys and values of a mapping whose keys are free."""
        if not isinstance(self.node, MappingNode):
            self.fail("this must be a mapping (name: value)")
        seen = set()
        for key, value in self.node.value:
            name = Item(key, self.document)
            if name.text() in seen:
                name.fail(f"{name.text()!r} stands here a second time")
            seen.add(name.text())
            yield name, Item(value, self.document)

    def mapping(self, allowed: Collection[str], required: Collection[str] = ()) -> dict[str, Item]:
        """The values of a mapping by key; keys that are not allowed are refused."""
        values = {}
        for name, value in self.pairs():
            key = name.text()
            if key not in allowed:
                near = suggest(key, allowed)
                name.fail(f"{key!r} is not known here{near}; allowed: {', '.join(allowed)}")
            values[key] = value
        for key in required:
            if key not in values:
                self.fail(f"{key!r} is missing")
        return values

    def items(self, low: int = 0, high: int = 1000) -> list[Item]:
        """The items of a list; anything else is taken for a list of one."""
        if isinstance(self.node, SequenceNode):
            found = [Item(node, self.document) for node in self.node.value]
        else:
            found = [self]
        if not low <= len(found) <= high:
            self.fail(f"{len(found)} entries stand here; {low} to {high} are possible")
        return found

    def text(self, low: int = 1, high: int = 1000) -> str:
        """A scalar as it is written; its length is in bytes of UTF-8."""
        if not isinstance(self.node, ScalarNode):
            self.fail("this must be a single value, not a list or mapping")
        text = str(self.node.value)
        if not low <= len(text.encode()) <= high:
            limit = f"{low} to {high} bytes" if high < 1000 else "something"
            self.fail(f"{limit} must stand here, not {len(text.encode())} bytes")
        return text

    def integer(self, low: int, high: int) -> int:
        text = self.text()
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            self.fail(f"{text!r} is not a whole number from {low} to {high}")
        return value

    def boolean(self) -> bool:
        text = self.text().lower()
        if text not in _BOOLEANS:
            self.fail(f"{text!r} is neither yes nor no")
        return _BOOLEANS[text]

    def choice(self, table: Mapping[str, int]) -> int:
        """The number for one of the words of a table."""
        text = self.text()
        if text not in table:
            near = suggest(text, table)
            self.fail(f"{text!r} is not one of {', '.join(table)}{near}")
        return table[text]

    def jurisdiction(self) -> str:
        text = self.text()
        if not is_jurisdiction(text):
            near = f"; did you mean {text.upper()}?" if is_jurisdiction(text.upper()) else ""
            self.fail(f"{text!r} is not a place such as CN, CN-31 or US-NY{near}")
        return text

    def jurisdictions(self, high: int = 16) -> list[str]:
        return [item.jurisdiction() for item in self.items(1, high)]

    def hex(self, low: int, high: int) -> bytes:
        """Bytes in hexadecimal."""
        text = self.text().replace(" ", "").replace(":", "")
        try:
            data = bytes.fromhex(text)
        except ValueError:
            data = b""
        if not low <= len(data) <= high:
            self.fail(f"{text!r} is not {2 * low} to {2 * high} hexadecimal digits")
        return data

    def json(self) -> object:
        """What a JSON file would have here: plain scalars may be numbers, true, false, null."""
        return self._json(0, [_MAX_JSON])

    def _json(self, depth: int, room: list[int]) -> object:
        room[0] -= 1  # aliases make more of a file than stands in it
        if depth > _MAX_DEPTH or room[0] < 0:
            self.fail("this is too large, or contains itself")
        if isinstance(self.node, MappingNode):
            return {name.text(0): value._json(depth + 1, room) for name, value in self.pairs()}
        if isinstance(self.node, SequenceNode):
            items = [Item(node, self.document) for node in self.node.value]
            return [item._json(depth + 1, room) for item in items]
        text = self.text(0, MAX_FILE)
        if getattr(self.node, "style", None):  # quoted, or a block
            return text
        if text in _JSON_WORDS:
            return _JSON_WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        return float(text) if _FLOAT.fullmatch(text) else text

    def inside(self, path: Collection[str | int]) -> Item:
        """The item at a path of keys and indices, as far as there is one."""
        item = self
        for step in path:
            if isinstance(step, int) and item.is_list and step < len(item.node.value):
                item = Item(item.node.value[step], self.document)
            elif isinstance(step, str) and item.is_mapping:
                item = next((value for name, value in item.pairs() if name.text(0) == step), item)
        return item

    def instant(self, base: int) -> int:
        try:
            return times.instant(self.text(), base)
        except times.TimeFormError as error:
            self.fail(str(error))

    def day(self, base: int) -> int:
        return self.instant(base) // times.DAY

    def duration(self, low: int, high: int) -> int:
        """Seconds of a duration in words."""
        try:
            seconds = times.duration(self.text())
        except times.TimeFormError as error:
            self.fail(str(error))
        if not low <= seconds <= high:
            self.fail(f"{self.text()!r} is not from {low} to {high} seconds")
        return seconds


_JSON_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,30})")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_BOOLEANS = {"yes": True, "true": True, "no": False, "false": False}


def load(path: Path) -> Item:
    """The root of a YAML file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}") from None
    return parse(data, str(path))


def parse(data: bytes, name: str) -> Item:
    """The root of a YAML document; `name` stands for it in messages."""
    if len(data) > MAX_FILE:
        raise Failure(f"{name}: larger than {MAX_FILE >> 20} MiB")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Failure(f"{name}: not UTF-8 at byte {error.start}") from None
    document = Document(name, text)
    try:
        node = YAML().compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        detail = " ".join(str(error.problem or error.context or "not YAML").split())
        if mark is None:
            raise Failure(f"{name}: {detail}") from None
        raise document.mistake(detail, mark.line, mark.column) from None
    except (YAMLError, RecursionError, ValueError) as error:
        raise Failure(f"{name}: not YAML: {' '.join(str(error).split())}") from None
    if node is None:
        raise Failure(f"{name}: the file is empty")
    return Item(node, document)
