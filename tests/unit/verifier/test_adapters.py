"""A new format is one file and one line; what is revoked is refused after signature and time."""

from __future__ import annotations

import hashlib
import json
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import base45
import cbor2
import pytest

from host_tools.cbor import encode
from host_tools.codes import hc1
from host_tools.codes.oc1 import parse_text
from host_tools.firmware import FIRMWARE
from host_tools.names import ALL_FORMATS

from .people import (
    CITY,
    CLINIC,
    DAY,
    FOREIGN,
    GREEN,
    LAB,
    NOW,
    PLATFORM,
    certificate,
    code,
    issuer,
    trust_part,
)

TOY = Path(__file__).with_name("toy.py")

VERIFY = """
import json, sys
from binascii import unhexlify
from gate.refusal import Refusal
from gate.trust.issuers import Issuers
from gate.verifier import authenticate


class Revocations:
    def __init__(self, digests):
        self.digests = digests

    def revoked(self, digest):
        assert len(digest) == 16
        return digest.hex() in self.digests


for line in sys.stdin:
    case = json.loads(line)
    issuers = Issuers(unhexlify(case["trust"]))
    try:
        shown = authenticate(
            case["code"].encode(), issuers, case["now"], 60, Revocations(case["revoked"])
        )
        print(json.dumps([shown.format, shown.format_bit, shown.claims]))
    except Refusal as refusal:
        print(json.dumps([refusal.stage, refusal.reason, refusal.evidence.format]))
"""

Run = Callable[..., list[Any]]


def verify(
    run: Run, text: bytes, trust: bytes, revoked: list[str] | None = None, now: int = NOW,
    extra_path: tuple[Path, ...] = (),
) -> list[Any]:  # fmt: skip

    case = {"code": text.decode(), "trust": trust.hex(), "revoked": revoked or [], "now": now}
    (answer,) = run(VERIFY, input=json.dumps(case) + "\n", extra_path=extra_path)
    assert isinstance(answer, list)
    return answer


# a toy format


@pytest.fixture
def with_toy(tmp_path: Path) -> tuple[Path, ...]:
    """A copy of the firmware with the adapter's file and its line in the registry."""
    tree = tmp_path / "firmware"
    shutil.copytree(FIRMWARE, tree)
    shutil.copy(TOY, tree / "gate" / "codec" / "toy.py")
    registry = tree / "gate" / "codec" / "formats.py"
    lines = registry.read_text().split("\n")
    last = max(n for n, line in enumerate(lines) if line.startswith('    ("'))
    lines.insert(last + 1, '    ("TOY", b"TOY:", "toy", 300),')
    registry.write_text("\n".join(lines))
    return (tree,)


def toy_code(text: str, key: Any = None) -> bytes:
    signer = key or PLATFORM.key
    signature = signer.sign(b"TOY" + text.encode())
    return f"TOY:{PLATFORM.entry.kid.hex()}.{text}.{signature.hex()}".encode()


def toy_trust() -> bytes:
    fields = PLATFORM.entry.fields()
    fields[9] = ALL_FORMATS + 1  # the next bit
    return encode([fields])


SAID = f"{NOW + DAY} {NOW - DAY} 2026-03-01 UT Utopivac"


def test_a_format_is_one_file_and_one_line(run_firmware: Run, with_toy: tuple[Path, ...]) -> None:
    name, bit, claims = verify(run_firmware, toy_code(SAID), toy_trust(), extra_path=with_toy)
    assert (name, bit) == ("TOY", ALL_FORMATS + 1)
    assert claims == {
        "vaccination": [
            {
                "issuer": "Platform", "jurisdiction": "UT", "product": "Utopivac",
                "dose": 1, "of": 1, "day": 20513,
            }
        ]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "trust", "reason"),
    [
        (toy_code(SAID, CITY.key), None, "signature_invalid"),
        (toy_code(f"{NOW - 1} 1 2026-03-01 UT X"), None, "code_expired"),
        (toy_code(SAID), trust_part(), "format_not_permitted"),
        (toy_code(SAID), encode([]), "issuer_unknown"),
        (toy_code(SAID + "1" * 300), None, "code_too_long"),
        (b"TOY:", None, "claims_invalid"),
        (code(PLATFORM.says(GREEN)), None, "format_not_permitted"),
    ],
    ids=[
        "another key", "late", "without the bit", "unknown", "long", "empty", "bit of another",
    ],
)  # fmt: skip
def test_the_verifier_judges_a_new_format_as_it_does_the_others(
    run_firmware: Run, with_toy: tuple[Path, ...], text: bytes, trust: bytes | None, reason: str
) -> None:
    answer = verify(run_firmware, text, trust or toy_trust(), extra_path=with_toy)
    assert answer[1] == reason


