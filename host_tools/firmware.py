"""Tables and constants of the firmware, for host code: puts `firmware/` on CPython's path.

Only modules without MicroPython's own features (viper, `machine`) can be imported this way: the
tables of reasons, claims and formats. Nothing that verifies or decides is ever run on CPython.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRMWARE = ROOT / "firmware"

if str(FIRMWARE) not in sys.path:
    sys.path.append(str(FIRMWARE))
