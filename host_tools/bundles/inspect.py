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
    word,
)
from host_tools.policies.words import policy_words
from host_tools.problems import Failure
from host_tools.times import rfc3339


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


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value