def test_a_new_format_can_be_revoked(run_firmware: Run, with_toy: tuple[Path, ...]) -> None:
    digest = hashlib.sha256(SAID.encode()).hexdigest()[:32]
    answer = verify(run_firmware, toy_code(SAID), toy_trust(), [digest], extra_path=with_toy)
    assert answer == ["claims", "code_revoked", "TOY"]


def test_without_its_line_nobody_knows_it(run_firmware: Run) -> None:
    answer = verify(run_firmware, toy_code(SAID), trust_part())
    assert answer == ["prefix", "prefix_unknown", None]


# revocation of the others


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


UCI = "URN:UVCI:01:AT:0123456789ABCDEF#7"


def signature_of(text: bytes) -> bytes:

    cose = cbor2.loads(zlib.decompress(base45.b45decode(text[4:].decode())))
    signature = cose.value[3]
    assert isinstance(signature, bytes)
    return signature


CERTIFICATE = certificate()


@pytest.mark.parametrize(
    ("revoked", "refused"),
    [
        (digest(UCI.encode()), True),
        (digest(b"AT" + UCI.encode()), True),
        (digest(signature_of(CERTIFICATE)[:32]), True),  # r alone: s can be negated by anyone
        (digest(signature_of(CERTIFICATE)), False),
        (digest(b"DE" + UCI.encode()), False),
    ],
    ids=["UCI", "COUNTRYCODEUCI", "SIGNATURE", "whole signature", "another country"],
)
def test_a_certificate_is_revoked_by_each_of_the_three_hashes(
    run_firmware: Run, revoked: str, refused: bool
) -> None:
    answer = verify(run_firmware, CERTIFICATE, trust_part(), [revoked])
    assert (answer[1] == "code_revoked") == refused


def test_the_country_is_the_issuer_s_or_the_entry_s(run_firmware: Run) -> None:
    document = hc1.vaccination("DE", 2, 2, "2026-01-15")  # issued by AT about a dose given in DE
    uci = b"URN:UVCI:01:DE:0123456789ABCDEF#7"
    for country in (b"AT", b"DE"):
        answer = verify(run_firmware, certificate(document), trust_part(), [digest(country + uci)])
        assert answer[1] == "code_revoked"


def test_the_whole_signature_counts_for_ps256(run_firmware: Run) -> None:
    lab = issuer("Rsa", LAB.entry.alg, formats=2)
    document = hc1.vaccination("AT", 2, 2, "2026-01-15")
    text = hc1.issue(lab.key, lab.entry.kid, document, "AT", NOW - DAY, NOW + DAY).encode()
    whole = signature_of(text)
    assert verify(run_firmware, text, trust_part(lab), [digest(whole)])[1] == "code_revoked"
    assert verify(run_firmware, text, trust_part(lab), [digest(whole[:128])])[0] == "HC1"


def test_a_statement_is_revoked_by_its_issuer_s_key_and_cti(run_firmware: Run) -> None:
    cti = bytes(range(8))
    text = code(PLATFORM.says(GREEN), PLATFORM.says(GREEN, cti=cti))
    mine, other = (digest(b"OC1R\x08" + cti + one.entry.key) for one in (PLATFORM, CLINIC))
    assert verify(run_firmware, text, trust_part(), [mine])[1] == "code_revoked"
    for wrong in (other, digest(cti), digest(PLATFORM.entry.kid + cti)):
        assert verify(run_firmware, text, trust_part(), [wrong])[0] == "OC1"


def test_a_statement_without_cti_is_revoked_by_its_signature(run_firmware: Run) -> None:
    text = code(PLATFORM.says(GREEN), PLATFORM.says(GREEN, cti=bytes(8)))
    body = parse_text(text.decode())
    first, second = (digest(one[3][:32]) for one in body[1])  # type: ignore[attr-defined]
    assert verify(run_firmware, text, trust_part(), [first])[1] == "code_revoked"
    assert verify(run_firmware, text, trust_part(), [second])[0] == "OC1"


def test_revocation_is_asked_after_signature_and_time_and_before_the_claims(
    run_firmware: Run,
) -> None:
    revoked = [digest(UCI.encode())]
    late = verify(run_firmware, CERTIFICATE, trust_part(), revoked, now=NOW + 2 * DAY)
    assert late[1] == "code_expired"
    document = hc1.vaccination("AT", 2, 2, "yesterday!")
    broken = certificate(document)
    assert verify(run_firmware, broken, trust_part(), revoked)[1] == "code_revoked"
    assert verify(run_firmware, broken, trust_part())[1] == "claims_invalid"
    forged = hc1.issue(LAB.key, FOREIGN.entry.kid, document, "AT", NOW - DAY, NOW + DAY).encode()
    assert verify(run_firmware, forged, trust_part(), revoked)[1] != "code_revoked"
