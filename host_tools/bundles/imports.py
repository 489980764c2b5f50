"""Files that others wrote -> trust entries: what kind of file it is, and what is in it."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cbor2

from host_tools.bundles import certificates, lists, trust_file
from host_tools.bundles.entry import TrustEntry, shorten
from host_tools.bundles.lists import Finding
from host_tools.keys.public import decode64, from_spki
from host_tools.names import ALL_CLAIMS, FORMATS, LATEST
from host_tools.problems import Failure

MAX_FILE = 64 << 20


@dataclass(frozen=True)
class Overrides:
    """What the operator says about all imported keys, in place of what the files say."""

    name: str | None = None
    claims: int | None = None
    jurisdictions: tuple[str, ...] | None = None
    formats: int | None = None


@dataclass
class Imported:
    """Entries that can be used, and a line about each thing that cannot, or that was odd."""

    entries: list[TrustEntry] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def import_files(
    paths: Sequence[Path],
    overrides: Overrides | None = None,
    kid_form: str = "auto",
    iss: str | None = None,
) -> Imported:
    """Everything that can be used in the files. What cannot is a warning, not an end.

    iss: the URL that JSON Web Keys are published under; they are for SMART Health Cards then.
    """
    result = Imported()
    for path in paths:
        found = 0
        for finding in import_data(_read(path), str(path), kid_form, iss):
            place = f"{path}: {finding.where}: " if finding.where else f"{path}: "
            if finding.entry is not None:
                found += 1
                result.entries.append(_overridden(finding.entry, overrides or Overrides()))
            if finding.problem:
                outcome = "" if finding.entry else "; not imported"
                result.warnings.append(f"{place}{finding.problem}{outcome}")
        if not found and not any(line.startswith(f"{path}: ") for line in result.warnings):
            result.warnings.append(f"{path}: no certificate and no key was found in it")
    return result


def import_data(
    data: bytes, source: str, kid_form: str = "auto", iss: str | None = None
) -> Iterator[Finding]:
    """Every key in the content of one file, whatever kind of file it is."""
    stripped = data.strip()
    if not stripped:
        yield Finding("", problem="the file is empty")
    elif b"-----BEGIN" in data and stripped[:1] not in b"{[":
        yield from _pem(data, source)
    elif data[:1] == b"\x30" and not stripped.isascii():
        yield from _certificates([data], source, "certificate")
    elif (document := _json(stripped)) is not None:
        if trust_file.is_trust_file(document):
            for entry in trust_file.parse(document, source):
                yield Finding("", entry)
        else:
            publisher = lists.Publisher(iss) if iss else None
            yield from lists.walk(document, source, kid_form, publisher=publisher)
    elif (cbor := _cbor(data)) is not None:
        yield from lists.walk(cbor, source, kid_form)
    else:
        yield from _base64_lines(stripped, source)


def _pem(data: bytes, source: str) -> Iterator[Finding]:
    blocks = certificates.split_pem(data)
    if not blocks:
        yield _bare_key(data, source)
        return
    yield from _certificates([certificates.pem_to_der(b) for b in blocks], source, "certificate")


def _bare_key(data: bytes, source: str) -> Finding:
    """A public key in PEM: it says nothing but itself, so its kid is the one that OC1 codes of
    `gatectl issue` name, and the rest is the operator's to say."""
    if b"PUBLIC KEY-----" not in data:
        what = "a private key: give its public half" if b"KEY-----" in data else "no certificate"
        return Finding("", problem=f"the PEM holds {what}; see: gatectl keys show")
    try:
        key = from_spki(data)
    except ValueError as error:
        return Finding("", problem=str(error))
    name = Path(source).name.removesuffix(".pem").removesuffix(".pub")
    entry = TrustEntry(
        key.kid, key.alg, key.raw, shorten(name), 0, LATEST, ALL_CLAIMS, formats=FORMATS["OC1"],
        source=source,
    )  # fmt: skip
    return Finding("", entry)


def _certificates(ders: Sequence[bytes], source: str, noun: str) -> Iterator[Finding]:
    for number, der in enumerate(ders, 1):
        where = f"{noun} {number}" if len(ders) > 1 else ""
        try:
            yield Finding(where, certificates.entry_of(der, source))
        except ValueError as error:
            yield Finding(where, problem=str(error))


def _base64_lines(text: bytes, source: str) -> Iterator[Finding]:
    """Base64 DER: one certificate, perhaps over several lines, or one a line."""
    lines = text.decode("utf-8", "replace").split()
    for candidates in (["".join(lines)], lines):
        ders = [_der(candidate) for candidate in candidates]
        if all(ders):
            yield from _certificates(ders, source, "line")
            return
    known = "PEM, DER, base64 DER, a JWK (set), a JSON trust list"
    yield Finding("", problem=f"it is none of: {known}")


def _der(text: str) -> bytes:
    """The DER in a base64 text, with nothing after it; empty if there is none."""
    try:
        data = decode64(text)
    except ValueError:
        return b""
    if len(data) < 4 or data[0] != 0x30:
        return b""
    size = data[1]
    head = 2
    if size > 0x80:
        head += size - 0x80
        size = int.from_bytes(data[2:head], "big")
    return data if head + size == len(data) else b""


def _json(text: bytes) -> object | None:
    """The JSON document of a file: bare, after a signature line (Germany), or inside a JWS."""
    _, _, rest = text.partition(b"\n")
    candidates = [text]
    if rest.lstrip()[:1] in (b"{", b"[") and text[:1] not in (b"{", b"["):
        candidates.append(rest)
    if text.count(b".") == 2 and text.startswith(b"ey"):
        with contextlib.suppress(ValueError):
            candidates.append(decode64(text.split(b".")[1].decode("ascii", "replace")))
    for candidate in candidates:
        try:
            document: object = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        if isinstance(document, dict | list):
            return document
    return None


def _cbor(data: bytes) -> object | None:
    """A trust list in CBOR (Austria), with its byte strings as base64 text."""
    if data[:1] not in (b"\xa1", b"\xa2", b"\xbf"):
        return None
    try:
        document = cbor2.loads(data)
    except Exception:  # the library's errors are many; a file that is not CBOR is no error here
        return None
    return _textual(document, 0)


def _textual(node: object, depth: int) -> object:
    if depth > lists.MAX_DEPTH:
        return None
    if isinstance(node, bytes):
        return _base64(node)
    if isinstance(node, list | tuple):
        return [_textual(child, depth + 1) for child in node]
    if isinstance(node, dict):
        return {str(name): _textual(child, depth + 1) for name, child in node.items()}
    return node


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _overridden(entry: TrustEntry, overrides: Overrides) -> TrustEntry:
    given = {name: v for name, v in vars(overrides).items() if v is not None}
    return replace(entry, **given)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE:
            raise Failure(f"{path}: larger than {MAX_FILE >> 20} MiB, not a trust list")
        return path.read_bytes()
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}") from None
