"""Serves the holder's page and the issuers' one question: files that never change while it runs,
and `POST api/enrol`.

Nothing is trusted that arrives: sizes are bounded before they are read, only the page's own origin
may ask, and every answer carries headers that let the page load nothing from elsewhere.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterable
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bootstrap.places import PAGES
from host_tools.holder.enrolment import Enrolment, Refused
from host_tools.problems import Failure

PAGE = PAGES / "holder"
MAX_REQUEST = 4096  # bytes

mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".js")

# The page loads its own files and nothing else, runs no inline script, and can be framed by nobody.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "connect")),
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types onecode",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "screen-wake-lock=(self), camera=(), microphone=(), geolocation=()",
}


def page_folder() -> Path:
    """The built page; Failure if set-up has not built it."""
    if not (PAGE / "index.html").is_file():
        raise Failure(f"the page is not built: {PAGE} is missing; run: make setup")
    return PAGE


def application(enrolment: Enrolment, hosts: Iterable[str], folder: Path) -> ASGIApp:
    """The whole server. hosts: the names it answers to, so that no other name leads here."""

    async def enrol(request: Request) -> JSONResponse:
        try:
            asked = await _asked(request)
            answer = await run_in_threadpool(enrolment.enrol, asked.get("ticket"), asked.get("key"))
        except Refused as refused:
            return JSONResponse({"error": refused.why}, status_code=refused.status)
        return JSONResponse(answer)

    inner = Starlette(
        routes=[
            Route("/api/enrol", enrol, methods=["POST"]),
            Mount("/", StaticFiles(directory=folder, html=True)),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[*hosts])],
    )
    return _Strict(inner)


async def _asked(request: Request) -> dict[str, object]:
    """The JSON object of a request, if it is one that the page makes."""
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
        asked = json.loads(data)
    except (ValueError, RecursionError):
        raise Refused(400, "not JSON") from None
    if not isinstance(asked, dict):
        raise Refused(400, "not a JSON object")
    return asked


class _Strict:
    """Adds the headers to every answer, errors included."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def strict(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                asked = scope["path"].startswith("/api/")
                headers["Cache-Control"] = "no-store" if asked else "no-cache"
            await send(message)

        await self._inner(scope, receive, strict if scope["type"] == "http" else send)
