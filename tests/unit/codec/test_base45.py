"""base45 against RFC 9285's examples and against the base45 library, both ways."""

import base45
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_tools.interpreter import Interpreter, find

from .batch import Refused, run

INVALID = "base45_invalid"

# RFC 9285 4.3 and 4.4
EXAMPLES = {
    b"BB8": b"AB",
    b"%69 VD92EX0": b"Hello!!",
    b"UJCLQE7W581": b"base-45",
    b"QED8WEX0": b"ietf!",
    b"": b"",
    b"FGW": b"\xff\xff",
    b"U5": b"\xff",
}
BAD = {
    "one character left over": b"BB8A",
    "a group over 65535": b"GGW",
    "the largest group": b":::",
    "a last pair over 255": b"::",
    "the first pair over 255": b"V5",
    "a small letter": b"bb8",
    "a character between the alphabet's": b"BB8,BB",
    "a NUL": b"BB\0",
    "a byte above 127": b"BB\xc4",
    "a line feed": b"BB8\n",
    "an equals sign, as padding": b"BB=",
}


def test_examples_of_the_rfc(any_micropython: Interpreter) -> None:
    answers = run([("base45", text) for text in EXAMPLES], any_micropython)
    assert answers == list(EXAMPLES.values())


@pytest.mark.parametrize("operation", ["base45", "base45-view"])
def test_what_is_no_base45_is_refused(any_micropython: Interpreter, operation: str) -> None:
    answers = run([(operation, text) for text in BAD.values()], any_micropython)
    assert dict(zip(BAD, answers, strict=True)) == dict.fromkeys(BAD, INVALID)
    assert all(isinstance(answer, Refused) for answer in answers)


@settings(max_examples=20)
@given(st.lists(st.binary(max_size=400), min_size=20, max_size=60))
def test_it_reads_what_the_library_writes(samples: list[bytes]) -> None:
    cases = [("base45", base45.b45encode(sample)) for sample in samples]
    assert run(cases, find()) == samples


@settings(max_examples=20)
@given(
    st.lists(
        st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=24),
        min_size=40,
        max_size=80,
    )
)
def test_it_takes_and_refuses_what_the_library_does(texts: list[str]) -> None:
    answers = run([("base45", text.encode()) for text in texts], find())
    for text, answer in zip(texts, answers, strict=True):
        try:
            expected: object = base45.b45decode(text)
        except ValueError:
            expected = INVALID
        assert answer == expected, text
