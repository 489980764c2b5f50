"""What is in a bundle, in words; and what differs between two. Checks nothing: `gatectl verify`
and the terminal do."""

from __future__ import annotations

import difflib
import json

import cbor2

from host_tools.bundles import root_file, trust_file
from host_tools.bundles.bundle_file import BundleFile
from host_tools.bundles.entry import URL_DIGEST, TrustEntry
from host_tools.names import (
    ALGORITHMS,
    word,
)
from host_tools.policies.words import policy_words
from host_tools.revocation.part import read_heads
from host_tools.times import rfc3339


def as_json(bundle: BundleFile) -> dict[str, object]:
    """Everything in a bundle file, in words."""
    manifest = bundle.manifest
    document: dict[str, object] = {
        "site": manifest.site,
        "version": manifest.version,
        "issued": rfc3339(manifest.issued),
        "signed_by": [
            {"kid": one.kid.hex(), "alg": word(ALGORITHMS, one.alg)}
            for one in bundle.head.signatures
        ],
        "rotations": [root_file.read(one.payload).version for one in bundle.rotations],
        "parts": {
            part.name: {
                "version": part.version,
                "bytes": part.size,
                "sha256": part.digest.hex(),
                "expires": rfc3339(part.terms.expires),
                "warning_s": part.terms.warning,
                "grace_s": part.terms.grace,
                "then": "warn" if part.terms.lenient else "refuse",
                "carried": part.name in bundle.parts,
            }
            for part in manifest.parts
        },
    }
    if "trust" in bundle.parts:
        document["issuers"] = [_issuer(entry) for entry in entries(bundle.parts["trust"])]
    revoked = _revoked(bundle)
    if revoked:
        document["revoked"] = revoked
    if "policy" in bundle.parts:
        document["policy"] = policy_words(bundle.parts["policy"])
    return document


def _revoked(bundle: BundleFile) -> dict[str, int]:
    """How many hashes are in the parts on revocation that the file carries."""
    found = {}
    if "revocation" in bundle.parts:
        found["in the base"] = read_heads(bundle.parts["revocation"])[0].entries
    if "recent" in bundle.parts:
        added, back = read_heads(bundle.parts["recent"])
        found |= {"since": added.entries, "taken back since": back.entries}
    return found


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
                iss=_digests(fields.get(11, b"")),
            )
        )
    return found


def _digests(data: bytes) -> tuple[str, ...]:
    """Of each URL that a key is published under what the part has of it, in hexadecimal."""
    starts = range(0, len(data), URL_DIGEST)
    return tuple(data[at : at + URL_DIGEST].hex() for at in starts)


def diff(before: BundleFile, after: BundleFile) -> list[str]:
    """Lines of a unified diff of what two bundles say."""
    old, new = _lines(before), _lines(after)
    return list(difflib.unified_diff(old, new, "before", "after", lineterm="", n=2))


def _lines(bundle: BundleFile) -> list[str]:
    document = as_json(bundle)
    issuers = document.pop("issuers", [])
    assert isinstance(issuers, list)
    lines = json.dumps(document, indent=1, ensure_ascii=False).splitlines()
    for issuer in issuers:  # one line an issuer: a change shows whose it is
        lines.append("issuer " + json.dumps(issuer, ensure_ascii=False))
    return lines


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value
