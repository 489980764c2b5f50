"""JSON and base64url on MicroPython: what is wanted comes out, the rest is held to the rules.

CPython's own parser says what is well-formed; here a few things are refused on purpose besides.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from host_tools.interpreter import Interpreter

Run = Callable[..., list[Any]]

PROGRAM = """
import json, sys
from binascii import unhexlify
from gate.codec import base64url
from gate.codec.json_text import BOOL, NUMBER, TEXT, read
from gate.codec.real import Real
from gate.refusal import Refusal

LEAVES = {"text": TEXT, "number": NUMBER, "bool": BOOL}


def wanted(form):
    if isinstance(form, str):
        return LEAVES[form]
    if isinstance(form, list):
        return [wanted(form[0])] + ([lambda item: item.get("keep")] if len(form) > 1 else [])
    return {name: wanted(inner) for name, inner in form.items()}


def plain(value):
    if isinstance(value, Real):
        return {"real": value.whole}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value


for line in sys.stdin:
    case = json.loads(line)
    data = unhexlify(case["data"])
    try:
        if case["form"] == "base64url":
            print(json.dumps({"is": base64url.decode(data).hex()}))
        elif case["form"] == "in place":
            buffer = memoryview(bytearray(data))
            print(json.dumps({"is": bytes(base64url.decode_in_place(buffer)).hex()}))
        else:
            print(json.dumps({"is": plain(read(data, wanted(case["form"])))}))
    except Refusal as refusal:
        print(json.dumps({"refused": refusal.reason}))
