"""The firmware with a probe: after every so many decisions it says what heap and stack it uses."""

import gc
import json
import micropython

gc.threshold(4096)

from gate import verifier  # noqa: E402
from gate.runtime import app, teller  # noqa: E402

with open("soak.json") as _file:
    _EVERY = json.load(_file)

_deepest = [0]
_count = [0]


def _largest():
    """Bytes of the largest piece of the heap that is free, to a hundred or so."""
    most, least = gc.mem_free(), 0
    while most - least > 100:
        middle = (most + least) // 2
        try:
            bytearray(middle)
            least = middle
        except MemoryError:
            most = middle
    return least


_verify = verifier.crypto.verify
_decision = teller.Teller.decision


def _probed_verify(*arguments):
    used = micropython.stack_use()
    if used > _deepest[0]:
        _deepest[0] = used
    return _verify(*arguments)


def _probed_decision(self, *arguments):
    _decision(self, *arguments)
    _count[0] += 1
    if _count[0] % _EVERY == 0:
        low = gc.mem_free()
        gc.collect()
        free = gc.mem_free()
        print(json.dumps({
            "event": "soak", "scans": _count[0], "used": gc.mem_alloc(), "free": free, "low": low,
            "largest": _largest(), "stack": _deepest[0],
        }))  # fmt: skip
        _deepest[0] = 0


verifier.crypto.verify = _probed_verify
teller.Teller.decision = _probed_decision
app.start()
