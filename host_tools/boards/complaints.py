"""What a profile's mistakes are called: where, what, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema

from host_tools.names import suggest


def complaints(errors: Iterator[jsonschema.ValidationError]) -> list[str]:
    """One sentence for each mistake; where a choice failed, the mistakes of its last branch."""
    return [f"{_where(error)}: {_what(error)}" for error in _leaves(errors)]


def _leaves(errors: Any) -> Iterator[jsonschema.ValidationError]:
    for error in errors:
        if error.context and error.validator != "anyOf":
            yield from _leaves(error.context)
        else:
            yield error


def _where(error: jsonschema.ValidationError) -> str:
    return ".".join(str(part) for part in error.absolute_path) or "the file"


def _what(error: jsonschema.ValidationError) -> str:
    value: Any = error.instance
    limit: Any = error.validator_value
    schema: Any = error.schema
    match error.validator:
        case "required":
            missing = [key for key in limit if key not in value]
            return f"the {_keys(missing)} missing"
        case "additionalProperties":
            known = sorted(schema.get("properties", {}))
            strange = [key for key in value if key not in known]
            hint = suggest(str(strange[0]), known)
            return f"there is no key {strange[0]}{hint} (keys: {', '.join(known)})"
        case "enum":
            return f"{value!r} is none of {', '.join(str(one) for one in limit)}"
        case "const":
            return f"{value!r} must be {limit!r}"
        case "type":
            return f"{value!r} is no {limit}"
        case "minItems":
            return f"must have at least {limit}"
        case "maxItems":
            return f"must have at most {limit}"
        case "minimum":
            return f"{value} is less than {limit}"
        case "maximum":
            return f"{value} is more than {limit}"
        case "uniqueItems":
            return "has the same one twice"
        case None:  # a key that the other keys rule out
            return "cannot stand beside the other keys here: remove it"
    described = schema.get("description")
    return error.message + (f" ({described})" if described else "")


def _keys(names: list[str]) -> str:
    return f"key {names[0]} is" if len(names) == 1 else f"keys {', '.join(names)} are"
