"""A site's rules in words (YAML) -> the policy part (docs/formats.md).

Everything is read first, names are looked up afterwards, so that sections may stand in any order.
Mistakes are collected; `Item.finish` of the file's root tells of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from host_tools.cbor import encode
from host_tools.names import COLOURS, KINDS
from host_tools.policies import barrier, conditions, hours, lanes, lists, texts, ways, zones
from host_tools.policies.schema import Field, Section, each, named
from host_tools.yaml_file import Item

FIELDS = ("home", "timezone", "policy", "lane", "lanes", "texts")  # of a site's file
MAX_RISKS = 64
MAX_SCHEDULES = 16
MAX_PART = 65536  # bytes; the firmware's bound
CONFLICT = {"most_restrictive": 0, "local_wins": 1, "national_wins": 2, "newest_wins": 3}
EXIT = lanes.DIRECTIONS["exit"]
CONTRARY = ("health", "travel", "test")  # kinds whose claims can disagree


def _colours(item: Item) -> list[int]:
    return sorted(set(each(item, 1, len(COLOURS), lambda one: one.choice(COLOURS))))


def _speakers(item: Item) -> dict[int, object]:
    parts = SPEAKERS.read(item)
    return {KINDS[kind]: places for kind, places in parts.items()}


def _conflict(item: Item) -> dict[int, int]:
    if item.is_mapping:
        modes = CONFLICTS.read(item)
    else:
        modes = dict.fromkeys(CONTRARY, item.choice(CONFLICT))
    return {KINDS[kind]: mode for kind, mode in modes.items() if mode}


def _later(item: Item) -> Item:
    return item


_PLACES = Field(Item.jurisdictions, "who may speak for it", "up to 16 places", "anyone trusted")
SPEAKERS = Section(
    "policy: speakers:",
    "For each kind of claim, whose word counts: a place covers what lies within it. Claims for "
    "other places are not heard, whatever they say.",
    dict.fromkeys(KINDS, _PLACES),
)
_MODES = Field(
    lambda item: item.choice(CONFLICT), "how it is settled", f"of {', '.join(CONFLICT)}",
    "most_restrictive",
)  # fmt: skip
CONFLICTS = Section(
    "policy: conflict:",
    "What counts when several who may speak disagree; one word for all three kinds does too.",
    dict.fromkeys(CONTRARY, _MODES),
)
SECTION = Section(
    "policy:",
    "Whom the site lets in.",
    {
        "colours": Field(
            _colours, "accepted colours; any other, from anyone who is believed, refuses",
            f"of {', '.join(COLOURS)}", "green",
        ),
        "speakers": Field(_speakers, "whose word counts", "a mapping", "anyone trusted"),
        "conflict": Field(
            _conflict, "what counts when they disagree",
            f"of {', '.join(CONFLICT)}, or a mapping", "most_restrictive",
        ),
        "risk_regions": Field(
            lambda item: item.jurisdictions(MAX_RISKS),
            "who was there within the record's window is refused", "up to 64 places", "none",
        ),
        "hours": Field(_later, "hours of the week, with names", "up to 16 entries", "none"),
        "conditions": Field(_later, "conditions, with names", "up to 16 entries", "none"),
        "zones": Field(
            barrier.read_zones, "where people are counted, and how many may be there",
            f"up to {barrier.MAX_ZONES} names with a number", "none",
        ),
        "lists": Field(_later, "people, with names", "up to 8 entries", "none"),
        "ways": Field(_later, "ways in, one of which must hold", "1 to 16 ways", required=True),
        "accept": Field(_later, "conditions that must hold for everybody", "names", "none"),
        "refuse": Field(_later, "conditions that must not hold for anybody", "names", "none"),
    },
)  # fmt: skip


def compile_rules(parts: Mapping[str, Item], issued: int, expires: int) -> bytes:
    """The policy part. parts: the fields of a site's file. issued, expires: of the bundle."""
    return _Compiler(parts, issued, expires).part()


