"""The page's codes are the host's byte for byte, but for whose signature is in the proof."""

from __future__ import annotations

import hashlib

import base45
import cbor2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from host_tools import yaml_file
from host_tools.cbor import encode
from host_tools.codes import examples, issuing, oc1
from host_tools.codes.person import read_person
from host_tools.codes.picture import QUIET_ZONE, draw
from host_tools.firmware import ROOT
from host_tools.holder import request
from host_tools.keys.private import generate
from host_tools.keys.public import from_native
from host_tools.names import ES256
from tests.unit.pages.conftest import Ask, PageError

TIMES = st.integers(0, 0xFFFFFFFF)
GATES = st.none() | st.text(min_size=1, max_size=10).filter(lambda text: len(text.encode()) <= 32)
STATEMENTS = st.lists(
    st.tuples(*(st.binary(min_size=1, max_size=40) for _ in range(3))), min_size=1, max_size=8
)
# What the formats hold: no floats, no tags, no null.
ITEMS = st.recursive(
    st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=9) | st.binary(max_size=9)
    | st.booleans(),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.integers(-70000, 70000) | st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def _plain(item: object) -> object:
    if isinstance(item, bytes):
        return item.hex()
    if isinstance(item, list):
        return [_plain(part) for part in item]
    if isinstance(item, dict):
        return [[_plain(key), _plain(value)] for key, value in item.items()]
    return item


@given(st.binary(max_size=200))
def test_base45_is_the_libraries(ask: Ask, data: bytes) -> None:
    text = base45.b45encode(data).decode()
    assert ask("encode45", data=data.hex()) == text
    assert ask("decode45", text=text) == data.hex()


# The last two: larger than two bytes, larger than one (RFC 9285, section 6).
@pytest.mark.parametrize("text", ["0", "0000", "a0", "É0", "GGX", ":::", "V5"])
def test_what_is_no_base45_is_refused(ask: Ask, text: str) -> None:
    with pytest.raises(PageError, match="RangeError"):
        ask("decode45", text=text)


@given(ITEMS)
def test_cbor_is_read_as_the_host_wrote_it(ask: Ask, item: object) -> None:
    data = encode(item)
    assert ask("decodeCbor", data=data.hex()) == _plain(cbor2.loads(data))


@pytest.mark.parametrize(
    "data",
    ["1800", "190001", "5800", "a201020101", "a2010201030a", "a2020001000f", "9f01ff", "5f4100ff",
     "0000", "", "a10102ff", "fb3ff0000000000000", "d81801", "61ff"],
)  # fmt: skip
def test_what_is_not_deterministic_cbor_is_refused(ask: Ask, data: str) -> None:
    with pytest.raises(PageError):
        ask("decodeCbor", data=data)


@given(st.binary(min_size=1, max_size=96), STATEMENTS, TIMES, GATES, st.binary(max_size=64))
@example(b"\0", [(b"\0", b"\0", b"\0")], 23, "x" * 24, b"")
@example(b"\0" * 24, [(b"\0" * 24, b"\0" * 23, b"\0")] * 8, 0xFFFFFFFF, "闸机", b"\0" * 64)
def test_codes_are_the_hosts(
    ask: Ask,
    holder: bytes,
    statements: list[tuple[bytes, bytes, bytes]],
    at: int,
    gate: str | None,
    signature: bytes,
) -> None:
    listed = [[head, {}, payload, signed] for head, payload, signed in statements]
    digest = hashlib.sha256(encode(holder) + encode(listed)).digest()
    aad = b"OC1P" + digest
    payload = encode({2: digest[: oc1.TAG], 6: at} | ({} if gate is None else {3: gate}))
    protected = encode({1: ES256})
    proof = [protected, {}, payload, signature]
    body = {"holder": holder.hex(), "statements": [[p.hex() for p in s] for s in statements]}
    moment = {"at": at} if gate is None else {"at": at, "gate": gate}
    made = ask("compose", body=body, moment=moment, signature=signature.hex())
    assert made["text"] == oc1.to_text([holder, listed, proof])
    assert made["signed"] == encode(["Signature1", protected, aad, payload]).hex()
    assert ask("compose", body=body)["text"] == oc1.to_text([holder, listed])
    assert ask("parse", text=made["text"]) == body, "a proof in it is dropped"


