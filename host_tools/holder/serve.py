"""Serves the holder's page and the issuers' one question: files that never change while it runs,
and `POST api/enrol`. What is let in, and under which headers: host_tools.pages.strict.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from host_tools.holder.enrolment import Enrolment
from host_tools.pages.strict import Refused, Strict, asked, headers

PAGE = "holder"
HEADERS = headers("screen-wake-lock=(self)", manifest="'self'", worker="'self'")


def application(enrolment: Enrolment, hosts: Iterable[str], folder: Path) -> ASGIApp:
    """The whole server. hosts: the names it answers to, so that no other name leads here."""

    async def enrol(request: Request) -> JSONResponse:
        try:
            said = await asked(request)
            answer = await run_in_threadpool(enrolment.enrol, said.get("ticket"), said.get("key"))
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
    return Strict(inner, HEADERS)
