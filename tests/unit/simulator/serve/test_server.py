"""The server of the turnstile's page: who may look, who may move the gate, what else arrives."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_tools.pages.strict import MAX_REQUEST, Refused
from host_tools.simulator.serve.commands import COMMANDS, MAX_CODE, Command, parse
from host_tools.simulator.serve.feed import LINES, Feed
from host_tools.simulator.serve.server import HEADERS, MAX_TABS, application
from tests.unit.server import Served

TOKEN = "the-token"


class FakeGate:
    """Takes commands and does nothing."""

    def __init__(self) -> None:
        self.feed = Feed()
        self.asked: list[Command] = []
        self.full = False
        self.drawn: bytes | None = None

    def ask(self, command: Command) -> bool:
        if not self.full:
            self.asked.append(command)
        return not self.full

    def display(self) -> bytes | None:
        return self.drawn


class Server(Served):
    def __init__(self, folder: Path) -> None:
        self.gate = FakeGate()
        app = application(self.gate, TOKEN, ["127.0.0.1", "localhost"], folder)
        super().__init__(app, timeout_graceful_shutdown=0)

    def do(self, asked: object, **headers: str) -> int:
        body = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
        headers.setdefault("Content_Type", "application/json")
        return self.ask("POST", "/api/do", body, **headers)[0]

    def look(self, **headers: str) -> Tab:
        return Tab(self.port, headers)


class Tab:
    """An open stream of events."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        self._line.request("GET", "/api/events", headers=named)
        self.answer = self._line.getresponse()

    def next(self) -> dict[str, Any]:
        while True:
            line = self.answer.fp.readline()
            assert line, "the stream has ended"
            if line.startswith(b"data: "):
                document: dict[str, Any] = json.loads(line[6:])
                return document

    def close(self) -> None:
        self.answer.close()
        self._line.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("page")
    (folder / "index.html").write_text("<p>the page</p>")
    server = Server(folder)
    yield server
    server.stop()


@pytest.fixture
def server(running: Server) -> Server:
    running.gate.asked.clear()
    running.gate.full = False
    running.gate.drawn = None
    return running


FIRE = {"do": "input", "name": "fire", "lane": 0, "on": True}


# Who may move the gate


def test_whoever_has_the_token_moves_the_gate(server: Server) -> None:
    assert server.do({**FIRE, "token": TOKEN}) == 200
    assert server.gate.asked == [Command("input", {"name": "fire", "lane": 0, "on": True})]


@pytest.mark.parametrize("token", [None, "", "the-toke", "the-token ", 7, ["the-token"], "\ud83d"])
def test_nobody_else_does(server: Server, token: object) -> None:
    assert server.do({**FIRE, "token": token}) == 403
    assert server.do(FIRE) == 403
    assert server.gate.asked == []


def test_another_page_does_not_even_with_the_token(server: Server) -> None:
    asked = {**FIRE, "token": TOKEN}
    assert server.do(asked, Origin="https://elsewhere.example") == 403
    assert server.do(asked, Origin="null") == 403
    assert server.do(asked, Content_Type="text/plain") == 415, "what a form can send"
    assert server.do(asked, Host="elsewhere.example") == 400, "a name that was made to lead here"
    assert server.gate.asked == []
    assert server.do(asked, Origin=f"http://127.0.0.1:{server.port}") == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_only_a_post_moves_anything(server: Server, method: str) -> None:
    status = server.ask(method, "/api/do")[0]
    assert status in (404, 405)
    assert server.gate.asked == []


def test_too_much_at_once_is_refused(server: Server) -> None:
    server.gate.full = True
    assert server.do({**FIRE, "token": TOKEN}) == 429
    assert server.do(b"{" + b" " * MAX_REQUEST + b"}") == 413


# What else arrives


