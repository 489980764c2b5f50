"""The firmware against a model of CertLogic in Python, on random expressions and data."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from host_tools.interpreter import Interpreter
from host_tools.policies.certlogic import validate
from host_tools.policies.certlogic_service import Evaluator

from . import certlogic_model as model
from .certlogic import Error, exact, outcome
from .certlogic_random import Maker

CASES = 4000


def modelled(expression: Any, data: Any) -> Any:
    try:
        return exact(model.plain(model.evaluate(expression, data)))
    except model.NoValue as kind:
        return Error(kind)


def test_firmware_and_model_agree(any_micropython: Interpreter) -> None:
    maker = Maker(random.Random(4))
    kinds: Counter[str] = Counter()
    with Evaluator(interpreter=any_micropython) as evaluator:
        for _ in range(CASES):
            expression, data = maker.any(maker.rng.randrange(1, 6)), maker.data()
            assert not validate(expression), expression
            answer = outcome(evaluator, expression, data)
            assert answer == modelled(expression, data), (expression, data)
            kinds[str(answer) if isinstance(answer, Error) else "value"] += 1
    assert kinds["value"] > CASES // 2
    assert set(kinds) == {
        "value", "not_boolean", "not_integer", "not_text", "not_array", "date_invalid",
        "date_range", "integer_range",
    }  # fmt: skip


def test_random_dates_agree(any_micropython: Interpreter) -> None:
    """Amounts up to the ends of time, from texts that are dates and texts that nearly are."""
    rng = random.Random(5)
    with Evaluator(interpreter=any_micropython) as evaluator:
        for _ in range(CASES):
            text = (
                f"{rng.randrange(10_000):04}-{rng.randrange(1, 13):02}-{rng.randrange(1, 32):02}"
                f"T{rng.randrange(25):02}:{rng.randrange(61):02}:{rng.randrange(61):02}"
                + rng.choice(("", ".", f".{rng.randrange(10**5)}"))
                + rng.choice(("", "Z", f"+{rng.randrange(30)}", f"-{rng.randrange(3000)}"))
            )
            text = text[: rng.choice((4, 7, 10, 99, 99, rng.randrange(30)))]
            unit = rng.choice(model.UNITS)
            most = rng.choice((3, 100, 10_000, 280_000, 4_000_000, 10**8, 3 * 10**9))
            expression = {"plusTime": [text, rng.randint(-most, most), unit]}
            assert outcome(evaluator, expression) == modelled(expression, None), expression
