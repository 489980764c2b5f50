"""Where things are. Every other module asks here; nothing else spells these paths."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

VENV = ROOT / ".venv"
VENV_BIN = VENV / "bin"
VENV_PYTHON = VENV_BIN / "python"
STUBS = VENV / "micropython-stubs"

LOCK = ROOT / "requirements.lock"
PYPROJECT = ROOT / "pyproject.toml"
FIRMWARE = ROOT / "firmware"

# The pages' sources with the lock of their npm packages, and what they are built into.
WEB = ROOT / "web"
PAGES = ROOT / "build" / "web"

# What set-up knows: the steps done (stamps.py), the interpreters and the browser found, and a lock
# so that two runs do not get into each other's way.
STATE = ROOT / ".setup"
STAMPS = STATE / "done.json"
INTERPRETERS = STATE / "interpreters.json"
BROWSER = STATE / "browser.json"
RUN_LOCK = STATE / "lock"


def cache() -> Path:
    """The folder for downloads and unpacked packages: GATE_CACHE, or .cache in the project."""
    named = os.environ.get("GATE_CACHE")
    return Path(named).expanduser().absolute() if named else ROOT / ".cache"


def shown(path: Path) -> str:
    """The path as a person would type it from the project's folder."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
