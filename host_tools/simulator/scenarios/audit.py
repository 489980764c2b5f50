"""The audit log of a terminal in a scenario: what it gained, and whether its chain is right."""

from __future__ import annotations

from host_tools.audit import folder, keys
from host_tools.audit.walking import Finding, Walk
from host_tools.problems import Failure
from host_tools.simulator.scenarios.stage import Stage


def _walk(stage: Stage) -> Walk | None:
    try:
        log = folder.find(stage.turnstile.gate.folder)
    except Failure:
        return None  # it keeps none
    return Walk(log, [keys.read(log.key)] if log.key else [])


def _kinds(stage: Stage) -> list[str]:
    walk = _walk(stage)
    return [] if walk is None else [record.kind for record in walk.records()]


def count(stage: Stage) -> int:
    return len(_kinds(stage))


def kinds(stage: Stage, first: int) -> list[str]:
    """Of the records from number `first` on."""
    return _kinds(stage)[first:]


def findings(stage: Stage) -> list[str]:
    """What is not as the terminal wrote it: nothing, whatever happened to its power."""
    walk = _walk(stage)
    if walk is None:
        return []
    return [
        f"{step.where} {step.what}"
        for step in walk.steps()
        if isinstance(step, Finding) and not step.noted
    ]
