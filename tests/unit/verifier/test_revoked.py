"""Codes against real revocation parts: one revoked statement is enough, and nothing rescues it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from host_tools.codes.oc1 import Proof, parse_text
from host_tools.revocation import part
from host_tools.revocation.hashes import of_cti, short

from .people import CITY, GREEN, HOLDER, NOW, PLATFORM, certificate, code, trust_part

VERIFY = """
import json, sys
from binascii import unhexlify
from gate.refusal import Refusal
from gate.storage.source import Memory
from gate.trust.issuers import Issuers
from gate.trust.revocation import Revocations
from gate.verifier import authenticate

for line in sys.stdin:
    case = json.loads(line)
    parts = [Memory(unhexlify(data)) if data else None for data in case["parts"]]
    try:
        revocations = Revocations(*parts)
        issuers = Issuers(unhexlify(case["trust"]))
        shown = authenticate(case["code"].encode(), issuers, case["now"], 60, revocations)
        print(json.dumps(None))
    except Refusal as refusal:
        if case.get("whose"):
            print(json.dumps([refusal.reason, refusal.evidence.issuer, refusal.evidence.kid.hex()]))
            continue
        print(json.dumps(refusal.reason))
"""

Run = Callable[..., list[Any]]
OTHERS = [hashlib.sha256(b"other %d" % n).digest()[:16] for n in range(500)]
CTIS = [bytes([n]) * 8 for n in range(1, 3)]
TWO = (PLATFORM.says(GREEN, cti=CTIS[0]), CITY.says(GREEN, cti=CTIS[1]))


def verify(
    run: Run,
    text: bytes,
    base: bytes | None,
    recent: bytes | None = None,
    now: int = NOW,
    whose: bool = False,
) -> Any:
    case = {
        "code": text.decode(),
        "trust": trust_part().hex(),
        "parts": [data.hex() if data else None for data in (base, recent)],
        "now": now,
        "whose": whose,
    }
    (answer,) = run(VERIFY, input=json.dumps(case) + "\n", heap="400k")
    return answer


@pytest.mark.parametrize("which", [0, 1])
def test_one_of_several_statements(run_firmware: Run, which: int) -> None:
    whose = (PLATFORM, CITY)[which]
    base = part.base_part([*OTHERS, of_cti(whose.key.public.raw, CTIS[which])])
    answer = verify(run_firmware, code(*TWO), base, whose=True)
    assert answer == ["code_revoked", whose.entry.name, whose.entry.kid.hex()]
    assert verify(run_firmware, code(TWO[1 - which]), base) is None


def test_the_cti_of_one_issuer_is_nothing_to_another(run_firmware: Run) -> None:
    base = part.base_part([*OTHERS, of_cti(CITY.key.public.raw, CTIS[0])])
    assert verify(run_firmware, code(*TWO), base) is None


def test_a_proof_does_not_rescue_it(run_firmware: Run) -> None:
    base = part.base_part([*OTHERS, of_cti(PLATFORM.key.public.raw, CTIS[0])])
    shown = code(*TWO, proof=Proof(HOLDER, NOW - 2, "A-1"))
    assert verify(run_firmware, shown, base) == "code_revoked"
    assert verify(run_firmware, shown, part.base_part(OTHERS)) is None


def test_a_delta_revokes_and_takes_back(run_firmware: Run) -> None:
    mine = of_cti(PLATFORM.key.public.raw, CTIS[0])
    clean, dirty = part.base_part(OTHERS), part.base_part([*OTHERS, mine])
    assert verify(run_firmware, code(*TWO), clean) is None
    added = part.recent_part(clean, [mine], [])
    assert verify(run_firmware, code(*TWO), clean, added) == "code_revoked"
    back = part.recent_part(dirty, [], [mine])
    assert verify(run_firmware, code(*TWO), dirty, back) is None
    assert verify(run_firmware, code(*TWO), dirty, added) == "revocation_invalid"


def test_a_certificate_against_a_part(run_firmware: Run) -> None:
    uci = "URN:UVCI:01:AT:0123456789ABCDEF#7"
    for given in (uci, "AT" + uci):
        base = part.base_part([*OTHERS, short(given.encode())])
        assert verify(run_firmware, certificate(), base) == "code_revoked"
    assert verify(run_firmware, certificate(), part.base_part(OTHERS)) is None


def test_time_is_judged_first_and_damage_is_no_yes(run_firmware: Run) -> None:
    base = part.base_part([*OTHERS, of_cti(PLATFORM.key.public.raw, CTIS[0])])
    assert verify(run_firmware, code(*TWO), base, now=NOW + 10**6) == "code_expired"
    damaged = bytearray(base)
    for at in range(100, len(base)):
        damaged[at] ^= 1  # every block
    assert verify(run_firmware, code(*TWO), bytes(damaged)) == "revocation_invalid"


def test_without_a_cti_the_signature_counts(run_firmware: Run) -> None:
    text = code(PLATFORM.says(GREEN))
    statement = parse_text(text.decode())[1][0]  # type: ignore[index]
    base = part.base_part([*OTHERS, short(statement[3][:32])])
    assert verify(run_firmware, text, base) == "code_revoked"
