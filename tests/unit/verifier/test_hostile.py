"""Whatever is shown: an answer with a known reason, and never a yes to what nobody signed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import base45
import pytest

from host_tools import firmware
from host_tools.codes import shc
from host_tools.codes.oc1 import Proof
from host_tools.keys.public import decode64, encode64url
from host_tools.verifying.service import Service

from .people import (
    FOUR,
    HOLDER,
    NOW,
    PLATFORM,
    STATE,
    VALUES,
    card,
    certificate,
    code,
    rng,
    trust_part,
)

assert firmware.FIRMWARE.is_dir()
from gate.refusal import stage_of  # noqa: E402 - the firmware is on the path only now

OC1 = code(PLATFORM.says(FOUR), proof=Proof(HOLDER, NOW))
HC1 = certificate()
SHC = card()
ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


@pytest.fixture(scope="module")
def gate() -> Iterator[Service]:
    with Service(trust=trust_part(STATE), values=VALUES) as service:
        for text in (OC1, HC1, SHC):
            assert service.verify(text, NOW)["ok"]
        yield service


def refused(gate: Service, text: bytes) -> str:
    answer = gate.verify(text, NOW)
    assert not answer["ok"], text
    assert stage_of(answer["reason"]) == answer["stage"]
    assert answer["reason"] != "internal_error", text
    return str(answer["reason"])


def flipped(data: bytes) -> Iterator[bytes]:
    for i in range(len(data)):
        for bit in range(8):
            yield bytes([*data[:i], data[i] ^ (1 << bit), *data[i + 1 :]])


def test_each_bit_of_a_combined_code_counts(gate: Service) -> None:
    for data in flipped(base45.b45decode(OC1[4:].decode())):
        refused(gate, b"OC1:" + base45.b45encode(data))


def test_each_bit_of_a_certificate_counts(gate: Service) -> None:
    cose = zlib.decompress(base45.b45decode(HC1[4:].decode()))
    payload_start = cose.index(b"\x01bAT")
    for data in list(flipped(cose[payload_start:]))[::3]:
        packed = zlib.compress(cose[:payload_start] + data)
        refused(gate, b"HC1:" + base45.b45encode(packed))


def test_every_beginning_of_a_code_is_refused(gate: Service) -> None:
    for text in (OC1, HC1, SHC):
        for size in range(len(text)):
            refused(gate, text[:size])


def test_anything_after_a_code_is_refused(gate: Service) -> None:
    for text in (OC1, HC1, SHC):
        for tail in (b"0", b"00", b"000", b"\0", b" ", b"\n", text, b"   "):
            refused(gate, text + tail)


def test_noise(gate: Service) -> None:
    random = rng(1)
    for _ in range(600):
        prefix = random.choice((b"OC1:", b"HC1:", b"shc:/", b"", b"SHC:"))
        size = random.choice((0, 1, 2, 3, 10, 200, 4292, 5000))
        refused(gate, prefix + random.randbytes(size))
        refused(gate, prefix + bytes(random.choices(ALPHABET, k=size)))
        refused(gate, b"shc:/" + bytes(random.choices(b"0123456789", k=size)))


def test_splices_of_valid_codes(gate: Service) -> None:
    """Cut, doubled, swapped and overwritten pieces, below the text encodings."""
    random = rng(2)
    inner = {
        b"OC1:": base45.b45decode(OC1[4:].decode()),
        b"HC1:": zlib.decompress(base45.b45decode(HC1[4:].decode())),
    }
    for _ in range(1500):
        prefix, whole = random.choice(list(inner.items()))
        a, b = sorted(random.choices(range(len(whole) + 1), k=2))
        piece = random.choice((b"", whole[a:b] * 2, random.randbytes(b - a), b"\xff", b"\x9f"))
        data = whole[:a] + piece + whole[b:]
        if data == whole:
            continue
        packed = zlib.compress(data) if prefix == b"HC1:" else data
        refused(gate, prefix + base45.b45encode(packed))


# health cards


def test_each_bit_of_a_health_card_counts(gate: Service) -> None:
    """Of what is signed and of the signature, below the text encodings; one bit in three."""
    parts = [decode64(part) for part in jws(SHC).split(".")]
    for number, part in enumerate(parts):
        for data in list(flipped(part))[::3]:
            changed = [*parts[:number], data, *parts[number + 1 :]]
            refused(gate, shc.to_text(".".join(map(encode64url, changed))).encode())


def test_what_an_issuer_may_have_signed_by_mistake(gate: Service) -> None:
    """Payloads of all kinds of damage under a right signature: a known reason, or claims."""
    random = rng(3)
    header = decode64(jws(SHC).split(".")[0])
    packed = decode64(jws(SHC).split(".")[1])
    text = zlib.decompress(packed, -15)
    for _ in range(1000):
        whole = random.choice((text, text, packed))
        a, b = sorted(random.choices(range(len(whole) + 1), k=2))
        b = min(b, a + 40)
        piece = random.choice((b"", whole[a:b] * 2, random.randbytes(b - a), b'"', b"[", b"{}"))
        data = whole[:a] + piece + whole[b:]
        body = data if whole is packed else shc.deflate(data)
        code = shc.to_text(shc.sign(STATE.key, header, body)).encode()
        answer = gate.verify(code, NOW)
        assert answer["reason"] != "internal_error", data
        assert answer["ok"] or stage_of(answer["reason"]) == answer["stage"]


def jws(text: bytes) -> str:
    digits = text.decode()[5:]
    return "".join(chr(int(digits[i : i + 2]) + 45) for i in range(0, len(digits), 2))
