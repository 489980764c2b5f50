"""One issuer as a terminal knows it: an entry of the trust part (docs/formats.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from host_tools.cbor import encode
from host_tools.keys.public import RAW_SIZES
from host_tools.names import ALL_FORMATS, FORMATS, LATEST, is_jurisdiction
from host_tools.problems import Failure

MAX_KEYS_PER_KID = 8
MAX_JURISDICTIONS = 16
MAX_NAME = 32  # bytes of UTF-8
MAX_KID = 16
MAX_TABLE = 32768
MAX_URLS = 256
MAX_URL = 255  # bytes of a URL that keys are published under
URL_DIGEST = 8  # bytes kept of its SHA-256


@dataclass(frozen=True)
class TrustEntry:
    """A key, who holds it, and what it may say about whom, when and in which format."""

    kid: bytes
    alg: int
    key: bytes
    name: str
    not_before: int
    not_after: int
    claims: int
    jurisdictions: tuple[str, ...] = ()
    formats: int = 3
    table: bytes | None = None  # comb table, made by the host (docs/crypto.md)
    iss: tuple[str, ...] = ()  # URLs under which the key is published (SHC)
    source: str = ""  # for people: where the entry came from; not in the compiled part

    def encoded(self) -> bytes:
        """The entry in the trust part's CBOR."""
        return encode(self.fields())

    def fields(self) -> dict[int, object]:
        """The entry's fields by their numbers."""
        fields: dict[int, object] = {
            1: self.kid,
            2: self.alg,
            3: self.key,
            4: self.name,
            5: self.not_before,
            6: self.not_after,
            7: self.claims,
            8: list(self.jurisdictions),
            9: self.formats,
        }
        if self.table is not None:
            fields[10] = self.table
        if self.iss:
            digests = sorted(hashlib.sha256(url.encode()).digest()[:URL_DIGEST] for url in self.iss)
            fields[11] = b"".join(digests)
        return fields


def shorten(name: str) -> str:
    """As much of a name as fits an entry, cut between characters."""
    return name.strip().encode()[:MAX_NAME].decode(errors="ignore").strip() or "unnamed"


def check(entry: TrustEntry) -> None:
    """Refuse an entry that a terminal would refuse."""
    problem = _problem(entry)
    if problem:
        raise Failure(f"issuer {entry.name!r} ({entry.kid.hex()}): {problem}")


def merge(entries: Iterable[TrustEntry]) -> list[TrustEntry]:
    """Sorted, each kid and key once. Two entries of one key: the later one counts, and the key is
    published under the URLs of both."""
    by_key: dict[tuple[bytes, int, bytes], TrustEntry] = {}
    for entry in entries:
        place = (entry.kid, entry.alg, entry.key)
        older = by_key.get(place)
        by_key[place] = entry if older is None else _joined(older, entry)
    return sorted(by_key.values(), key=lambda entry: (entry.kid, entry.encoded()))


def _joined(older: TrustEntry, later: TrustEntry) -> TrustEntry:
    urls = tuple(sorted({*older.iss, *later.iss}))
    if urls == later.iss:
        return later
    name = later.name if later.name == older.name else shorten(urlsplit(urls[0]).hostname or "")
    places = {*older.jurisdictions, *later.jurisdictions}
    everyone = not older.jurisdictions or not later.jurisdictions
    return replace(
        later, iss=urls, name=name, jurisdictions=() if everyone else tuple(sorted(places))
    )


def compile_trust(entries: Iterable[TrustEntry]) -> bytes:
    """The trust part: what gate.trust.issuers.Issuers reads."""
    merged = merge(entries)
    count: dict[bytes, int] = {}
    for entry in merged:
        check(entry)
        count[entry.kid] = count.get(entry.kid, 0) + 1
        if count[entry.kid] > MAX_KEYS_PER_KID:
            raise Failure(
                f"more than {MAX_KEYS_PER_KID} keys have the kid {entry.kid.hex()}; "
                "a terminal tries no more than that: remove some from the trust file"
            )
    return encode([entry.fields() for entry in merged])


def _problem(entry: TrustEntry) -> str:
    sizes = RAW_SIZES.get(entry.alg)
    if not 1 <= len(entry.kid) <= MAX_KID:
        return f"its kid has {len(entry.kid)} bytes, 1 to {MAX_KID} are possible"
    if sizes is None:
        return f"algorithm {entry.alg} is not known"
    if len(entry.key) not in sizes:
        return f"its key has {len(entry.key)} bytes"
    if not 1 <= len(entry.name.encode()) <= MAX_NAME:
        return f"its name must have 1 to {MAX_NAME} bytes of UTF-8"
    if not 0 <= entry.not_before <= entry.not_after <= LATEST:
        return "it is valid from a time after the one it is valid until"
    if not 1 <= entry.claims <= 31:
        return "it may make no claims; name at least one kind"
    if not 1 <= entry.formats <= ALL_FORMATS:
        return f"it may sign no format; name one of {', '.join(FORMATS)}"
    if entry.formats & FORMATS["SHC"] and not entry.iss:
        return "a key for SHC needs the URL that it is published under: --iss, or iss in the file"
    if len(entry.iss) > MAX_URLS:
        return f"it is published under more than {MAX_URLS} URLs"
    for url in entry.iss:
        if not url.startswith("https://") or url.endswith("/") or len(url.encode()) > MAX_URL:
            return f"{url!r} is no https:// URL of at most {MAX_URL} bytes without a / at its end"
    if len(entry.jurisdictions) > MAX_JURISDICTIONS:
        return f"it has more than {MAX_JURISDICTIONS} jurisdictions"
    for place in entry.jurisdictions:
        if not is_jurisdiction(place):
            return f"{place!r} is not a jurisdiction such as CN, CN-31 or US-NY"
    if entry.table is not None and not 1 <= len(entry.table) <= MAX_TABLE:
        return f"its comb table has {len(entry.table)} bytes, up to {MAX_TABLE} are possible"
    return ""
