"""Gathers MicroPython's type stubs in a folder of their own: ``.venv/micropython-stubs``.

The packages lay them among everything else in site-packages, where mypy does not look for single
files, and where they would shadow CPython's own. mypy-firmware.ini names this folder instead, as
the standard library too, since MicroPython's differs.
"""

import shutil
from importlib.metadata import distributions
from pathlib import Path

from bootstrap import places

_PACKAGES = ("micropython-esp32-stubs", "micropython-stdlib-stubs")
# Bookkeeping of the packages, no stubs.
_IGNORED = (".dist-info", ".md", ".toml", ".json")


def gather(site_packages: Path) -> None:
    """Link every top-level stub file and folder of the packages."""
    shutil.rmtree(places.STUBS, ignore_errors=True)
    places.STUBS.mkdir()
    for package in _PACKAGES:
        for distribution in distributions(name=package, path=[str(site_packages)]):
            names = {path.parts[0] for path in distribution.files or () if path.parts[0] != ".."}
            for name in names:
                if not name.endswith(_IGNORED):
                    (places.STUBS / name).symlink_to(site_packages / name)
