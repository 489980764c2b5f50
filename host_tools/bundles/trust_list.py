"""Trust lists, the one import for others: `load` a trust file, `compile_trust` it for gates."""

from __future__ import annotations

from host_tools.bundles.entry import TrustEntry, compile_trust, merge
from host_tools.bundles.imports import Imported, Overrides, import_data, import_files
from host_tools.bundles.trust_file import load, save

__all__ = [
    "Imported",
    "Overrides",
    "TrustEntry",
    "compile_trust",
    "import_data",
    "import_files",
    "load",
    "merge",
    "save",
]
