"""Reads apt's own sources: which mirrors this system trusts for its distribution, and by which key.

Both forms are read, ``*.sources`` (deb822) and ``*.list`` (one line an entry). Only entries for the
distribution's base archive matter here; security, updates, backports and third parties do not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

_PART_SUITE = re.compile(r"-(?:security|updates|backports|backports-sloppy|proposed)$|/")
_BASE_ALIASES = {"stable", "oldstable", "oldoldstable", "testing", "unstable", "sid"}
_SCHEMES = ("http:", "https:", "file:", "mirror:", "mirror+", "tor+")
# Options of an entry that say whom to trust and how to connect; they are carried over unchanged.
_KEPT_FIELDS = ("signed-by", "trusted", "check-valid-until", "check-date")


@dataclass(frozen=True)
class Mirror:
    """One archive that apt is configured for."""

    uri: str
    suite: str
    components: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]

    def entry(self, suite: str, architecture: str) -> str:
        """A deb822 entry for another suite of the same archive, for the package index alone."""
        lines = [
            "Types: deb",
            f"URIs: {self.uri}",
            f"Suites: {suite}",
            f"Components: {' '.join(self.components)}",
            f"Architectures: {architecture}",
            "Targets: Packages",
            *(f"{name}: {value}" for name, value in self.fields),
        ]
        return "\n".join(lines) + "\n"


def _deb822(text: str) -> Iterator[dict[str, str]]:
    """The paragraphs of a .sources file; continuation lines are kept (keys may be inline)."""
    for paragraph in re.split(r"\n[ \t]*\n", text):
        fields: dict[str, str] = {}
        name = ""
        for line in paragraph.splitlines():
            if line.startswith("#"):
                continue
            if line[:1].isspace() and name:
                fields[name] += "\n" + line
            elif ":" in line:
                name, _, value = line.partition(":")
                name = name.strip().lower()
                fields[name] = value.strip()
        if fields:
            yield fields


_ONE_LINE = re.compile(
    r"^deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)(?P<rest>.*)$"
)


def _one_line(text: str) -> Iterator[dict[str, str]]:
    """The entries of a .list file, in the same shape."""
    for raw in text.splitlines():
        match = _ONE_LINE.match(raw.split("#", 1)[0].strip())
        if match is None:
            continue
        options = dict(
            option.partition("=")[::2] for option in (match["options"] or "").lower().split()
        )
        yield {
            "types": "deb",
            "uris": match["uri"],
            "suites": match["suite"],
            "components": match["rest"].strip(),
            **options,
        }


def _mirrors(fields: dict[str, str]) -> Iterator[Mirror]:
    """One mirror for each address and suite of an entry."""
    if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes") == "no":
        return
    kept = tuple((name.title(), fields[name]) for name in _KEPT_FIELDS if name in fields)
    for uri in fields.get("uris", "").split():
        for suite in fields.get("suites", "").split():
            yield Mirror(uri, suite, tuple(fields.get("components", "").split()), kept)


def base_mirrors(files: list[Path], codename: str) -> list[Mirror]:
    """The mirrors of the distribution's base archive, the likeliest first, each once."""
    found: dict[str, Mirror] = {}
    for file in files:
        text = file.read_text(encoding="utf-8", errors="replace")
        for fields in _deb822(text) if file.suffix == ".sources" else _one_line(text):
            for mirror in _mirrors(fields):
                if (
                    mirror.uri.startswith(_SCHEMES)
                    and {"main", "universe"} & set(mirror.components)
                    and not _PART_SUITE.search(mirror.suite)
                    and mirror.suite in _BASE_ALIASES | {codename}
                ):
                    known = found.get(mirror.uri, mirror)
                    components = dict.fromkeys((*known.components, *mirror.components))
                    found[mirror.uri] = replace(known, components=tuple(components))
    # A third party may use the same suite name; the distribution's own archive has this ending.
    own = re.compile(r"/(?:debian|ubuntu|ubuntu-ports)/?$|debian\.list$")
    return sorted(found.values(), key=lambda mirror: own.search(mirror.uri) is None)