def test_a_host_signature_in_a_page_code_is_a_host_code(ask: Ask) -> None:
    """The same statements and moment, signed by the same key: the same text to the last letter."""
    for name, text in examples.forms().items():
        body = oc1.parse_text(text)
        if len(body) == 3:
            proof = body[2]
            assert isinstance(proof, list)
            said = cbor2.loads(proof[2])
            moment = {"at": said[6]} | ({"gate": said[3]} if 3 in said else {})
            signature = proof[3].hex()
            body = ask("parse", text=text)
            made = ask("compose", body=body, moment=moment, signature=signature)
            assert made["text"] == text, name


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body[:1],
        lambda body: [*body, [], []],
        lambda body: [b"", body[1]],
        lambda body: [b"\0" * 97, body[1]],
        lambda body: ["text", body[1]],
        lambda body: [body[0], []],
        lambda body: [body[0], body[1] * 9],
        lambda body: [body[0], [body[1][0][:3]]],
        lambda body: [body[0], [[*body[1][0][:1], {1: 1}, *body[1][0][2:]]]],
        lambda body: {1: body},
    ],
)  # fmt: skip
def test_what_is_no_code_is_refused(ask: Ask, change: object) -> None:
    assert callable(change)
    body = change(oc1.parse_text(examples.forms()["one issuer"]))
    with pytest.raises(PageError, match="Error"):
        ask("parse", text=oc1.PREFIX + base45.b45encode(encode(body)).decode())


@pytest.mark.parametrize("text", ["", "OC1", "HC1:6BF", "OC1:", "OC1:0", "OC1:" + "0" * 4000])
def test_texts_that_are_no_codes(ask: Ask, text: str) -> None:
    with pytest.raises(PageError):
        ask("parse", text=text)


@given(st.binary(min_size=8, max_size=16), st.integers(1, 2**64))
def test_requests_are_the_hosts(ask: Ask, subject: bytes, secret: int) -> None:
    key = examples.key(secret).public
    made = ask("holder", subject=subject.hex(), point=(b"\x04" + key.raw).hex())
    assert made["holder"] == oc1.holder_block(subject, key).hex()
    assert request.read(made["request"]) == bytes.fromhex(made["holder"])


def test_whose_key_a_code_is_bound_to(ask: Ask) -> None:
    keys = [generate(ES256).public for _ in range(8)]
    for key in keys:
        holder = oc1.holder_block(bytes(8), key).hex()
        for other in keys:
            point = (b"\x04" + other.raw).hex()
            assert ask("isBoundTo", holder=holder, point=point) is (key == other)
        # the same x, the other y
        mirrored = from_native(key.native()).raw
        y = int.from_bytes(mirrored[32:], "big")
        prime = 2**256 - 2**224 + 2**192 + 2**96 - 1
        point = b"\x04" + mirrored[:32] + (prime - y).to_bytes(32, "big")
        assert ask("isBoundTo", holder=holder, point=point.hex()) is False
    unbound = oc1.holder_block(bytes(8)).hex()
    assert ask("isBoundTo", holder=unbound, point=(b"\x04" + keys[0].raw).hex()) is False


def test_claims_are_what_the_persons_file_says(ask: Ask) -> None:
    now = 1_790_000_000
    file = ROOT / "examples" / "persons" / "lin-all-green.yaml"
    person = read_person(yaml_file.load(file), now)
    key = generate(ES256)
    text = issuing.issue(person, lambda _: key, lambda _: key.public, "national")
    [said] = ask("read", text=text)
    day = now // 86400
    assert said == {
        "kid": key.public.kid.hex(),
        "iss": None,
        "issued": now,
        "expires": now + 86400,
        "notBefore": None,
        "health": [{"place": "CN-31", "colour": "green", "at": now - 3 * 3600}],
        "travel": [
            {"place": "CN", "days": 14, "at": now, "risk": [],
             "regions": [["CN-31", day], ["CN-32", day - 6]]}
        ],
        "vaccination": [
            {"place": "CN", "product": "CoronaVac", "dose": 3, "of": 3, "day": day - 140}
        ],
        "test": [{"place": "CN-31", "kind": "naat", "positive": False, "at": now - 20 * 3600}],
        "recovery": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("CN", "CN-31", True), ("CN-31", "CN-310115", True), ("CN-31", "CN-31", True),
        ("CN-3101", "CN-31", False), ("CN-31", "CN-32", False), ("US", "US-NY", True),
        ("ES-A", "ES-AB", False), ("C", "CN", False), ("CN", "CNX", False),
    ],
)  # fmt: skip
def test_which_places_lie_in_which(ask: Ask, outer: str, inner: str, expected: bool) -> None:
    assert ask("covers", outer=outer, inner=inner) is expected


@pytest.mark.parametrize("form", list(examples.forms()))
def test_pictures_have_the_size_of_the_hosts(ask: Ask, form: str) -> None:
    """Alphanumeric mode at level M, or the picture would be larger."""
    text = examples.forms()[form]
    rows = ask("modules", text=text)
    version = draw(text).version
    assert len(rows) == 17 + 4 * version + 2 * QUIET_ZONE
    assert all(len(row) == len(rows) for row in rows)
    assert not any("1" in row for row in rows[:QUIET_ZONE])
