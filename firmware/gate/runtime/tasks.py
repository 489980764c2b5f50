"""Tasks that do not end: one that raises is reported and started again."""

import asyncio
from micropython import const

_PAUSE_MS = const(200)  # before a task is started again


async def keep(name, task, report):
    """Run task() for ever. report(name, error) is told of every exception."""
    while True:
        try:
            await task()
        except Exception as error:
            try:
                report(name, error)
            except Exception:  # no memory to report with; the relay has a task of its own
                pass
        await asyncio.sleep_ms(_PAUSE_MS)
