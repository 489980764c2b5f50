"""The trust file: trust entries as readable JSON that diffs well.

{"format": "onecode-trust-1", "issuers": [{"name": ..., "kid": hex, "alg": "ES256", "key": base64,
 "not_before": RFC 3339, "not_after": ..., "claims": [...], "jurisdictions": [...],
 "formats": [...], "iss": [URL, ...] of SHC, "source": where it came from}]}
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from host_tools import files
from host_tools.bundles.entry import TrustEntry, check, merge
from host_tools.keys.public import decode64
from host_tools.names import (
    ALGORITHMS,
    FORMATS,
    KINDS,
    claims_mask,
    claims_words,
    formats_mask,
    formats_words,
    suggest,
    word,
)
from host_tools.problems import Failure
from host_tools.times import instant, rfc3339

FORMAT = "onecode-trust-1"
_FIELDS = (
    "name", "kid", "alg", "key", "not_before", "not_after", "claims", "jurisdictions", "formats",
    "table", "iss", "source",
)  # fmt: skip
_OPTIONAL = {"table", "iss", "source"}


def is_trust_file(document: object) -> bool:
    return isinstance(document, dict) and document.get("format") == FORMAT


def load(path: Path) -> list[TrustEntry]:
    """The entries of a trust file."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise Failure(
            f"{path}: not a trust file: {error}; make one with: gatectl trust import {path}"
        ) from None
    if not is_trust_file(document):
        raise Failure(
            f'{path}: not a trust file (it has no "format": "{FORMAT}"); '
            f"make one with: gatectl trust import {path}"
        )
    return parse(document, str(path))


def parse(document: object, source: str) -> list[TrustEntry]:
    """The entries of a trust file's JSON document."""
    assert isinstance(document, dict)
    issuers = document.get("issuers")
    if not isinstance(issuers, list):
        raise Failure(f'{source}: "issuers" must be a list')
    return [_entry(item, f"{source}: issuers[{n}]") for n, item in enumerate(issuers)]


def to_document(entries: Iterable[TrustEntry]) -> dict[str, object]:
    """The JSON document of a trust file, sorted, duplicates merged."""
    return {"format": FORMAT, "issuers": [to_json(entry) for entry in merge(entries)]}


def save(path: Path, entries: Iterable[TrustEntry]) -> None:
    """Write a trust file; an older one stays whole until the new one is complete."""
    files.write_text(path, dumps(entries))


def dumps(entries: Iterable[TrustEntry]) -> str:
    return json.dumps(to_document(entries), indent=1, ensure_ascii=False) + "\n"


def to_json(entry: TrustEntry) -> dict[str, object]:
    """One entry, in words."""
    fields: dict[str, object] = {
        "name": entry.name,
        "kid": entry.kid.hex(),
        "alg": word(ALGORITHMS, entry.alg),
        "key": base64.b64encode(entry.key).decode(),
        "not_before": rfc3339(entry.not_before),
        "not_after": rfc3339(entry.not_after),
        "claims": claims_words(entry.claims),
        "jurisdictions": list(entry.jurisdictions),
        "formats": formats_words(entry.formats),
    }
    if entry.table is not None:
        fields["table"] = base64.b64encode(entry.table).decode()
    if entry.iss:
        fields["iss"] = list(entry.iss)
    if entry.source:
        fields["source"] = entry.source
    return fields


def _entry(item: object, where: str) -> TrustEntry:
    if not isinstance(item, dict):
        raise Failure(f"{where}: must be an object")
    for name in item:
        if name not in _FIELDS:
            raise Failure(f'{where}: "{name}" is not known{suggest(name, _FIELDS)}')
    for name in _FIELDS:
        if name not in item and name not in _OPTIONAL:
            raise Failure(f'{where}: "{name}" is missing')
    try:
        entry = TrustEntry(
            kid=bytes.fromhex(_text(item, "kid")),
            alg=_choice(item["alg"], ALGORITHMS),
            key=decode64(_text(item, "key")),
            name=_text(item, "name"),
            not_before=instant(item["not_before"], 0),
            not_after=instant(item["not_after"], 0),
            claims=claims_mask(_words(item, "claims", KINDS)),
            jurisdictions=tuple(_texts(item, "jurisdictions")),
            formats=formats_mask(_words(item, "formats", FORMATS)),
            table=decode64(_text(item, "table")) if "table" in item else None,
            iss=tuple(_texts(item, "iss")) if "iss" in item else (),
            source=str(item.get("source", "")),
        )
        check(entry)
    except (ValueError, Failure) as error:
        raise Failure(f"{where}: {error}") from None
    return entry


def _text(item: Mapping[str, object], name: str) -> str:
    value = item[name]
    if not isinstance(value, str):
        raise Failure(f'"{name}" must be a text')
    return value


def _texts(item: Mapping[str, object], name: str) -> list[str]:
    value = item[name]
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise Failure(f'"{name}" must be a list of texts')
    return value


def _words(item: Mapping[str, object], name: str, table: Mapping[str, int]) -> list[str]:
    words = _texts(item, name)
    for given in words:
        _choice(given, table)
    return words


def _choice(value: object, table: Mapping[str, int]) -> int:
    if not isinstance(value, str) or value not in table:
        allowed = ", ".join(table)
        raise Failure(f"{value!r} is not one of {allowed}{suggest(str(value), table)}")
    return table[value]
