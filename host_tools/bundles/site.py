"""A site's file (YAML) -> the content of its bundle: issuers, policy, version, validity.

examples/sites/ has one. Paths in it are relative to the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from host_tools import firmware
from host_tools.bundles import trust_file
from host_tools.bundles.bundle_file import Terms
from host_tools.bundles.entry import MAX_KID, MAX_NAME, TrustEntry, merge
from host_tools.kernels.combs import CURVES, make_table, teeth_within
from host_tools.keys.public import PublicKey, thumbprint
from host_tools.names import ALL_CLAIMS, FORMATS, KINDS, LATEST, claims_mask
from host_tools.policies import site_rules
from host_tools.problems import Failure
from host_tools.times import DAY
from host_tools.values.part import compile_values
from host_tools.values.sets import read as read_sets
from host_tools.yaml_file import Item

FIELDS = (
    "site", "version", "issued", "valid", "valid_until", "warning", "grace", "parts", "operators",
    "trust", "revocation", "values", *site_rules.FIELDS,
)  # fmt: skip
DEFAULT_VALIDITY = 14 * DAY
DEFAULT_WARNING = 3 * DAY  # but no more than a third of the validity
MAX_VERSION = 0xFFFFFFFF
# Bytes of comb tables in a trust part, which lies in a terminal's RAM: two keys of 7 teeth, five
# of P-256 and 6 teeth, eleven of 5, ... A key without one takes three times as long.
TABLE_BUDGET = 12 * 1024
AFTER_GRACE = {"refuse": 0, "warn": 1}  # what an expired part means

FindPublic = Callable[[str], PublicKey]


@dataclass(frozen=True)
class Site:
    """What a bundle is to say."""

    name: str
    version: int
    issued: int
    expires: int
    operators: tuple[str, ...]
    issuers: tuple[TrustEntry, ...]
    policy: bytes
    revocation: Path | None = None  # the list of what is revoked
    values: bytes | None = None  # the values part: what codes of foreign certificates mean
    parts: Mapping[str, bytes] = field(default_factory=dict)  # further ones, by name
    terms: Mapping[str, Terms] = field(default_factory=dict)  # of parts that differ

    def terms_of(self, part: str) -> Terms:
        """Until when a part counts."""
        return self.terms.get(part, Terms(self.expires))


def read_site(root: Item, now: int, find_public: FindPublic) -> Site:
    """Read a site's file. Keys that it names are found by `find_public`."""
    parts = root.mapping(FIELDS, ("site", "trust", "policy"))
    issued = parts["issued"].instant(now) if "issued" in parts else now
    operators = parts["operators"].items(1, 8) if "operators" in parts else []
    expires = _expires(parts, issued, issued + DEFAULT_VALIDITY)
    content, terms = read_parts(parts, issued, expires)
    policy = site_rules.compile_rules(parts, issued, expires)
    root.finish()
    issuers = _trust(parts["trust"], issued, find_public)
    return Site(
        name=parts["site"].text(1, 64),
        version=parts["version"].integer(1, MAX_VERSION) if "version" in parts else 1,
        issued=issued,
        expires=expires,
        operators=tuple(operator.text() for operator in operators),
        issuers=tuple(issuers),
        policy=policy,
        parts=content,
        terms=terms,
        revocation=revocation_list_of(root),
        values=_values(parts.get("values"), issuers),
    )


def _values(item: Item | None, issuers: Sequence[TrustEntry]) -> bytes | None:
    """The value sets of a site: its files over the default ones, "default", or "none". A site that
    says nothing has the default ones if it trusts issuers whose codes mean nothing without them."""
    if item is None:
        needed = any(entry.formats & FORMATS["SHC"] for entry in issuers)
        return compile_values(read_sets()) if needed else None
    if not item.is_list and item.text() in ("default", "none"):
        return compile_values(read_sets()) if item.text() == "default" else None
    return compile_values(read_sets(Path(item.file).parent / one.text() for one in item.items()))


def revocation_list_of(root: Item) -> Path | None:
    """The list of what is revoked that a site's file names, if it names one."""
    item = root.mapping(FIELDS).get("revocation")
    return None if item is None else Path(item.file).parent / item.text()


def read_parts(
    fields: Mapping[str, Item], issued: int, expires: int
) -> tuple[dict[str, bytes], dict[str, Terms]]:
    """Further parts, and the terms of all: what the file says of each, or else of all of them."""
    assert firmware.FIRMWARE.is_dir()
    from gate.trust.parts import PARTS

    given = fields["parts"].mapping(tuple(PARTS)) if "parts" in fields else {}
    content, terms = {}, {}
    for name, (needed, _, most, may_be_lenient) in PARTS.items():
        here: Mapping[str, Item] = {}
        if name in given:
            here = given[name].mapping(
                (*([] if needed else ["file"]), "valid", "valid_until", "warning", "grace", "then"),
            )
        if "file" in here:
            content[name] = _content(here["file"], most)
        terms[name] = _terms({**fields, **here}, here, issued, expires)
        if terms[name].lenient and not may_be_lenient:
            here["then"].fail(f"without {name} nobody may pass: only 'refuse' is possible")
    return content, terms


