"""Takes a bundle that a technician has dropped into the terminal's folder, between two persons."""

import asyncio
from micropython import const

from .settings import unload

_PATIENCE_MS = const(100)  # until it looks again whether somebody is passing


class Updates:
    """site: settings.Site. at_rest: whether nobody is at the gate. believe: called after a switch.

    failed(where, error): told of what breaks.
    """

    def __init__(self, site, at_rest, believe, failed):
        self._site = site
        self._at_rest = at_rest
        self._believe = believe
        self._failed = failed

    async def look(self):
        if not self._site.waiting():
            return
        try:
            await self._take(self._site.update())
        except Exception as error:  # no memory for the installer, say
            self._failed("update", error)
        unload()

    async def _take(self, update):
        try:
            for _ in update.prepare():
                await self._nobody()
            await self._nobody()
        except Exception as error:
            self._site.refuse(update, error)
        else:
            self._site.switch(update)
            self._believe()

    async def _nobody(self):
        """Let others run, and wait until nobody is passing."""
        await asyncio.sleep_ms(0)
        while not self._at_rest():
            await asyncio.sleep_ms(_PATIENCE_MS)
