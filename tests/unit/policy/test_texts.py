"""The site's own words: which are shown for what, and that further languages are found."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from host_tools import interpreter as micropython_interpreter
from host_tools.firmware import FIRMWARE
from host_tools.interpreter import Interpreter

from .rules import site_part

Run = Callable[..., list[Any]]
SITE = site_part(
    """
policy:
  conditions:
    boosted: {logic: true, text: {en: A booster is needed | Get one., zh: 需要加强针}}
    other: {logic: true}
  accept: [boosted, other]
  ways: [{name: any, health: any}]
texts:
  test_stale: {zh: 检测过期 | 请到一楼重测}
  not_listed/staff: {en: Staff only}
  not_listed: {en: Members only | Join at the desk.}
"""
)


def shown(run_firmware: Run, asked: list[tuple[str, str, str | None]]) -> list[Any]:
    [texts] = run_firmware(f"""
        import json
        from binascii import unhexlify
        from gate.policy.rules import Policy
        from gate.ui import show
        texts = Policy(unhexlify("{SITE.hex()}")).texts
        print(json.dumps([show(language, key, texts, named) for language, key, named in {asked!r}]))
    """)
    return list(texts)


def test_which_words_are_shown(run_firmware: Run) -> None:
    expected: dict[tuple[str, str, str | None], list[str]] = {
        ("en", "condition_failed", "boosted"): ["A booster is needed", "Get one."],
        ("zh", "condition_failed", "boosted"): ["需要加强针", ""],
        ("en", "condition_invalid", "boosted"): ["A booster is needed", "Get one."],
        ("en", "condition_failed", "other"): [
            "A rule of this site is not met", "Ask the guard which one."],
        ("zh", "test_stale", "any"): ["检测过期", "请到一楼重测"],
        ("en", "test_stale", "any"): ["The test is too old", "Take a new test."],
        ("en", "not_listed", "staff"): ["Staff only", ""],
        ("en", "not_listed", "visitors"): ["Members only", "Join at the desk."],
        ("en", "not_listed", None): ["Members only", "Join at the desk."],
        ("en", "granted", None): ["Welcome", ""],
        ("xx", "not_listed", None): ["not_listed", ""],
    }  # fmt: skip
    assert shown(run_firmware, list(expected)) == list(expected.values())


def test_a_language_is_added_with_its_file(tmp_path: Path, micropython: Interpreter) -> None:
    folder = tmp_path / "gate" / "ui"
    shutil.copytree(FIRMWARE / "gate" / "ui", folder)
    (tmp_path / "gate" / "__init__.py").write_text("")
    (folder / "de.txt").write_text("ready: Code zeigen | Bitte\n")
    done = micropython_interpreter.run(
        ["-c", "from gate import ui; print(ui.LANGUAGES, ui.show('de', 'ready'))"],
        interpreter=micropython, extra_path=[tmp_path],
    )  # fmt: skip
    assert done.stdout == "('zh', 'en', 'de') ('Code zeigen', 'Bitte')\n", done.stderr
