"""The codes that docs/formats.md shows: made with fixed keys, so that each run gives the same.

`python -m host_tools.codes.examples` prints the two generated parts of that page.
"""

from __future__ import annotations

from collections.abc import Sequence

import base45
import cbor2
from cryptography.hazmat.primitives.asymmetric import ec

from host_tools.codes.oc1 import PREFIX, Proof, Said, issue, parse_text
from host_tools.codes.person import ClaimSet
from host_tools.codes.picture import draw, line_ms
from host_tools.keys.private import PrivateKey
from host_tools.names import KINDS

ISSUED = 1_795_500_000  # 2026-11-24T06:00:00Z
DAY = 86400
SUBJECT = bytes.fromhex("5a1f3c77d20b94e6")

HEALTH, TRAVEL, VACCINATION, TEST = (
    KINDS[kind] for kind in ("health", "travel", "vaccination", "test")
)
FOUR: ClaimSet = {
    HEALTH: [[31, 1, 180]],
    TRAVEL: [[0, 14, {31: 0, 32: 6}]],
    VACCINATION: [[0, "CoronaVac", 3, 3, 20641]],
    TEST: [[31, 1, 0, 1200]],
}


def key(number: int) -> PrivateKey:
    """A key pair for examples alone: its secret is a small number, which everyone knows."""
    return PrivateKey(ec.derive_private_key(number, ec.SECP256R1()))


PLATFORM, CITY, HOSPITAL, LAB, HOLDER = (key(number) for number in (1001, 1002, 1003, 1004, 2001))


def _said(issuer: PrivateKey, kinds: Sequence[int]) -> Said:
    claims = {kind: FOUR[kind] for kind in kinds}
    return Said(issuer, claims, ISSUED, ISSUED + DAY)


def forms() -> dict[str, str]:
    """The text of each form of the same four claims."""
    one = [_said(PLATFORM, (HEALTH, TRAVEL, VACCINATION, TEST))]
    three = [
        _said(CITY, (HEALTH, TEST)),
        _said(PLATFORM, (TRAVEL,)),
        _said(HOSPITAL, (VACCINATION,)),
    ]
    four = [
        _said(CITY, (HEALTH,)),
        _said(PLATFORM, (TRAVEL,)),
        _said(HOSPITAL, (VACCINATION,)),
        _said(LAB, (TEST,)),
    ]
    public = HOLDER.public
    shown = Proof(HOLDER, ISSUED + 3600)
    for_gate = Proof(HOLDER, ISSUED + 3600, "A-1")
    return {
        "one issuer": issue(SUBJECT, one),
        "one issuer, with the holder's key": issue(SUBJECT, one, public),
        "one issuer, with a proof": issue(SUBJECT, one, public, shown),
        "one issuer, with a proof for one gate": issue(SUBJECT, one, public, for_gate),
        "three issuers": issue(SUBJECT, three),
        "three issuers, with a proof": issue(SUBJECT, three, public, shown),
        "three issuers, with a proof for one gate": issue(SUBJECT, three, public, for_gate),
        "four issuers, with a proof": issue(SUBJECT, four, public, shown),
    }


def sizes_table() -> str:
    """The sizes of all forms, as a table for the page."""
    lines = [
        "| four claims from | bytes | characters | QR version (M) | ms at 9,600 baud | 115,200 |",
        "|---|---|---|---|---|---|",
    ]
    for name, text in forms().items():
        size = len(base45.b45decode(text.removeprefix(PREFIX)))
        slow, fast = (f"{line_ms(len(text), baud):.0f}" for baud in (9600, 115200))
        version = draw(text).version
        lines.append(f"| {name} | {size} | {len(text)} | {version} | {slow} | {fast} |")
    return "\n".join(lines)


def worked_example() -> str:
    """The first form: its text, its bytes, and what they say."""
    text = forms()["one issuer"]
    body = parse_text(text)
    holder, statements = body
    assert isinstance(holder, bytes)
    assert isinstance(statements, list)
    protected, _, payload, signature = statements[0]
    entry = PLATFORM.public
    parts = [
        ("text", text),
        ("body", base45.b45decode(text.removeprefix(PREFIX)).hex()),
        ("holder", f"{holder.hex()} = {_words(holder)}"),
        ("protected", f"{protected.hex()} = {_words(protected)}"),
        ("payload", f"{payload.hex()} = {_words(payload)}"),
        ("signature", signature.hex()),
        ("issuer's key", entry.raw.hex()),
    ]
    return "\n".join(f"{name}:\n  {value}" for name, value in parts)


def _words(data: bytes) -> str:
    """Encoded CBOR in diagnostic notation (RFC 8949, section 8), as far as codes need it."""
    return _diagnostic(cbor2.loads(data))


def _diagnostic(value: object) -> str:
    if isinstance(value, bytes):
        return f"h'{value.hex()}'"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join(map(_diagnostic, value))}]"
    if isinstance(value, dict):
        pairs = (f"{_diagnostic(name)}: {_diagnostic(item)}" for name, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    return str(value).lower()


if __name__ == "__main__":
    print(sizes_table())
    print()
    print(worked_example())
