"""The verifier on the heap of a small board, compiled as there, also after whatever was shown."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from pathlib import Path

import base45
import pytest

from host_tools import interpreter as micropython
from host_tools.boards import build
from host_tools.bundles.entry import compile_trust
from host_tools.cbor import encode
from host_tools.codes import shc
from host_tools.codes.oc1 import Proof, holder_block, to_text
from host_tools.interpreter import Interpreter
from host_tools.keys.public import encode64url
from host_tools.revocation.part import base_part

from .people import (
    CITY,
    FOUR,
    GREEN,
    HOLDER,
    NOW,
    PLATFORM,
    STATE,
    SUBJECT,
    VALUES,
    card,
    certificate,
    code,
    rng,
    trust_part,
)
from .test_several_issuers import MINE, NATIONAL, about, shown

MAIN = Path(__file__).with_name("heap_main.py")
HEAP = "100k"  # everything: firmware, its modules' variables, the codes


def hc1(inflated: bytes) -> bytes:
    return b"HC1:" + base45.b45encode(zlib.compress(inflated, 9))


def signed_card(payload: bytes) -> bytes:
    """A health card whose payload, before it is deflated, is anything at all."""
    header = json.dumps({"zip": "DEF", "alg": "ES256", "kid": shc.kid_of(STATE.key)}).encode()
    return shc.to_text(shc.sign(STATE.key, header, shc.deflate(payload))).encode()


def unsigned(payload: bytes) -> bytes:
    """A combined code whose statement names a known key, which never signed this payload."""
    head = encode({1: -7, 4: PLATFORM.entry.kid})
    return to_text([holder_block(SUBJECT), [[head, {}, payload, bytes(range(1, 65))]]]).encode()


GOOD = [
    certificate(),
    code(PLATFORM.says(FOUR)),
    code(PLATFORM.says(GREEN), CITY.says(GREEN), proof=Proof(HOLDER, NOW)),
]
# What takes as much as it can; none of it may cost the next person their passage.
HOSTILE = [
    hc1(bytes(6144)),
    hc1(bytes(2_000_000)),
    hc1(b"\x99\x07\xff" + b"\xa0" * 0x7FF),
    hc1(b"\x99\x07\xff" + b"\x80" * 0x7FF),
    hc1(b"\x9f" + b"\x61a" * 3000 + b"\xff"),
    hc1(b"\xbf" + b"".join(b"\x19" + bytes([4 + i // 256, i % 256, 0xA0]) for i in range(1000))),
    hc1(b"\x84\x59\x17\x00" + bytes(0x1700) + b"\xa0\x40\x40"),
    hc1(b"\x5f" + b"\x41a" * 3000 + b"\xff"),
    hc1(b"\x81" * 6000),
    hc1(b"\xc1" * 6000),
    unsigned(b"\xb8\xe8" + b"".join(b"\x18" + bytes([n, 0x80]) for n in range(24, 256))),
    unsigned(b"\x99\x03\xfd" + b"\xa0" * 1021),
    unsigned(b"\xa1\x02\x59\x03\xfb" + bytes(1019)),
    unsigned(b"\xa1\x02" + b"\x81" * 1000),
    b"HC1:" + b"0" * 4292,
    b"OC1:" + b"0" * 4292,
    b"\xff" * 4296,
    b"A" * 4300,
]


@pytest.mark.parametrize("revoked", [0, 100_000], ids=["", "and asks for revocations"])
def test_every_good_code_is_read_between_hostile_ones(
    micropython_x86: Interpreter, tmp_path: Path, revoked: int
) -> None:
    part = base_part(hashlib.sha256(b"%d" % n).digest()[:16] for n in range(revoked))
    every_good_is_read(micropython_x86, tmp_path, GOOD, HEAP, part if revoked else b"")


# What a site takes whose issuers sign in different ways: each algorithm's module stays in memory.
@pytest.mark.parametrize(("issuers", "heap"), [((0, 1, 3), "110k"), ((0, 1, 2, 3, 4), "150k")])
def test_several_issuers_of_several_algorithms(
    micropython_x86: Interpreter, tmp_path: Path, issuers: tuple[int, ...], heap: str
) -> None:
    live = shown([about(MINE)[n] for n in issuers])
    every_good_is_read(micropython_x86, tmp_path, [live], heap)


def large_card(most: int, filler: int) -> bytes:
    """Of at most so many characters, with much text, and repeats from far away."""
    noise = rng(7).randbytes(4000)
    for size in range(1200, 100, -4):
        other = {"resourceType": "Basic", "a": encode64url(noise[:size]), "b": "x" * filler}
        doses = [shc.immunization("208", f"2025-{n:02d}-07") for n in range(1, 10)]
        text = card(other, *doses, {"a": encode64url(noise[:100])})
        if len(text) <= most:
            return text
    raise AssertionError("no card fits")


AS_ALLOWED = large_card(2395, 1000)  # a JWS of 1,195 characters, the framework's limit
LONGEST = large_card(4296, 3000)
HOSTILE_CARDS = [
    b"shc:/" + b"0" * 4291,
    b"shc:/" + b"77" * 2145,
    b"shc:/1/2/" + b"0" * 4200,
    signed_card(b"[" * 16000),
    signed_card(b'{"vc":' * 2700),
    signed_card(b" " * 1_000_000),
    signed_card(b'{"iss":"' + b"x" * 16000 + b'"}'),
    signed_card(b'{"vc":{"type":[' + b'"x",' * 4000 + b'"x"]}}'),
    signed_card(b'{"nbf":' + b"9" * 16000 + b"}"),
    signed_card(b'{"' + b'a":1,"' * 2700 + b'a":1}'),
]


@pytest.mark.parametrize(("good", "heap"), [(AS_ALLOWED, HEAP), (LONGEST, "116k")], ids=["", "+"])
def test_health_cards_are_read_on_a_small_heap(
    good: bytes, heap: str, micropython_x86: Interpreter, tmp_path: Path
) -> None:
    """What cards need in place of the other formats, with the value sets: cards as the framework
    allows them within the same heap, and the longest that a gate reads in a little more."""
    assert len(good) > 2300
    trust = compile_trust([STATE.entry])
    every_good_is_read(
        micropython_x86, tmp_path, [card(), good], heap, b"", HOSTILE_CARDS, trust, VALUES
    )


def every_good_is_read(
    interpreter: Interpreter,
    folder: Path,
    good: list[bytes],
    heap: str,
    revoked: bytes = b"",
    hostile: Sequence[bytes] = HOSTILE,
    trust: bytes | None = None,
    values: bytes = b"",
) -> None:
    """Show good codes before and after each hostile one."""
    build.build("x86", folder / "firmware")
    tried = [one for other in hostile for one in (*good, other)] + good
    (folder / "trust").write_bytes(trust or trust_part(NATIONAL))
    (folder / "codes").write_bytes(b"".join(len(c).to_bytes(2, "big") + c for c in tried))
    (folder / "revoked").write_bytes(revoked)
    (folder / "values").write_bytes(values)
    outcome = micropython.run(
        [str(MAIN), *(str(folder / name) for name in ("trust", "codes", "revoked", "values"))],
        heap=heap,
        interpreter=interpreter,
        extra_path=[folder / "firmware"],
    )
    assert outcome.returncode == 0, outcome.stderr
    reasons = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert len(reasons) == len(tried)
    assert "internal_error" not in reasons
    for code_shown, reason in zip(tried, reasons, strict=True):
        assert (reason is None) == (code_shown in good), (reason, code_shown[:40])


@pytest.fixture
def micropython_x86(micropython: Interpreter) -> Interpreter:
    reason = build.refusal(micropython, "x86")
    if reason:
        pytest.skip("needs MicroPython for x86: " + reason)
    return micropython
