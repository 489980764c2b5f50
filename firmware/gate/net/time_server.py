"""Asks the site's time servers, one after the other: a thin driver around sntp.py.

Servers are named by their IPv4 address: looking up a name would block every lane for as long as a
name server takes to answer.
"""

import asyncio
import errno
import os
import socket
from micropython import const

from . import sntp
from .link import Link

_MAX_SERVERS = const(4)
_LOOK_MS = const(20)
_ANSWER_MS = const(1000)  # one that took longer says nothing exact to a second
_SOON_MS = const(64000)  # until it is asked again while the clock is not trusted, or in dispute
_LATER_MS = const(3600000)
_MUCH_LATER_MS = const(86400000)

DOWN = "network_down"
SILENT = "time_server_silent"


class TimeServer:
    """wiring: board.NETWORK. settings: of site/network.json. now_ms: the monotonic clock."""

    def __init__(self, wiring, settings, now_ms):
        servers = settings.get("time")
        if not isinstance(servers, list) or not 1 <= len(servers) <= _MAX_SERVERS:
            raise ValueError("network.json: time: addresses of 1 to 4 time servers")
        for server in servers:
            _check_address(server)
        self._servers = servers
        self._at = 0
        self._now = now_ms
        self._link = Link(wiring, settings.get("wifi"))

    async def ask(self):
        """Unix seconds as one of the servers says, or the reason (a str) why there are none."""
        if not self._link.up():
            return DOWN
        server = self._servers[self._at]
        self._at = (self._at + 1) % len(self._servers)
        cookie = os.urandom(8)
        line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            line.setblocking(False)
            line.sendto(sntp.question(cookie), socket.getaddrinfo(server, sntp.PORT)[0][-1])
            return await self._answer(line, cookie)
        except OSError:
            return DOWN
        finally:
            line.close()

    async def _answer(self, line, cookie):
        until = self._now() + _ANSWER_MS
        wrong = SILENT
        while self._now() < until:
            try:
                said = sntp.answer(line.recv(sntp.SIZE + 1), cookie)
                if not isinstance(said, str) or said == sntp.KISS:
                    return said
                wrong = said  # the right one may still come
            except OSError as error:
                if error.errno != errno.EAGAIN:
                    raise
            await asyncio.sleep_ms(_LOOK_MS)
        return wrong

    async def pause(self, problem, trusted):
        """Wait until it is time to ask again."""
        if problem == sntp.KISS and len(self._servers) == 1:
            await asyncio.sleep_ms(_MUCH_LATER_MS)
        else:
            await asyncio.sleep_ms(_SOON_MS if problem or not trusted else _LATER_MS)


def _check_address(text):
    parts = text.split(".") if isinstance(text, str) else ()
    numbers = [int(part) for part in parts if part.isdigit() and len(part) <= 3]
    if len(parts) != 4 or len(numbers) != 4 or max(numbers) > 255:
        raise ValueError("network.json: time: %r is no IPv4 address" % text)
