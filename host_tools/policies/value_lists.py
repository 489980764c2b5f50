"""The EU's value sets in rules: `external.valueSets.NAME` becomes the list of its codes.

Rules of countries ask whether a code is in a value set, which an app hands in beside the
certificate. A terminal has no place for whole value sets; the operator names the files, and the
host writes into the program those lists that the rule asks for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from host_tools.problems import Failure

_PREFIX = "external.valueSets."
MAX_FILE = 1 << 20  # bytes

Lists = Mapping[str, list[str]]  # by valueSetId


def read_value_set(path: Path) -> tuple[str, list[str]]:
    """The id and the codes of a value set's file, as the EU publishes them (JSON)."""
    try:
        data = path.read_bytes()[: MAX_FILE + 1]
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}") from None
    try:
        document = json.loads(data) if len(data) <= MAX_FILE else None
    except (ValueError, RecursionError) as error:
        raise Failure(f"{path}: not JSON: {error}") from None
    if isinstance(document, dict):
        name, values = document.get("valueSetId"), document.get("valueSetValues")
        if isinstance(name, str) and isinstance(values, dict):
            return name, list(values)
    raise Failure(f'{path}: no value set: "valueSetId" and "valueSetValues" are missing')


def with_lists(expression: object, lists: Lists) -> object:
    """The expression with the value sets that it asks for as lists of codes."""
    if isinstance(expression, list):
        return [with_lists(one, lists) for one in expression]
    if not isinstance(expression, dict):
        return expression
    name = _asked(expression)
    if name in lists:
        return list(lists[name])
    return {key: with_lists(value, lists) for key, value in expression.items()}


def missing(expression: object, lists: Lists) -> list[str]:
    """The value sets that an expression asks for and that nobody gave, in order."""
    return [name for name in dict.fromkeys(_names(expression)) if name not in lists]


def _names(expression: object) -> Iterator[str]:
    if isinstance(expression, list):
        for one in expression:
            yield from _names(one)
    elif isinstance(expression, dict):
        name = _asked(expression)
        if name:
            yield name
        for value in expression.values():
            yield from _names(value)


def _asked(operation: Mapping[str, object]) -> str:
    """The value set of {"var": "external.valueSets.NAME"}; "" of anything else."""
    path = operation.get("var")
    if len(operation) == 1 and isinstance(path, str) and path.startswith(_PREFIX):
        return path[len(_PREFIX) :]
    return ""
