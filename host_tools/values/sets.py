"""Value sets from files: ours (YAML), the EU's (JSON), the CDC's table of CVX trade names (text).

`read` puts files together, the later ones over the earlier ones; `part.compile_values` makes of
them the values part that terminals read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from host_tools.names import TEST_KINDS
from host_tools.problems import Failure
from host_tools.yaml_file import Item, load

DEFAULT = Path(__file__).with_name("default.yaml")

MAX_WORD = 24  # bytes of a product's word, as in OC1
MAX_FILE = 8 << 20

MP = "mp"
CVX = "http://hl7.org/fhir/sid/cvx"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"

TESTS: Mapping[str, int] = {
    **{word: number - 1 for word, number in TEST_KINDS.items()},
    "other": len(TEST_KINDS),
}
RESULTS: Mapping[str, int] = {"negative": 0, "positive": 1, "other": 2}
AGENTS: Mapping[str, int] = {"COVID-19": 1}

Coded = tuple[str, str]  # coding system, code


@dataclass
class Sets:
    """What codes mean: product words, kinds of tests, results, diseases; doses by product."""

    doses: dict[str, int] = field(default_factory=dict)
    products: dict[Coded, str] = field(default_factory=dict)
    tests: dict[Coded, str] = field(default_factory=dict)
    results: dict[Coded, str] = field(default_factory=dict)
    agents: dict[Coded, str] = field(default_factory=dict)

    def add_product(self, coded: Coded, word: str, doses: int | None = None) -> None:
        """A code of a vaccine; its doses stay what they were if nobody says."""
        self.products[coded] = word
        self.doses[word] = self.doses.get(word, 0) if doses is None else doses


def read(paths: Iterable[Path] = (), default: bool = True) -> Sets:
    """The value sets of files, over the default ones unless these are not wanted."""
    sets = Sets()
    for path in (DEFAULT, *paths) if default else paths:
        add_file(sets, path)
    return sets


def add_file(sets: Sets, path: Path) -> None:
    """Add what one file says."""
    try:
        if path.stat().st_size > MAX_FILE:
            raise Failure(f"{path}: larger than {MAX_FILE >> 20} MiB, no value set")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{path}: cannot be read: {error}") from None
    if text.lstrip()[:1] == "{":
        _add_eu(sets, text, path)
    elif "|" in text.partition("\n")[0] and ":" not in text.partition("|")[0]:
        _add_cvx(sets, text)
    else:
        _add_ours(sets, load(path))


def _add_ours(sets: Sets, root: Item) -> None:
    parts = root.mapping(("systems", "products", "tests", "results", "agents"), ("systems",))
    systems = {name.text(): uri.text(1, 96) for name, uri in parts["systems"].pairs()}
    for word, product in parts["products"].pairs() if "products" in parts else ():
        fields = product.mapping(("doses", *systems), ("doses",))
        doses = fields["doses"].integer(0, 9)
        sets.doses[word.text(1, MAX_WORD)] = doses
        for name, codes in fields.items():
            for code in codes.items() if name != "doses" else ():
                sets.add_product((systems[name], code.text(1, 40)), word.text(), doses)
    for section, target, words in (
        ("tests", sets.tests, TESTS),
        ("results", sets.results, RESULTS),
        ("agents", sets.agents, AGENTS),
    ):
        for word, coded in parts[section].pairs() if section in parts else ():
            word.choice(words)
            for name, codes in coded.mapping(tuple(systems)).items():
                for code in codes.items():
                    target[systems[name], code.text(1, 40)] = word.text()


def _add_eu(sets: Sets, text: str, path: Path) -> None:
    """A value set as the EU DCC gateway gives it: {"valueSetId": ..., "valueSetValues": {...}}."""
    try:
        document = json.loads(text)
        name = document["valueSetId"]
        values = {code: str(value["display"]) for code, value in document["valueSetValues"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Failure(
            f'{path}: neither an EU value set ("valueSetId", "valueSetValues") nor YAML'
        ) from None
    add = _EU.get(name)
    if add is None:
        raise Failure(f"{path}: {name!r} says nothing that gates ask; known: {', '.join(_EU)}")
    for code, display in values.items():
        add(sets, code, display.replace("(deprecated)", "").strip())


def _eu_product(sets: Sets, code: str, display: str) -> None:
    sets.add_product((MP, code), sets.products.get((MP, code)) or _word(display))


def _eu_test(sets: Sets, code: str, display: str) -> None:
    words = display.lower()
    kind = "naat" if "nucleic" in words else "rat" if "immunoassay" in words else "other"
    sets.tests.setdefault((LOINC, code), kind)


def _eu_result(sets: Sets, code: str, display: str) -> None:
    known = {"detected": "positive", "not detected": "negative"}
    sets.results.setdefault((SNOMED, code), known.get(display.lower(), "other"))


def _eu_agent(sets: Sets, code: str, display: str) -> None:
    if display == "COVID-19":
        sets.agents[SNOMED, code] = display


_EU: Mapping[str, Callable[[Sets, str, str], None]] = {
    "vaccines-covid-19-names": _eu_product,
    "covid-19-lab-test-type": _eu_test,
    "covid-19-lab-result": _eu_result,
    "disease-agent-targeted": _eu_agent,
}


def _add_cvx(sets: Sets, text: str) -> None:
    """The CDC's table: trade name | short description | CVX | manufacturer | ... a line."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 3 and cells[2].isdecimal() and "COVID" in cells[1].upper():
            coded = (CVX, cells[2])
            if coded not in sets.products:
                sets.add_product(coded, _word(cells[0]))


def _word(display: str) -> str:
    """As much of a name as a product's word holds, cut between characters."""
    return display.encode()[:MAX_WORD].decode(errors="ignore").strip() or "unnamed"
