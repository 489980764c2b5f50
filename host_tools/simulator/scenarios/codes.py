"""The site of a scenario and what its people show: really signed, by keys made on the spot."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node

from host_tools import yaml_file
from host_tools.names import suggest
from host_tools.simulator.cast import PERSONS, Casting, flip_colour
from host_tools.simulator.demo_site import FILE, DemoSite
from host_tools.simulator.gate import NOON
from host_tools.simulator.scenarios.language import Scenario
from host_tools.yaml_file import Item


class Codes:
    """unix: what time it is in the world."""

    def __init__(self, scenario: Scenario, site: DemoSite, unix: Callable[[], int]) -> None:
        self._people = scenario.people
        self._site = site
        self._unix = unix
        self._made: dict[str, str] = {}
        for name, item in self._people.items():
            self._check(name, item)

    def of(self, name: str, gate: str) -> str:
        """What a person shows; made once, but with a proof, which is of the moment and the gate."""
        item = self._people[name]
        fields = _fields(item)
        if "shows the code of" in fields:
            return self.of(str(fields["shows the code of"]), gate)
        if fields.get("with proof"):
            return self._make(item, fields, gate)
        if name not in self._made:
            self._made[name] = self._make(item, fields, gate)
        return self._made[name]

    def _make(self, item: Item, fields: Mapping[str, Any], gate: str) -> str:
        if "shows" in fields:
            return str(fields["shows"])
        casting = Casting(self._site.keys, self._site.signers, self._unix(), gate)
        if "certificate of" in fields:
            return casting.dcc(str(fields["certificate of"]))
        proof = bool(fields.get("with proof"))
        stranger = self._site.keys["stranger"] if fields.get("signed by a stranger") else None
        if "says" in fields:
            code = casting.from_item(item.mapping(tuple(fields))["says"], proof, stranger)
        else:
            code = casting.from_file(str(fields["is"]), proof, stranger)
        return flip_colour(code) if fields.get("forged") else code

    def _check(self, name: str, item: Item) -> None:
        """One thing that the person shows, which there is."""
        fields = _fields(item)
        shown = fields.keys() & {"is", "says", "certificate of", "shows", "shows the code of"}
        if len(shown) != 1:
            item.fail(f"what {name} shows is one of: is, says, certificate of, shows, "
                      "shows the code of")  # fmt: skip
        if "is" in fields:
            known = [path.stem for path in PERSONS.glob("*.yaml")]
            if fields["is"] not in known:
                near = suggest(str(fields["is"]), known)
                item.fail(f"{fields['is']!r} is no file of examples/persons{near}")
        other = fields.get("shows the code of")
        if other is not None and (
            other not in self._people or "shows the code of" in _fields(self._people[str(other)])
        ):
            item.fail(f"{other!r} is nobody in this story who has a code of their own")


def site_of(scenario: Scenario) -> DemoSite:
    if scenario.site is None:
        return _demo_site()
    return DemoSite.make(NOON, document=merged(scenario), like=_demo_site())


def merged(scenario: Scenario, *changes: Item) -> Item:
    """The file of the demo's site with what the scenario, and an update in it, say otherwise."""
    node = yaml_file.load(FILE).node
    for item in (scenario.site, *changes):
        if item is not None:
            node = _over(node, item.node, ("policy", "lane"))
    return Item(node, scenario.document.document)


def _fields(item: Item) -> Mapping[str, Any]:
    fields = item.json()
    return fields if isinstance(fields, dict) else {"is": fields}


@lru_cache(maxsize=1)
def _demo_site() -> DemoSite:
    return DemoSite.make(NOON)


def _over(base: Node, other: Node, inside: Collection[str] = ()) -> MappingNode:
    """A mapping with the values of another in place of its own; inside: keys whose values are
    mappings to be treated so too."""
    values = {key.value: (key, value) for key, value in base.value}
    for key, value in other.value:
        if key.value in inside and isinstance(value, MappingNode) and key.value in values:
            value = _over(values[key.value][1], value)
        values[key.value] = key, value
    return MappingNode(base.tag, list(values.values()), base.start_mark, base.end_mark)
