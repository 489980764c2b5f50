"""The page's own modules, run by node as the set-up built them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bootstrap import node, places

LIBRARY = places.PAGES / "test" / "holder" / "codes.js"
MAIN = Path(__file__).with_name("codes_main.mjs")

Ask = Callable[..., Any]


class PageError(Exception):
    """What the page's module threw: the name of its kind of error."""


@pytest.fixture(scope="session")
def ask() -> Iterator[Ask]:
    """Asks the page's modules; raises PageError where they throw."""
    assert LIBRARY.is_file(), f"{LIBRARY} is not built; run: make setup"
    found = node.find()
    with subprocess.Popen(
        [found.program, MAIN, LIBRARY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=found.env,
    ) as process:

        def ask(what: str, **request: object) -> Any:
            assert process.stdin and process.stdout
            process.stdin.write(json.dumps({"ask": what, **request}) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            if "error" in answer:
                raise PageError(answer["error"])
            return answer["result"]

        yield ask
        assert process.stdin
        process.stdin.close()
        assert process.wait() == 0
