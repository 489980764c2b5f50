"""The page's server: its files, `GET api/events` for whoever looks, `POST api/do` for whoever has
the token that `gatectl sim serve` printed."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Protocol

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from host_tools.pages.strict import Refused, Strict, asked, headers
from host_tools.simulator.serve.commands import Command, parse
from host_tools.simulator.serve.feed import Feed, News

PAGE = "turnstile"
HEADERS = headers()
MAX_TABS = 24
_LOOK_S = 0.04  # between two looks at the feed
_ALIVE_S = 5.0  # after which a silent stream says that it is still there


class Gate(Protocol):
    """What the server needs of the runner."""

    feed: Feed

    def ask(self, command: Command) -> bool:
        """Have it done soon; False if too much is waiting already."""

    def display(self) -> bytes | None:
        """The display as the driver drew it, as a PNG."""


def application(gate: Gate, token: str, hosts: Iterable[str], folder: Path) -> ASGIApp:
    """hosts: the names that it answers to, so that no other name leads here."""
    tabs = 0

    async def events(request: Request) -> Response:
        nonlocal tabs
        if tabs >= MAX_TABS:
            return JSONResponse({"error": "too many tabs"}, status_code=503)
        seen = request.headers.get("last-event-id", "")
        number = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else 0

        async def stream() -> AsyncIterator[bytes]:
            nonlocal tabs
            tabs += 1
            try:
                async for event in _events(gate.feed, number):
                    yield event
            finally:
                tabs -= 1

        return StreamingResponse(stream(), media_type="text/event-stream")

    async def do(request: Request) -> JSONResponse:
        try:
            said = await asked(request)
            if not _is(token, said.get("token")):
                raise Refused(403, "only who has the link from the terminal may move the gate")
            if not gate.ask(parse(said)):
                raise Refused(429, "too much at once")
        except Refused as refused:
            return JSONResponse({"error": refused.why}, status_code=refused.status)
        return JSONResponse({})

    def display(_: Request) -> Response:
        picture = gate.display()
        if picture is None:
            return JSONResponse({"error": "this board has no display"}, status_code=404)
        return Response(picture, media_type="image/png")

    inner = Starlette(
        routes=[
            Route("/api/events", events),
            Route("/api/do", do, methods=["POST"]),
            Route("/api/display.png", display),
            Mount("/", StaticFiles(directory=folder, html=True)),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[*hosts])],
    )
    return Strict(inner, HEADERS)


def _is(token: str, given: object) -> bool:
    if not isinstance(given, str):
        return False
    return hmac.compare_digest(given.encode(errors="surrogatepass"), token.encode())


async def _events(feed: Feed, number: int) -> AsyncIterator[bytes]:
    """News as server-sent events. Whoever reads slowly gets fewer pictures, each the newest."""
    version, silent = -1, 0.0
    while True:
        news = feed.news(version, number)
        if news is not None:
            version, silent = news.version, 0.0
            if news.lines:
                number = news.lines[-1].number
            yield _event(news, number)
        elif silent >= _ALIVE_S:
            silent = 0.0
            yield b": still here\n\n"
        await asyncio.sleep(_LOOK_S)
        silent += _LOOK_S


def _event(news: News, number: int) -> bytes:
    document = {
        "now_us": news.now_us,
        "picture": news.picture,
        "lines": [{"number": line.number, **line.fields} for line in news.lines],
        "missed": news.missed,
    }
    return f"id: {number}\ndata: {json.dumps(document, ensure_ascii=False)}\n\n".encode()
