"""What is in a bundle, in words; and what differs between two. Checks nothing: `gatectl verify`
and the terminal do."""

from __future__ import annotations

import difflib
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass

import cbor2

from host_tools.bundles import trust_file
from host_tools.bundles.entry import TrustEntry
from host_tools.names import (
    ALGORITHMS,
    COLOURS,
    KINDS,
    TEST_KINDS,
    formats_words,
    word,
)
from host_tools.problems import Failure
from host_tools.times import rfc3339

# fields of a requirement, as a site's file names them; 3 depends on the kind
_NEEDS = {1: "max_age", 2: "min_age", 4: "complete", 5: "kinds", 6: "from"}


@dataclass(frozen=True)
class Bundle:
    """A bundle taken apart."""

    manifest: Mapping[int, object]
    signers: list[tuple[int, bytes]]  # algorithm, kid
    parts: dict[str, bytes]

    def as_json(self) -> dict[str, object]:
        """Everything in it, in words."""
        versions = {name: version for name, version, _, _ in self._pinned()}
        document: dict[str, object] = {
            "site": self.manifest[2],
            "version": self.manifest[3],
            "issued": rfc3339(_int(self.manifest[4])),
            "expires": rfc3339(_int(self.manifest[5])),
            "signed_by": [
                {"kid": kid.hex(), "alg": word(ALGORITHMS, alg)} for alg, kid in self.signers
            ],
            "parts": {
                name: {
                    "version": versions[name],
                    "bytes": len(data),
                    "sha256": hashlib.sha256(data).hexdigest(),
                }
                for name, data in self.parts.items()
            },
        }
        if "trust" in self.parts:
            document["issuers"] = [_issuer(entry) for entry in entries(self.parts["trust"])]
        if "policy" in self.parts:
            document["policy"] = policy_words(self.parts["policy"])
        return document

    def _pinned(self) -> list[tuple[str, int, int, bytes]]:
        pinned = self.manifest[6]
        assert isinstance(pinned, list)
        return [tuple(part) for part in pinned]


def read(data: bytes) -> Bundle:
    """Take a bundle apart; Failure if it is none."""
    try:
        stream = io.BytesIO(data)
        head = cbor2.CBORDecoder(stream).decode()
        _, _, payload, signatures = head.value
        manifest = cbor2.loads(payload)
        signers = [cbor2.loads(protected) for protected, _, _ in signatures]
        position = stream.tell()
        parts = {}
        for name, _, length, digest in manifest[6]:
            part = data[position : position + length]
            if hashlib.sha256(part).digest() != digest:
                raise Failure(f"the part {name!r} is missing or damaged")
            parts[name] = part
            position += length
        if position != len(data):
            raise Failure(f"{len(data) - position} bytes too many at its end")
        bundle = Bundle(manifest, [(one[1], one[4]) for one in signers], parts)
        bundle.as_json()
    except Failure:
        raise
    except Exception as error:  # whatever a file that is no bundle leads to
        raise Failure(f"not a bundle: {error or type(error).__name__}") from None
    return bundle


def _issuer(entry: TrustEntry) -> dict[str, object]:
    words = trust_file.to_json(entry)
    if entry.table is not None:
        words["table"] = f"{len(entry.table)} bytes"
    return words


def entries(part: bytes) -> list[TrustEntry]:
    """The entries of a trust part."""
    found = []
    for fields in cbor2.loads(part):
        found.append(
            TrustEntry(
                kid=fields[1],
                alg=fields[2],
                key=fields[3],
                name=fields[4],
                not_before=fields[5],
                not_after=fields[6],
                claims=fields[7],
                jurisdictions=tuple(fields[8]),
                formats=fields[9],
                table=fields.get(10),
            )
        )
    return found


def policy_words(part: bytes) -> dict[str, object]:
    """The policy part in words."""
    fields = cbor2.loads(part)
    lane = fields[5]
    words: dict[str, object] = {
        "colours": [word(COLOURS, colour) for colour in fields[1]],
        "speakers": {word(KINDS, kind): places for kind, places in fields[2].items()},
        "risk_regions": fields[3],
        "ways": [_way(way) for way in fields[4]],
        "lane": {
            "pulse_ms": lane[1],
            "replay_s": lane[2],
            "proof_required": lane[3],
            "proof_max_age_s": lane[4],
            "clock_skew_s": lane[5],
        },
    }
    return {"home": fields[6], **words} if 6 in fields else words


def diff(before: Bundle, after: Bundle) -> list[str]:
    """Lines of a unified diff of what two bundles say."""
    old, new = _lines(before), _lines(after)
    return list(difflib.unified_diff(old, new, "before", "after", lineterm="", n=2))


def _lines(bundle: Bundle) -> list[str]:
    document = bundle.as_json()
    issuers = document.pop("issuers", [])
    assert isinstance(issuers, list)
    lines = json.dumps(document, indent=1, ensure_ascii=False).splitlines()
    for issuer in issuers:  # one line an issuer: a change shows whose it is
        lines.append("issuer " + json.dumps(issuer, ensure_ascii=False))
    return lines


def _way(way: Mapping[int, object]) -> dict[str, object]:
    needs = way[2]
    assert isinstance(needs, dict)
    words: dict[str, object] = {"name": way[1]}
    if 3 in way:
        words["formats"] = formats_words(_int(way[3]))
    for kind, need in needs.items():
        words[word(KINDS, kind)] = dict(_asked(kind, *one) for one in need.items())
    return words


def _asked(kind: int, number: int, value: object) -> tuple[str, object]:
    """One thing asked of a kind of claim: its name and value, as a site's file has them."""
    if number == 3:
        return ("window", f"{value} days") if kind == KINDS["travel"] else ("dose", value)
    return _NEEDS[number], _asked_value(number, value)


def _asked_value(number: int, value: object) -> object:
    if number in (1, 2):
        seconds = _int(value)
        for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
            if seconds > size and seconds % size == 0:
                return f"{seconds // size} {unit}"
        return f"{seconds} seconds"
    if number == 5:
        assert isinstance(value, list)
        return [word(TEST_KINDS, kind) for kind in value]
    return value


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value
