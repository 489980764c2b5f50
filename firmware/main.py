"""Starts the terminal, after boot.py has shut the gate."""

import gc

# While modules are loaded, what they leave behind is cleared away often: MicroPython moves nothing,
# and with holes all over the heap there is no room in one piece for tables and for inflate.
gc.threshold(4096)

from gate.runtime.app import start  # noqa: E402

start()
