"""What others publish of revocations -> batches for the list.

A batch of the EU's gateway is JSON inside a CMS message, in base64, PEM or DER: country, expires,
kid, hashType (SIGNATURE, UCI, COUNTRYCODEUCI) and entries, each the first 128 bits of a SHA-256.
Its list of batches says which were deleted. A card revocation list (SMART Health Cards Framework
1.4.0) has all revoked cards of a key. Besides: JSON with `revokedCerts`, the identifiers
themselves; and plain text, one hash or identifier a line. Signatures are checked if the signers'
certificates are given; whoever signs the bundle vouches for what is in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509

from host_tools import times
from host_tools.keys.public import decode64
from host_tools.problems import Failure
from host_tools.revocation import signed
from host_tools.revocation.hashes import DCC_KINDS, RID, UCI, UNKNOWN, of_rid, of_text, of_uvci
from host_tools.revocation.revocation_list import Entry, Source

MAX_FILE = 256_000_000  # bytes
_BATCH_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UVCI = re.compile(r"urn:uvci:", re.IGNORECASE)


@dataclass(frozen=True)
class Batch:
    """What a file says of one source. entries: None if the source has been deleted.

    whole: these are all of its entries, and earlier ones are no more. remark: for people.
    """

    source: Source
    entries: tuple[Entry, ...] | None
    whole: bool = False
    remark: str = ""


def read_file(path: Path, trusted: Sequence[x509.Certificate] = ()) -> list[Batch]:
    """The batches in a file; Failure if it is of no form that is known, or not signed as asked."""
    try:
        if path.stat().st_size > MAX_FILE:
            raise Failure(f"{path}: larger than {MAX_FILE:,} bytes; split it")
        data = path.read_bytes()
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}") from None
    try:
        return list(read(data, path.name, trusted))
    except Failure as failure:
        raise Failure(f"{path}: {failure}") from None


def read(data: bytes, name: str, trusted: Sequence[x509.Certificate] = ()) -> Iterator[Batch]:
    """The batches in some bytes. name: of the file; of a batch it is the gateway's id.

    trusted: if there are any, one of them must have signed the bytes, as a CMS message.
    """
    message = signed.read(data)
    if trusted:
        if message is None:
            raise Failure("this is no CMS message, and with --signer it must be a signed one")
        message.check(trusted)
    if message is not None:
        if message.content is None:
            raise Failure("the CMS message has no content of its own (it is detached)")
        data = message.content
    if data.lstrip()[:1] in (b"{", b"["):
        try:
            document = json.loads(data)
        except ValueError as error:
            raise Failure(f"this is no JSON: {error}") from None
        yield from _documents(document, name)
    elif message is not None:
        raise Failure("the content of this CMS message is no JSON")
    else:
        yield Batch(Source(name), tuple(_lines(data)))


def _documents(document: Any, name: str) -> Iterator[Batch]:
    if isinstance(document, list):
        if all(isinstance(one, str) for one in document):
            yield Batch(Source(name), tuple(_texts(document)))
            return
        for number, one in enumerate(document):
            yield from _documents(one, f"{name} {number + 1}")
        return
    if not isinstance(document, dict):
        raise Failure("this JSON holds no revocations")
    if "hashType" in document or "entries" in document:
        yield _batch(document, name)
    elif isinstance(document.get("batches"), list):
        yield from _deleted(document["batches"])
    elif isinstance(document.get("rids"), list):
        yield _cards(document)
    elif isinstance(document.get("revokedCerts"), list):
        yield Batch(Source(name), tuple(_texts(document["revokedCerts"])))
    else:
        raise Failure(
            "this JSON is neither a batch (hashType, entries), nor a list of batches (batches), "
            "nor one of cards (rids) or of certificates (revokedCerts)"
        )


def _batch(document: dict[str, Any], name: str) -> Batch:
    kind = document.get("hashType")
    if kind not in DCC_KINDS:
        raise Failure(f"hashType is {kind!r}; it must be one of {', '.join(DCC_KINDS)}")
    country = document.get("country")
    if not isinstance(country, str) or not re.fullmatch(r"[A-Z]{2}", country):
        raise Failure(f"country is {country!r}; it must be two capital letters")
    try:
        expires = times.instant(str(document.get("expires")), 0)
    except ValueError:
        raise Failure(f"expires is {document.get('expires')!r}; it must be a time") from None
    entries = document.get("entries")
    if not isinstance(entries, list) or not entries:
        raise Failure("the batch has no entries")
    kid = document.get("kid")
    found = []
    for number, entry in enumerate(entries):
        text = entry.get("hash") if isinstance(entry, dict) else None
        if not isinstance(text, str) or len(text) != 24:
            raise Failure(
                f"entry {number + 1} has no hash of 16 bytes in base64: {str(entry)[:60]}"
            )
        found.append(Entry(of_text(text), kind, expires))
    source = Source(
        str(document.get("batchId") or _stem(name)),
        country,
        kid if isinstance(kid, str) and kid != "UNKNOWN_KID" else None,
    )
    return Batch(source, tuple(found))


def _stem(name: str) -> str:
    """A batch's id, if a file has that for its name; else the whole name."""
    stem = name.split(".")[0].lower()
    return stem if _BATCH_ID.fullmatch(stem) else name


def _deleted(batches: list[Any]) -> Iterator[Batch]:
    for number, one in enumerate(batches):
        name = one.get("batchId") if isinstance(one, dict) else None
        if not isinstance(name, str):
            raise Failure(f"batch {number + 1} of the list has no batchId")
        if one.get("deleted") is True:
            yield Batch(Source(name, one.get("country")), None)


def _cards(document: dict[str, Any]) -> Batch:
    """A card revocation list. What is revoked only up to a time is revoked: a terminal's hashes
    know no times, and to let a revoked card pass would be worse."""
    if document.get("method") != "rid":
        raise Failure(f"method is {document.get('method')!r}; only 'rid' is known")
    try:
        kid = decode64(str(document.get("kid")))
    except ValueError:
        raise Failure(f"kid is {str(document.get('kid'))[:50]!r}; it must be base64url") from None
    found, timed = [], 0
    for number, text in enumerate(document["rids"]):
        rid, dot, _ = str(text).partition(".")
        timed += bool(dot)
        try:
            found.append(Entry(of_rid(kid, rid), RID))
        except Failure as failure:
            raise Failure(f"entry {number + 1}: {failure}") from None
    remark = f"{timed} are revoked up to a time, and here altogether" if timed else ""
    return Batch(Source(f"cards of {document['kid']}"), tuple(found), True, remark)


def _texts(texts: list[Any]) -> Iterator[Entry]:
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise Failure(f"entry {number + 1} is no text")
        yield _entry(text, number)


def _lines(data: bytes) -> Iterator[Entry]:
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise Failure("this is neither text, nor JSON, nor a CMS message") from None
    for number, line in enumerate(lines):
        if line.strip() and not line.lstrip().startswith("#"):
            yield _entry(line, number)


def _entry(text: str, number: int) -> Entry:
    text = text.strip()
    if _UVCI.match(text):
        return Entry(of_uvci(text), UCI)
    try:
        return Entry(of_text(text), UNKNOWN)
    except Failure as failure:
        raise Failure(f"line {number + 1}: {failure}") from None
