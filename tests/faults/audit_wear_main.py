"""Runs on MicroPython: counts what the log costs its flash, and the heap.

argv: blocks of the file system, persons (a decision and a passage each), records between two quiet
moments (0: there are none).
"""

import gc
import json
import os
import sys

from flash import Powered, formatted

from gate.storage.audit import Audit

NOON = 1795521600
blocks, persons, pause = [int(word) for word in sys.argv[1:4]]
flash = formatted(blocks)
heaps = []


class Costs:
    """records: calls of `record`. erasing: those that erased a block. most: operations of one."""

    records = erasing = most = 0

    def record(self, kind, fields, number):
        before, erased = flash.operations, sum(flash.erases)
        assert log.record(kind, fields, NOON + 8 * number, 8000 * number), log.failing
        self.records += 1
        self.erasing += sum(flash.erases) != erased
        self.most = max(self.most, flash.operations - before)
        if pause and self.records % pause == 0:
            log.tend(NOON + 8 * number, 8000 * number)


costs = Costs()
with Powered(flash):
    os.mkdir("site")
    log = Audit("site/", "wear")
    for number in range(persons):
        costs.record(
            "decision",
            (
                ("gate", "A-1"),
                ("direction", 1),
                ("verdict", "granted" if number % 20 else "refused"),
                ("reason", None if number % 20 else "health_stale"),
                ("rule", "residents"),
                ("format", "OC1"),
                ("ms", 700 + number % 100),
                ("subject", number.to_bytes(16, "big")),
                ("kid", b"\x63\x1a\x66\x93"),
            ),
            number,
        )
        if number % 20:
            costs.record("passage", (("gate", "A-1"), ("direction", 1)), number)
        if number % (persons // 5) == persons // 5 - 1:
            gc.collect()
            heaps.append(gc.mem_alloc())
print(
    json.dumps({
        "records": costs.records,
        "erases": sum(flash.erases),
        "most_erased": max(flash.erases),
        "programmed": flash.programmed,
        "read": flash.read,
        "most_operations": costs.most,
        "erasing": costs.erasing,
        "heaps": heaps,
    })
)  # fmt: skip