@pytest.mark.parametrize(
    "asked",
    [
        {}, {"do": "open"}, {"do": ["input"]}, {"do": "input"}, {**FIRE, "more": 1},
        {**FIRE, "on": 1}, {**FIRE, "lane": True}, {**FIRE, "lane": 2}, {**FIRE, "lane": -1},
        {**FIRE, "name": "relay"}, {"do": "show", "person": "", "reader": 0},
        {"do": "show", "person": "a" * 41, "reader": 0},
        {"do": "paste", "code": "a" * (MAX_CODE + 1), "reader": 0},
        {"do": "paste", "code": "a\nb", "reader": 0}, {"do": "paste", "code": "\x00", "reader": 0},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(server: Server, asked: dict[str, object]) -> None:
    assert server.do({**asked, "token": TOKEN}) == 400
    assert server.gate.asked == []


@pytest.mark.parametrize("body", [b"", b"[]", b"nil", b"\xff", b"[" * 4000, b'{"do":'])
def test_so_is_what_is_no_object(server: Server, body: bytes) -> None:
    assert server.do(body) == 400


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
NAMES = sorted({name for wanted in COMMANDS.values() for name in wanted} | {"do", "token"})


@settings(max_examples=400)
@given(
    st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), VALUES, max_size=5),
    st.sampled_from([*COMMANDS, "nothing"]) | VALUES,
)
def test_any_object_is_a_command_or_refused(asked: dict[str, object], do: object) -> None:
    try:
        command = parse({**asked, "do": do})
    except Refused as refused:
        assert refused.status == 400
    else:
        assert set(command.arguments) == set(COMMANDS[command.do])


@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(running: Server, body: bytes) -> None:
    assert running.do(body) in (400, 403)


# Who may look


def test_everybody_may_look(server: Server) -> None:
    server.gate.feed.put(5, {"power": True}, [{"source": "log", "event": "start"}])
    tab = server.look()
    news = tab.next()
    assert news["picture"] == {"power": True}
    assert news["lines"][-1]["event"] == "start"
    server.gate.feed.put(9, {"power": False})
    assert tab.next()["picture"] == {"power": False}
    tab.close()


def test_a_tab_that_comes_back_gets_what_it_missed(server: Server) -> None:
    feed = server.gate.feed
    feed.put(1, {"n": 1}, [{"source": "log", "event": "before"}])
    seen = server.look().next()["lines"][-1]["number"]
    feed.put(2, {"n": 2}, [{"source": "log", "event": "meanwhile"}])
    tab = server.look(Last_Event_ID=str(seen))
    assert [line["event"] for line in tab.next()["lines"]] == ["meanwhile"]
    tab.close()


@pytest.mark.parametrize("seen", ["-1", "x", "9" * 50, "²", "999999999"])
def test_a_number_that_it_cannot_have_seen_counts_as_none(server: Server, seen: str) -> None:
    server.gate.feed.put(1, {"n": seen}, [{"source": "log", "event": "here"}])
    tab = server.look(Last_Event_ID=seen.encode().decode("latin-1"))
    assert tab.next()["lines"][-1]["event"] == "here"
    tab.close()


def test_a_slow_tab_stalls_neither_the_gate_nor_another_tab(server: Server) -> None:
    """It reads nothing while much more happens than any buffer holds."""
    slow, quick = server.look(), server.look()
    quick.next()
    large = {"source": "log", "event": "x" * 2000}
    for number in range(3000):
        server.gate.feed.put(number, {"n": number}, [large] * 5)  # returns at once
    server.gate.feed.put(3000, {"n": "last"})
    while quick.next()["picture"] != {"n": "last"}:
        pass
    slow.close()
    quick.close()


def test_tabs_are_bounded(server: Server) -> None:
    server.gate.feed.put(1, {"n": "tabs"})
    tabs = []
    while (tab := server.look()).answer.status == 200:
        tab.next()
        tabs.append(tab)
        assert len(tabs) <= MAX_TABS
    assert tab.answer.status == 503
    for tab in tabs:
        tab.close()


def test_the_feed_keeps_to_its_bound_and_says_what_was_missed() -> None:
    feed = Feed()
    for number in range(LINES + 50):
        feed.put(number, {}, [{"n": number}])
    news = feed.news(-1, 10)
    assert news is not None
    assert (len(news.lines), news.missed) == (LINES, 40)
    assert feed.news(news.version, news.lines[-1].number) is None


# Files and headers


def test_every_answer_has_the_strict_headers(server: Server) -> None:
    for method, path in (("GET", "/"), ("GET", "/missing"), ("POST", "/api/do"), ("GET", "/../x")):
        _, headers, _ = server.ask(method, path)
        for name, value in HEADERS.items():
            assert headers[name.lower()] == value, (path, name)
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy


def test_the_display_is_a_picture_where_there_is_one(server: Server) -> None:
    assert server.ask("GET", "/api/display.png")[0] == 404
    server.gate.drawn = b"\x89PNG"
    status, headers, data = server.ask("GET", "/api/display.png")
    assert (status, headers["content-type"], data) == (200, "image/png", b"\x89PNG")
    assert headers["cache-control"] == "no-store"


def test_before_the_gate_has_started_there_is_no_news() -> None:
    assert Feed().news(-1, 0) is None