"""

EVERYTHING = {
    "t": "text", "n": "number", "b": "bool", "l": ["text"], "o": {"x": "text", "y": ["number"]},
    "k": [{"keep": "text"}, "function"],
}  # fmt: skip


@pytest.fixture
def read(
    run_firmware: Run, any_micropython: Interpreter
) -> Callable[[list[tuple[Any, bytes]]], list[Any]]:
    def run(cases: list[tuple[Any, bytes]]) -> list[Any]:
        lines = [json.dumps({"form": form, "data": data.hex()}) for form, data in cases]
        return run_firmware(PROGRAM, input="\n".join(lines) + "\n", interpreter=any_micropython)

    return run


Read = Callable[[list[tuple[Any, bytes]]], list[Any]]


def test_what_is_wanted_comes_out(read: Read) -> None:
    given = {
        b'{"t":"x","n":7,"b":true,"l":["a","b"],"o":{"x":"q","y":[1,2]}}': {
            "t": "x", "n": 7, "b": True, "l": ["a", "b"], "o": {"x": "q", "y": [1, 2]},
        },
        b' { "t" : "" , "z" : [ { "t" : 1 } , null ] } \r\n\t ': {"t": ""},
        b'{"l":["a",1,null,["c"],{"d":"e"},"f"]}': {"l": ["a", "f"]},
        b'{"t":7,"n":"7","b":null,"l":{},"o":[]}': dict.fromkeys("tnblo"),
        b'{"k":[{"keep":"a"},{},{"keep":1},7,{"keep":"b"}]}': {"k": ["a", "b"]},
        b'{"z":1,"z":2,"zz":{"t":1,"t":2}}': {},
        b"{}": {},
        b"[]": None,
        b"null": None,
        b'"t"': None,
        b"-0": None,
    }  # fmt: skip
    answers = read([(EVERYTHING, text) for text in given])
    assert answers == [{"is": value} for value in given.values()]


def test_texts_and_their_escapes(read: Read) -> None:
    texts = ["", "plain", "\u00e9\u4e2d\U0001f600", '"\\/\b\f\n\r\t', "\u2028", "x" * 512]
    cases = [
        ("text", json.dumps(t, ensure_ascii=ascii).encode()) for t in texts for ascii in (0, 1)
    ]
    assert read(cases) == [{"is": text} for text in texts for _ in (0, 1)]
    long = [("text", b'"' + b"x" * 513 + b'"'), ({"t": "text"}, b'{"t":"' + b"x" * 999 + b'"}')]
    assert read(long) == [{"is": None}, {"is": {"t": None}}]


def test_numbers(read: Read) -> None:
    numbers = {
        "0": 0, "-0": 0, "7": 7, "-7": -7, "1e3": 1000, "1E+3": 1000, "1.5e1": 15, "10e-1": 1,
        "1620992383.218": {"real": 1620992383}, "-1.5": {"real": -2}, "1.620992383E9": 1620992383,
        "0.1": {"real": 0}, "123456789012345678901234": 123456789012345678901234,
        "1234567890123456789012345": None, "1e25": None, "1e-25": None, "1e999999999999": None,
        "0.0000000000000000000000001": None,
    }  # fmt: skip
    assert read([("number", text.encode()) for text in numbers]) == [
        {"is": value} for value in numbers.values()
    ]


MALFORMED = [
    b"", b" ", b"{", b"}", b"[", b"]", b'"', b"{]", b"[}", b'{"t"}', b'{"t":}', b'{"t":"x",}',
    b'{,"t":"x"}', b'{"t" "x"}', b"{1:2}", b"{t:1}", b"[1,]", b"[,1]", b"[1 2]", b"[1]]", b"{}{}",
    b"{} x", b"nul", b"nulll", b"True", b"NaN", b"Infinity", b"-", b"+1", b".5", b"1.", b"01",
    b"-01", b"1e", b"1e+", b"0x1", b"1_0", b"'x'", b'"\\x"', b'"\\u12"', b'"\\u12g4"', b'"\\"',
    b'"\n"', b'"\0"', b'"\x1f"', b'"\\ud800"', b'"\\udc00"', b'"\\ud800\\u0041"', b'"\\ud800x"',
    b"/**/{}", b"\xef\xbb\xbf{}", b"\xff", b'{"t":"\xff"}', b'{"t":"\xc0\xaf"}',
    b'{"t":"\xed\xa0\x80"}', b'{"t":"a","t":"a"}', b'{"t":1,"t":"a"}', b'{"t":1,"\\u0074":2}',
    b'{"o":{"x":"1","x":"2"}}', b'{"\xff":1}',
]  # fmt: skip


def test_what_is_malformed_is_refused(read: Read) -> None:
    answers = read([(EVERYTHING, text) for text in MALFORMED])
    assert answers == [{"refused": "json_invalid"}] * len(MALFORMED)


def test_limits(read: Read) -> None:
    cases = [
        (EVERYTHING, b"[" * 24 + b"]" * 24, {"is": None}),
        (EVERYTHING, b"[" * 25 + b"]" * 25, {"refused": "json_too_complex"}),
        (EVERYTHING, b'{"a":' * 5000, {"refused": "json_too_complex"}),
        (["text"], b"[" + b",".join([b'""'] * 640) + b"]", {"is": [""] * 640}),
        (["text"], b"[" + b",".join([b'""'] * 641) + b"]", {"refused": "json_too_complex"}),
        (EVERYTHING, b"[" + b",".join([b'""'] * 5000) + b"]", {"is": None}),
        (EVERYTHING, b'{"' + b"n" * 5000 + b'":1}', {"is": {}}),
        (EVERYTHING, b'{"n":' + b"9" * 5000 + b"}", {"is": {"n": None}}),
    ]
    assert read([case[:2] for case in cases]) == [case[2] for case in cases]


def test_documents_at_random_agree_with_cpython(read: Read) -> None:
    """Whole ones and damaged ones: read where CPython reads them, and refused elsewhere."""
    rng = random.Random(5)
    texts = []
    for _ in range(1500):
        text = bytearray(json.dumps(_document(rng, 0), ensure_ascii=rng.random() < 0.5).encode())
        for _ in range(rng.choice((0, 0, 1, 2))):
            at = rng.randrange(len(text) + 1)
            text[at : at + rng.randrange(3)] = rng.choice(
                (b"", b'"', b"\\", b",", b"}", b"1", b"\n")
            )
        texts.append(bytes(text))
    judged = [(text, fine) for text in texts if (fine := _cpython(text)) is not None]
    answers = read([(EVERYTHING, text) for text, _ in judged])
    for (text, fine), answer in zip(judged, answers, strict=True):
        assert ("is" in answer) == fine, text
    assert 500 < sum(fine for _, fine in judged) < len(judged) - 200


def _document(rng: random.Random, depth: int) -> Any:
    kind = rng.randrange(7 if depth < 4 else 5)
    if kind == 0:
        return rng.choice((None, True, False))
    if kind == 1:
        return rng.choice((0, -1, 10**9, 1.5, -2.25e-7))
    if kind < 5:
        return rng.choice(("", "x", '"\\\n', "\u00e9", "\U0001f600", "t"))
    size = rng.randrange(4)
    if kind == 5:
        return [_document(rng, depth + 1) for _ in range(size)]
    return {rng.choice("tnbloxyz"): _document(rng, depth + 1) for _ in range(size)}


def _cpython(text: bytes) -> bool | None:
    """Whether CPython takes it for JSON; None where the two differ on purpose: no UTF-8 in a text
    that nobody wants, a name twice that nobody wants."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in found}) != len(found):
            raise KeyError
        return dict(found)

    def no(_: str) -> Any:
        raise ValueError

    try:
        document = text.decode()
    except UnicodeDecodeError:
        return None
    try:
        json.loads(document, object_pairs_hook=pairs, parse_constant=no)
    except KeyError:
        return None
    except (ValueError, RecursionError):
        return False
    return "\\ud" not in document or None  # lone surrogates, which CPython takes


# base64url


def test_base64url_has_one_text_a_value(read: Read) -> None:
    rng = random.Random(6)
    values = [b"", *(rng.randbytes(n) for n in (1, 2, 3, 4, 5, 64, 300))]
    texts = [base64.urlsafe_b64encode(value).rstrip(b"=") for value in values]
    for form in ("base64url", "in place"):
        assert read([(form, text) for text in texts]) == [{"is": value.hex()} for value in values]
    wrong = [
        b"A",
        b"AAAAA",
        b"AB",
        b"AAB",
        b"AQ==",
        b"A-+A",
        b"A/AA",
        b"AA A",
        b"A\nAA",
        b"\xffAAA",
    ]
    for form in ("base64url", "in place"):
        assert read([(form, text) for text in wrong]) == [{"refused": "jws_invalid"}] * len(wrong)
