"""docs/formats.md shows codes and sizes as they are, and the firmware accepts the example."""

from __future__ import annotations

from bootstrap.places import ROOT
from host_tools.bundles.entry import TrustEntry, compile_trust
from host_tools.codes import examples
from host_tools.codes.picture import draw
from host_tools.verifying.service import Service

PAGE = (ROOT / "docs" / "formats.md").read_text()


def test_the_page_has_the_measured_sizes_and_the_real_example() -> None:
    assert examples.sizes_table() in PAGE
    assert examples.worked_example() in PAGE


def test_the_forms_stay_small() -> None:
    """The bounds of docs: what fits a phone's screen and the reader's patience."""
    versions = {name: draw(text).version for name, text in examples.forms().items()}
    assert versions["one issuer"] <= 10
    assert versions["one issuer, with a proof"] <= 13
    assert versions["one issuer, with a proof for one gate"] <= 13
    assert versions["three issuers, with a proof"] <= 19
    assert versions["three issuers, with a proof for one gate"] <= 19


def test_the_firmware_accepts_every_form() -> None:
    issuers = (examples.PLATFORM, examples.CITY, examples.HOSPITAL, examples.LAB)
    part = compile_trust(
        TrustEntry(key.public.kid, key.alg, key.public.raw, f"Issuer {n}", 0, 2**32 - 1, 31)
        for n, key in enumerate(issuers)
    )
    with Service(trust=part) as gate:
        for name, text in examples.forms().items():
            answer = gate.verify(text.encode(), examples.ISSUED + 3600)
            assert answer["ok"], (name, answer)
            assert set(answer["claims"]) == {"health", "travel", "vaccination", "test"}
