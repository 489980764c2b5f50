"""What every page's server lets in and gives away.

Nothing is trusted that arrives: sizes are bounded before they are read, only the page's own origin
may ask, and every answer carries headers that let the page load nothing from elsewhere.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bootstrap.places import PAGES
from host_tools.problems import Failure

MAX_REQUEST = 4096  # bytes

mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".js")


class Refused(Exception):
    """What somebody asked for and does not get. status: of HTTP."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


def headers(permissions: str = "", **sources: str) -> dict[str, str]:
    """A page loads its own files and nothing else, runs no inline script, is framed by nobody.

    sources: what it needs beyond script, style, img and connect, by the directive's name.
    """
    policy = "; ".join(
        (
            "default-src 'none'",
            *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "connect")),
            *(f"{kind}-src {source}" for kind, source in sources.items()),
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types onecode",
        )
    )
    closed = "camera=(), microphone=(), geolocation=()"
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": f"{permissions}, {closed}" if permissions else closed,
    }


def page_folder(name: str) -> Path:
    """A built page; Failure if set-up has not built it."""
    folder = PAGES / name
    if not (folder / "index.html").is_file():
        raise Failure(f"the page is not built: {folder} is missing; run: make setup")
    return folder


async def asked(request: Request) -> dict[str, object]:
    """The JSON object of a request, if it is one that the page itself makes."""
    origin = request.headers.get("origin")
    if origin is not None and origin != f"{request.url.scheme}://{request.headers.get('host')}":
        raise Refused(403, "another page asks")
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refused(415, "not JSON")
    data = bytearray()
    try:
        async for chunk in request.stream():
            data += chunk
            if len(data) > MAX_REQUEST:
                raise Refused(413, f"more than {MAX_REQUEST} bytes")
    except ClientDisconnect:
        raise Refused(400, "half a request") from None
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise Refused(400, "not JSON") from None
    if not isinstance(found, dict):
        raise Refused(400, "not a JSON object")
    return found


class Strict:
    """Adds the headers to every answer, errors included."""

    def __init__(self, inner: ASGIApp, headers: Mapping[str, str]) -> None:
        self._inner = inner
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def strict(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                asked = scope["path"].startswith("/api/")
                headers["Cache-Control"] = "no-store" if asked else "no-cache"
            await send(message)

        await self._inner(scope, receive, strict if scope["type"] == "http" else send)
