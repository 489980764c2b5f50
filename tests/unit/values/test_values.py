"""Value sets: files to the part, the part to meanings on MicroPython, nothing malformed is read."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from host_tools.cbor import encode
from host_tools.problems import Failure
from host_tools.values import sets
from host_tools.values.part import compile_values
from host_tools.values.sets import CVX, LOINC, MP, SNOMED, Sets, read

Run = Callable[..., list[Any]]

PROGRAM = """
import json, sys
from binascii import unhexlify
from gate.refusal import Refusal
from gate.trust.values import Values

for line in sys.stdin:
    case = json.loads(line)
    try:
        values = Values(unhexlify(case["part"]))
    except Refusal as refusal:
        print(json.dumps(refusal.reason))
        continue
    asked = []
    for system, code in case["asked"]:
        asked.append([
            values.product(system, code), values.test(system, code), values.result(system, code),
            values.is_covid_19(system, code),
        ])
    print(json.dumps([len(values), asked]))
"""


def ask(run: Run, cases: list[tuple[bytes, list[tuple[str, str]]]]) -> list[Any]:
    lines = [json.dumps({"part": part.hex(), "asked": asked}) for part, asked in cases]
    return run(PROGRAM, input="\n".join(lines) + "\n", heap="8M")


# the default ones


def test_every_default_code_is_found_and_means_what_the_file_says(run_firmware: Run) -> None:
    known = read()
    everything = [*known.products, *known.tests, *known.results, *known.agents]
    ((count, answers),) = ask(run_firmware, [(compile_values(known), everything)])
    assert count == len(everything) > 200
    for coded, (product, test, result, covid) in zip(everything, answers, strict=True):
        word = known.products.get(coded)
        assert product == ([word, known.doses[word]] if word else None)
        assert test == known.tests.get(coded)
        assert result == known.results.get(coded)
        assert covid == (coded in known.agents)


def test_what_is_not_there_means_nothing(run_firmware: Run) -> None:
    near = [
        (CVX, ""), (CVX, "20"), (CVX, "2071"), (CVX, "999"), (CVX, "0"), (MP, "207"),
        ("", "207"), ("http://hl7.org/fhir/sid/cvx/", "207"), (MP, "eu/1/20/1528"), (LOINC, "~"),
        (SNOMED, "\u00e9"), ("urn:other", "LP6464-4"), (CVX, "x" * 200),
    ]  # fmt: skip
    ((_, answers),) = ask(run_firmware, [(compile_values(read()), near)])
    assert answers == [[None, None, None, False]] * len(near)


def test_the_default_part_is_small() -> None:
    assert len(compile_values(read())) < 6000


# files


EU_PRODUCTS = {
    "valueSetId": "vaccines-covid-19-names",
    "valueSetDate": "2026-01-01",
    "valueSetValues": {
        "EU/1/20/1528": {"display": "Comirnaty (renamed)", "active": True},
        "EU/1/99/0001": {"display": "Novelty (deprecated)", "active": False},
    },
}


def test_an_eu_value_set_adds_what_is_new(tmp_path: Path) -> None:
    file = tmp_path / "products.json"
    file.write_text(json.dumps(EU_PRODUCTS))
    known = read([file])
    assert known.products[MP, "EU/1/99/0001"] == "Novelty"
    assert known.doses["Novelty"] == 0
    assert known.products[MP, "EU/1/20/1528"] == "Comirnaty"
    assert known.doses["Comirnaty"] == 2


def test_the_other_eu_value_sets(tmp_path: Path) -> None:
    files = []
    for name, values in (
        ("covid-19-lab-test-type", {"LP1": "Nucleic acid test", "LP2": "Rapid immunoassay"}),
        ("covid-19-lab-result", {"1": "Not detected", "2": "Detected", "3": "Odd"}),
        ("disease-agent-targeted", {"4": "COVID-19", "5": "Influenza"}),
    ):
        document = {
            "valueSetId": name,
            "valueSetValues": {c: {"display": d} for c, d in values.items()},
        }
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(json.dumps(document))
    known = read(files, default=False)
    assert known.tests == {(LOINC, "LP1"): "naat", (LOINC, "LP2"): "rat"}
    assert known.results == {
        (SNOMED, "1"): "negative", (SNOMED, "2"): "positive", (SNOMED, "3"): "other",
    }  # fmt: skip
    assert known.agents == {(SNOMED, "4"): "COVID-19"}


def test_the_cdc_s_table_adds_vaccines_against_covid_19(tmp_path: Path) -> None:
    file = tmp_path / "tradename.txt"
    file.write_text(
        "COMIRNATY|COVID-19, mRNA, 30 mcg|208       |Pfizer, Inc|PFR |Active|\n"
        "Later One|COVID-19, mRNA, 2030-2031|399       |Somebody|XXX |Active|\n"
        "ACEL-IMUNE|DTaP|20        |Wyeth|WAL |Inactive|\n"
    )
    known = read([file])
    assert known.products[CVX, "208"] == "Comirnaty"
    assert known.products[CVX, "399"] == "Later One"
    assert (CVX, "20") not in known.products


def test_our_own_form_adds_and_overrides(tmp_path: Path) -> None:
    file = tmp_path / "more.yaml"
    file.write_text(
        "systems: {mp: mp, nvc: https://nvc.example/v1}\n"
        "products:\n  Comirnaty: {doses: 3, nvc: [N1]}\n"
        "tests:\n  rat: {mp: [T]}\n"
    )
    known = read([file])
    assert known.doses["Comirnaty"] == 3
    assert known.products["https://nvc.example/v1", "N1"] == "Comirnaty"
    assert known.tests[MP, "T"] == "rat"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", "EU value set"),
        ('{"valueSetId": "country-2-codes", "valueSetValues": {}}', "says nothing that gates ask"),
        ('{"valueSetId": "x", "valueSetValues": []}', "EU value set"),
        ("systems: {mp: mp}\nproducts: {X: {mp: [1]}}", "'doses' is missing"),
        ("systems: {mp: mp}\nproducts: {X: {doses: 2, cvx: [1]}}", "'cvx' is not known"),
        ("systems: {mp: mp}\ntests: {pcr: {mp: [1]}}", "'pcr' is not one of"),
        ("systems: {mp: mp}\nvaccines: {}", "'vaccines' is not known"),
        ("products: {}", "'systems' is missing"),
        ("systems: {mp: mp}\nproducts: {xxxxxxxxxxxxxxxxxxxxxxxxx: {doses: 1}}", "bytes"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "values"
    file.write_text(text)
    with pytest.raises(Failure, match=problem):
        read([file])


def test_too_much_is_told() -> None:
    many = Sets()
    for n in range(200):
        many.add_product((MP, str(n)), f"P{n}", 1)
    with pytest.raises(Failure, match="128 are possible"):
        compile_values(many)
    assert sets.DEFAULT.is_file()


# the part


def small() -> Sets:
    known = Sets()
    known.add_product((MP, "a"), "A", 2)
    known.add_product((CVX, "1"), "A")
    known.tests[LOINC, "t"] = "naat"
    known.results[LOINC, "t"] = "positive"  # one code, two meanings
    known.agents[SNOMED, "c"] = "COVID-19"
    return known


def test_one_code_may_mean_several_things(run_firmware: Run) -> None:
    ((count, answers),) = ask(run_firmware, [(compile_values(small()), [(LOINC, "t")])])
    assert (count, answers) == (5, [[None, "naat", "positive", False]])


def records(*rows: list[object], systems: list[str] | None = None, **changes: object) -> bytes:
    data = b""
    index = b""
    for row in rows:
        index += len(data).to_bytes(2, "big")
        data += encode(row)
    fields: dict[int, object] = {1: 1, 2: systems or ["a", "b"], 3: [["P", 1]], 4: index, 5: data}
    fields |= {int(name[1:]): value for name, value in changes.items()}
    return encode({key: value for key, value in fields.items() if value is not None})


def test_what_is_malformed_is_refused(run_firmware: Run) -> None:
    good = records([0, "x", 1, 0], [0, "x", 2, 0], [1, "a", 4, 1])
    wrong = {
        "another version": records(_1=2),
        "no version": records(_1=None),
        "no systems": records(_2=[]),
        "a system twice": records(systems=["a", "a"]),
        "seventeen systems": records(systems=[str(n) for n in range(17)]),
        "a system too long": records(systems=["x" * 97]),
        "a product without doses": records(_3=[["P"]]),
        "a product of ten doses": records(_3=[["P", 10]]),
        "a word too long": records(_3=[["P" * 25, 1]]),
        "129 products": records(_3=[["P", 1]] * 129),
        "a record too short": records([0, "x", 1]),
        "a code too long": records([0, "x" * 41, 1, 0]),
        "an empty code": records([0, "", 1, 0]),
        "a code that is a number": records([0, 7, 1, 0]),
        "a system that is not there": records([2, "x", 1, 0]),
        "a product that is not there": records([0, "x", 1, 1]),
        "a kind that is not there": records([0, "x", 5, 0]),
        "kind 0": records([0, "x", 0, 0]),
        "a test of kind 4": records([0, "x", 2, 3]),
        "a result of kind 4": records([0, "x", 3, 3]),
        "another disease": records([0, "x", 4, 2]),
        "not sorted by system": records([1, "a", 1, 0], [0, "b", 1, 0]),
        "not sorted by code": records([0, "b", 1, 0], [0, "a", 1, 0]),
        "a record twice": records([0, "a", 1, 0], [0, "a", 1, 0]),
        "an index too short": records([0, "a", 1, 0], _4=b""),
        "an index of odd length": records([0, "a", 1, 0], _4=b"\0"),
        "an index that points elsewhere": records([0, "a", 1, 0], _4=b"\0\1"),
        "an index beyond the end": records([0, "a", 1, 0], _4=b"\0\0\0\x64"),
        "a byte after it": good + b"\0",
        "cut short": good[:-1],
        "nothing": b"",
        "no map": b"\x80",
    }
    ((count, _), *answers) = ask(
        run_firmware, [(good, []), *((part, []) for part in wrong.values())]
    )
    assert count == 3
    assert dict(zip(wrong, answers, strict=True)) == dict.fromkeys(wrong, "values_invalid")


def test_noise_is_refused_or_read_but_nothing_else(run_firmware: Run) -> None:
    rng = random.Random(8)
    good = compile_values(small())
    cases = []
    for _ in range(1500):
        at = rng.randrange(len(good))
        piece = rng.choice((b"", rng.randbytes(2), good[at : at + 9], b"\xff"))
        part = good[:at] + piece + good[at + rng.randrange(5) :]
        cases.append((part, [(LOINC, "t"), (MP, "a")]))
    answers = ask(run_firmware, cases)
    assert len(answers) == len(cases)
    assert sum(answer == "values_invalid" for answer in answers) > 1000
