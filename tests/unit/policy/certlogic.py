"""What the firmware makes of an expression and its data, for tests."""

from __future__ import annotations

import json
from typing import Any

from host_tools.policies.certlogic_service import CertLogicFailure, Evaluator


class Error(str):
    """The kind of an error, as an expected or given outcome."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Error({str(self)!r})"


def outcome(evaluator: Evaluator, logic: object, data: object = None) -> Any:
    """The value, or the Error, in a form that tells 1 from true and 1.5."""
    try:
        value = evaluator.evaluate(logic, data)
    except CertLogicFailure as failure:
        return Error(failure.kind)
    return exact(value)


def exact(value: object) -> Any:
    return value if isinstance(value, Error) else json.dumps(value, sort_keys=True)


def var(path: str) -> dict[str, str]:
    return {"var": path}


def at(text: object, amount: int = 0, unit: str = "day") -> dict[str, list[object]]:
    return {"plusTime": [text, amount, unit]}