def _content(item: Item, most: int) -> bytes:
    path = Path(item.file).parent / item.text()
    try:
        data = path.read_bytes()
    except OSError as error:
        item.fail(f"{path}: cannot be read: {error.strerror}")
    if not 1 <= len(data) <= most:
        item.fail(f"{path} has {len(data)} bytes; 1 to {most} are possible")
    return data


def _terms(
    fields: Mapping[str, Item], here: Mapping[str, Item], issued: int, expires: int
) -> Terms:
    """Terms of a part. fields: the part's own over the site's; here: the part's own."""
    end = _expires(here, issued, expires)
    warning = min(DEFAULT_WARNING, (end - issued) // 3)
    if "warning" in fields:
        warning = fields["warning"].duration(0, LATEST)
        if warning >= end - issued:
            fields["warning"].fail("this is as long as the validity: it would always warn")
    grace = fields["grace"].duration(0, LATEST) if "grace" in fields else 0
    then = here["then"].choice(AFTER_GRACE) if "then" in here else AFTER_GRACE["refuse"]
    return Terms(end, warning, grace, then == AFTER_GRACE["warn"])


def _expires(parts: Mapping[str, Item], issued: int, otherwise: int) -> int:
    if "valid" in parts and "valid_until" in parts:
        parts["valid_until"].fail("say either 'valid' or 'valid_until', not both")
    if "valid_until" in parts:
        expires = parts["valid_until"].instant(issued)
        if not issued < expires <= LATEST:
            parts["valid_until"].fail("this is not after the time of issue")
        return expires
    if "valid" in parts:
        return issued + parts["valid"].duration(1, LATEST - issued)
    return otherwise


def _trust(item: Item, now: int, find_public: FindPublic) -> list[TrustEntry]:
    parts = item.mapping(("files", "issuers"))
    entries: list[TrustEntry] = []
    for file in parts["files"].items() if "files" in parts else ():
        path = Path(item.file).parent / file.text()
        try:
            loaded = trust_file.load(path)
        except Failure as failure:
            file.fail(str(failure))
        entries.extend(replace(entry, source="") for entry in loaded)
    own = parts["issuers"].items() if "issuers" in parts else []
    entries.extend(_with_tables([_issuer(issuer, now, find_public) for issuer in own]))
    if not entries:
        item.fail("nobody is trusted; name 'files' or 'issuers'")
    return merge(entries)


def _issuer(item: Item, now: int, find_public: FindPublic) -> TrustEntry:
    fields = ("key", "name", "claims", "for", "formats", "iss", "valid_from", "valid_until")
    parts = item.mapping(fields, ("key",))
    reference = parts["key"].text()
    try:
        key = find_public(_resolved(reference, item))
    except Failure as failure:
        parts["key"].fail(str(failure))
    claims = ALL_CLAIMS
    if "claims" in parts:
        kinds = [kind for kind in parts["claims"].items(1, len(KINDS)) if kind.choice(KINDS)]
        claims = claims_mask(kind.text() for kind in kinds)
    formats = FORMATS["OC1"]
    if "formats" in parts:
        formats = sum({form.choice(FORMATS) for form in parts["formats"].items(1, len(FORMATS))})
    start = parts["valid_from"].instant(now) if "valid_from" in parts else 0
    end = parts["valid_until"].instant(now) if "valid_until" in parts else LATEST
    if not start <= end <= LATEST:
        parts["valid_until"].fail("this is before 'valid_from'")
    name = parts["name"].text(1, MAX_NAME) if "name" in parts else Path(reference).name
    if len(name.encode()) > MAX_NAME:
        item.fail(f"add a name of at most {MAX_NAME} bytes")
    urls = tuple(url.text() for url in parts["iss"].items(1, 256)) if "iss" in parts else ()
    kid = key.kid
    if formats & FORMATS["SHC"]:
        if formats != FORMATS["SHC"]:
            parts["formats"].fail(
                "a key for SHC has a kid of its own: name it again for the others"
            )
        kid = thumbprint(key)[:MAX_KID]
    return TrustEntry(
        kid=kid,
        alg=key.alg,
        key=key.raw,
        name=name,
        not_before=start,
        not_after=end,
        claims=claims,
        jurisdictions=tuple(parts["for"].jurisdictions()) if "for" in parts else (),
        formats=formats,
        iss=urls,
    )


def _with_tables(entries: list[TrustEntry]) -> list[TrustEntry]:
    """Give keys the tables with which a gate verifies their signatures in a third of the time: the
    largest with which all of them stay within TABLE_BUDGET, or none."""
    teeth = teeth_within([entry.alg for entry in entries], TABLE_BUDGET)
    if teeth is None:
        return entries
    return [
        replace(entry, table=make_table(entry.alg, entry.key, teeth))
        if entry.alg in CURVES
        else entry
        for entry in entries
    ]


def _resolved(reference: str, item: Item) -> str:
    """A key file beside the site's file, or else the name of a key in the store."""
    path = Path(item.file).parent / reference
    return str(path) if path.is_file() else reference
