"""Makes the project importable from ``.venv`` and writes the commands of pyproject.toml into it."""

import stat
import sysconfig
import tomllib
from pathlib import Path

from bootstrap import packages, places, stamps, typings

# A script starts with a shell line, since a "#!" line breaks on long paths and on spaces.
_SCRIPT = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys

from {module} import {function}

sys.exit({function}())
"""


def key() -> str:
    """What the project's own commands depend on."""
    return stamps.key(
        packages.key(), files=[places.PYPROJECT, Path(__file__), Path(typings.__file__)]
    )


def link_project() -> None:
    """Make the project importable from the environment and write its commands.

    This is what an editable install does, without a build: a .pth file and a script for each entry
    of [project.scripts]. The type stubs of the firmware's modules are laid out too.
    """
    site_packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(places.VENV)}))
    typings.gather(site_packages)
    (site_packages / "project.pth").write_text(f"{places.ROOT}\n", encoding="utf-8")
    declared = tomllib.loads(places.PYPROJECT.read_text(encoding="utf-8"))["project"]["scripts"]
    for name, target in declared.items():
        write_script(places.VENV_BIN / name, target)


def write_script(script: Path, target: str) -> None:
    """Write a command that calls ``module:function``."""
    module, _, function = target.partition(":")
    text = _SCRIPT.format(python=places.VENV_PYTHON, module=module, function=function)
    stamps.write_atomically(script, text)
    script.chmod(script.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