class _Compiler:
    def __init__(self, parts: Mapping[str, Item], issued: int, expires: int) -> None:
        self.parts = parts
        self.issued = issued
        self.expires = expires
        self.policy = SECTION.read(parts["policy"])
        self.hours = self._named("hours", MAX_SCHEDULES, lambda _, item: hours.read_hours(item))
        self.conditions = self._named(
            "conditions", conditions.MAX_CONDITIONS, conditions.read_condition
        )
        self.lists = self._named(
            "lists", lists.MAX_LISTS, lambda _, item: lists.read_list(item, issued)
        )
        self.ways: dict[str, dict[str, Any]] = {}
        if "ways" in self.policy:
            self._read_ways(self.policy["ways"])

    def _named(self, name: str, high: int, read: Any) -> dict[str, Any]:
        item = self.policy.get(name)
        if item is None:
            return {}
        with item.collecting():
            return named(item, high, read)
        return {}

    def _read_ways(self, item: Item) -> None:
        with item.collecting():
            for where, way in each(item, 1, ways.MAX_WAYS, ways.read_way):
                name = way.get("name", "")
                if name in self.ways:
                    where.note(f"there is another way with the name {name!r}")
                self.ways[name] = way

    def part(self) -> bytes:
        home = self._home()
        fields: dict[int, object] = {
            1: self.policy.get("colours", [COLOURS["green"]]),
            2: self.policy.get("speakers", {}),
            3: self.policy.get("risk_regions", []),
            4: self._ways(),
            5: {},
        }
        usual = self._lane("lane", lanes.SECTION)
        fields[5] = self._lane_fields(self.parts.get("lane"), usual)
        if home is not None:
            fields[6] = home
        if self.policy.get("conflict"):
            fields[7] = self.policy["conflict"]
        self._add_hours(fields)
        if self.conditions:
            fields[10] = [one.fields(name) for name, one in self.conditions.items()]
        if self.lists:
            fields[11] = self._lists()
        if "lanes" in self.parts:
            fields[12] = self._lanes(self.parts["lanes"], usual)
        words = self._texts()
        if words:
            fields[13] = words
        data = encode(fields)
        if len(data) > MAX_PART:
            self.parts["policy"].note(
                f"these rules take {len(data)} bytes; {MAX_PART} are possible: shorten the lists"
            )
        return data

    def _home(self) -> str | None:
        modes = self.policy.get("conflict", {}).values()
        if "home" in self.parts:
            with self.parts["home"].collecting():
                return self.parts["home"].jurisdiction()
        elif set(modes) & {CONFLICT["local_wins"], CONFLICT["national_wins"]}:
            self.parts["policy"].note(
                "say where the site is, as 'home:' beside 'policy:'; "
                "conflicts are to be settled by that"
            )
        return None

    def _ways(self) -> list[object]:
        found: list[object] = []
        for way in self.ways.values():
            with self.parts["policy"].collecting():
                found.append(ways.way_fields(way, self.hours, self.conditions, self.lists))
        return found

    def _lane(self, name: str, section: Section) -> dict[str, Any]:
        """The usual lane; the site's own conditions are its conditions."""
        parts: dict[str, Any] = {}
        if name in self.parts:
            with self.parts[name].collecting():
                parts = section.read(self.parts[name])
        for rule in ("accept", "refuse"):
            parts[rule] = [one[rule] for one in (self.policy, parts) if rule in one]
        return parts

    def _lane_fields(self, item: Item | None, parts: Mapping[str, Any]) -> dict[int, object]:
        with self.parts["policy"].collecting():
            return lanes.lane_fields(
                item, parts, self.ways, self.hours, self.conditions, self.policy.get("zones", {})
            )
        return {}

    def _lanes(self, item: Item, usual: Mapping[str, Any]) -> list[object]:
        found: list[object] = []
        with item.collecting():
            for one in item.items(1, lanes.MAX_LANES):
                with one.collecting():
                    own = lanes.OTHER.read(one)
                    merged = {**usual, **own}
                    for rule in ("accept", "refuse"):
                        merged[rule] = [*usual[rule], *([own[rule]] if rule in own else [])]
                    if own.get("direction") == EXIT and "anti_passback" not in own:
                        merged.pop("anti_passback", None)  # an exit says so itself
                    fields = self._lane_fields(one, merged)
                    found.append([own.get("gates", []), fields])
        return found

    def _add_hours(self, fields: dict[int, object]) -> None:
        """Hours and the time zone that they are in."""
        zone = None
        if "timezone" in self.parts:
            with self.parts["timezone"].collecting():
                zone = zones.read_zone(self.parts["timezone"])
        elif self.hours:
            self.policy["hours"].note(
                "in which time zone? add 'timezone: Asia/Shanghai' beside 'policy:'"
            )
        if self.hours and zone is not None:
            fields[8] = zones.compile_zone(zone, self.issued, self.expires)
            fields[9] = [one.fields(name) for name, one in self.hours.items()]

    def _lists(self) -> list[object]:
        found: list[object] = []
        people = sum(len(one.digests) for one in self.lists.values())
        if people > lists.MAX_LISTED:
            self.policy["lists"].note(
                f"{people} people are listed; {lists.MAX_LISTED} are possible in all lists together"
            )
        for name, one in self.lists.items():
            with self.policy["lists"].collecting():
                found.append(one.fields(name, self.hours, self.ways))
        return found

    def _texts(self) -> list[list[str]]:
        found: dict[texts.Key, texts.Text] = {}
        for condition in self.conditions.values():
            found |= condition.texts
        if "texts" in self.parts:
            item = self.parts["texts"]
            with item.collecting():
                found |= texts.read_texts(item)
                if len(found) > texts.MAX_TEXTS:
                    item.fail(f"{len(found)} texts; {texts.MAX_TEXTS} are possible")
        return texts.fields(found)
