"""The published CertLogic test suite, as far as it lies beside the project."""

from __future__ import annotations

import json
from pathlib import Path

from host_tools.policies.certlogic_service import Evaluator


def test_published_suite(shared_vectors: Path) -> None:
    files = sorted((shared_vectors / "certlogic").glob("*.json"))
    assert files
    tried = 0
    with Evaluator() as evaluator:
        for file in files:
            for case in json.loads(file.read_text())["cases"]:
                for assertion in case["assertions"]:
                    if "skip" in (case.get("directive"), assertion.get("directive")):
                        continue
                    logic = assertion.get("certLogicExpression", case.get("certLogicExpression"))
                    line = json.dumps({"logic": logic, "data": assertion["data"]}).encode()
                    answer = evaluator.answer(line)
                    expected = {"result": assertion["expected"]}
                    assert json.dumps(answer) == json.dumps(expected), (file.name, case["name"])
                    tried += 1
    assert tried > 50
