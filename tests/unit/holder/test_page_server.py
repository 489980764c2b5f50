"""The page's server: what issuers sign for a phone, and what is refused unseen."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography import x509

from host_tools.codes import oc1
from host_tools.firmware import ROOT
from host_tools.holder import tls
from host_tools.holder.enrolment import MAX_PHONES, Enrolment, new_ticket
from host_tools.holder.serve import HEADERS, application
from host_tools.keys.private import generate
from host_tools.names import EDDSA, ES256
from host_tools.pages.strict import MAX_REQUEST, Refused
from host_tools.problems import Failure
from tests.unit.gatectl import gatectl, works
from tests.unit.server import Served

NOW = 1_790_000_000
PERSONS = ROOT / "examples" / "persons"
TICKET = "the-ticket"
ISSUERS = {name: generate(ES256) for name in ("national", "shanghai", "hospital")}
PHONE = generate(ES256).public


def enrolment(person: str = "zhou-several-issuers") -> Enrolment:
    names = {ISSUERS["national"].public.kid: "National platform"}
    file = PERSONS / f"{person}.yaml"
    return Enrolment(file, TICKET, ISSUERS.__getitem__, "national", names, lambda: NOW)


class Server(Served):
    def __init__(self, folder: Path) -> None:
        super().__init__(application(enrolment(), ["127.0.0.1", "localhost"], folder))

    def enrol(self, asked: object, **headers: str) -> tuple[int, Any]:
        body = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
        headers.setdefault("Content_Type", "application/json")
        status, _, said = self.ask("POST", "/api/enrol", body, **headers)
        return status, json.loads(said) if said.startswith(b"{") else said


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("page")
    for name in ("index.html", "app.js", "manifest.webmanifest"):
        (folder / name).write_text(name)
    (folder.parent / "secret.txt").write_text("not for anybody")
    made = Server(folder)
    yield made
    made.stop()


def asked(**changes: object) -> dict[str, object]:
    jwk = {key: value for key, value in PHONE.jwk().items() if key in ("kty", "crv", "x", "y")}
    return {"ticket": TICKET, "key": jwk} | changes


def test_each_issuer_signs_for_the_phones_own_key(server: Server) -> None:
    status, answer = server.enrol(asked())
    assert status == 200
    holder, statements = oc1.parse_text(answer["code"])
    assert isinstance(holder, bytes)
    assert isinstance(statements, list)
    block = cbor2.loads(holder)
    assert block[2] == bytes.fromhex("7be2049fd5a1c836")
    assert block[8] == {1: {1: 2, -1: 1, -2: PHONE.raw[:32], -3: bool(PHONE.raw[63] & 1)}}
    assert len(statements) == 3
    for protected, _, payload, signature in statements:
        kid = cbor2.loads(protected)[4]
        [issuer] = [key for key in ISSUERS.values() if key.public.kid == kid]
        assert oc1.sign1(issuer, protected, b"OC1S" + holder, payload)[3] == signature
        assert cbor2.loads(payload)[6] == NOW
    assert answer["issuers"][ISSUERS["national"].public.kid.hex()] == "National platform"
    assert answer["issuers"][ISSUERS["hospital"].public.kid.hex()] == "hospital"
    assert answer["now"] == NOW


def test_a_person_without_a_pseudonym_gets_one_for_each_phone(tmp_path: Path) -> None:
    file = tmp_path / "anybody.yaml"
    file.write_text("health: {jurisdiction: CN, colour: green}\n")
    issuers = Enrolment(file, TICKET, ISSUERS.__getitem__, "national", {}, lambda: NOW)

    def subject(key: Any) -> bytes:
        holder = oc1.parse_text(str(issuers.issue(key)["code"]))[0]
        assert isinstance(holder, bytes)
        return bytes(cbor2.loads(holder)[2])

    other = generate(ES256).public
    assert subject(PHONE) == subject(PHONE)
    assert subject(PHONE) != subject(other)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"ticket": "another"}, 403), ({"ticket": ""}, 403), ({"ticket": None}, 403),
        ({"ticket": [TICKET]}, 403), ({"ticket": "\ud83d"}, 403),
        ({"key": None}, 400), ({"key": "x"}, 400), ({"key": {}}, 400),
        ({"key": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}, 400),
        ({"key": {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"}}, 400),
        ({"key": {"kty": "EC", "crv": "P-256", "x": 1, "y": []}}, 400),
        ({"key": {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}}, 400),
        ({"key": generate(EDDSA).public.jwk()}, 400),
    ],
)  # fmt: skip
def test_what_is_refused(server: Server, change: dict[str, object], status: int) -> None:
    got, answer = server.enrol(asked(**change))
    assert got == status, answer
    assert set(answer) == {"error"}


def test_a_point_that_is_not_on_the_curve_is_refused(server: Server) -> None:
    wrong = bytearray(PHONE.raw)
    wrong[-1] ^= 1
    x, y = (base64.urlsafe_b64encode(bytes(wrong[at : at + 32])).decode() for at in (0, 32))
    status, _ = server.enrol(asked(key={"kty": "EC", "crv": "P-256", "x": x, "y": y}))
    assert status == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"{", 400), (b"[]", 400), (b"null", 400), (b"\xff\xfe", 400),
        (b"[" * 4000, 400), (b'{"ticket": ' + b"1" * 4000 + b"}", 403),
        (b" " * (MAX_REQUEST + 1), 413), (b"{}" + b" " * 200_000, 413),
    ],
)  # fmt: skip
def test_requests_that_are_none(server: Server, body: bytes, status: int) -> None:
    assert server.enrol(body)[0] == status


def test_a_body_without_a_length_is_bounded_too(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as line:
        line.sendall(
            b"POST /api/enrol HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        for _ in range(5):
            line.sendall(b"400\r\n" + b" " * 0x400 + b"\r\n")
        assert b" 413 " in line.recv(4096).partition(b"\r\n")[0]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Type": "application/json; charset=utf-8"}, 200),
        ({"Origin": "http://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "elsewhere.example"}, 400),
        ({"Host": "elsewhere.example:80", "Origin": "http://elsewhere.example:80"}, 400),
    ],
)
def test_only_the_page_itself_may_ask(server: Server, headers: dict[str, str], status: int) -> None:
    assert server.enrol(asked(), **headers)[0] == status


def test_the_pages_own_origin_may(server: Server) -> None:
    for name in ("127.0.0.1", "localhost"):
        host = f"{name}:{server.port}"
        assert server.enrol(asked(), Host=host, Origin=f"http://{host}")[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200), ("HEAD", "/app.js", 200), ("GET", "/index.html", 200),
        ("GET", "/api/enrol", 404), ("PUT", "/api/enrol", 405), ("POST", "/", 405),
        ("GET", "/nothing", 404), ("GET", "/../secret.txt", 404),
        ("GET", "/%2e%2e/secret.txt", 404), ("GET", "/..%2fsecret.txt", 404),
        ("GET", "//etc/passwd", 404), ("GET", "/%00", 404), ("GET", "/api/other", 404),
    ],
)  # fmt: skip
def test_every_answer_is_strict(server: Server, method: str, path: str, status: int) -> None:
    got, headers, body = server.ask(method, path)
    assert got == status
    for name, value in HEADERS.items():
        assert headers[name.lower()] == value
    assert headers["cache-control"] == ("no-store" if path.startswith("/api/") else "no-cache")
    assert b"not for anybody" not in body


def test_types_that_browsers_insist_on(server: Server) -> None:
    for path, kind in (("/app.js", "text/javascript"), ("/manifest.webmanifest", "manifest+json")):
        assert kind in server.ask("GET", path)[1]["content-type"]


def test_the_policy_lets_nothing_in() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    for hole in ("unsafe", "*", "http", "data:", "blob:"):
        assert hole not in policy


def test_one_ticket_is_good_for_a_number_of_phones() -> None:
    issuers = enrolment("lin-all-green")
    for _ in range(MAX_PHONES):
        issuers._subjects[generate(ES256).public.raw] = bytes(8)
    with pytest.raises(Refused) as refused:
        issuers.issue(PHONE)
    assert refused.value.status == 429
    known = next(iter(issuers._subjects))
    issuers.issue(type(PHONE)(ES256, known))


def test_tickets_are_not_guessed() -> None:
    tickets = {new_ticket() for _ in range(100)}
    assert len(tickets) == 100
    assert all(len(ticket) >= 22 for ticket in tickets)


# https


def test_the_certificate_is_one_that_browsers_take(tmp_path: Path) -> None:
    made = tls.prepare(tmp_path / "tls", ["192.0.2.7", "localhost"])
    leaf, authority = x509.load_pem_x509_certificates(made.certificate.read_bytes())
    leaf.verify_directly_issued_by(authority)
    assert authority.public_bytes is not None
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] == ["192.0.2.7"]
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    life = leaf.not_valid_after_utc - leaf.not_valid_before_utc
    assert life <= timedelta(days=398)
    for file in (made.key, made.authority.with_name("page-ca.key.pem")):
        assert file.stat().st_mode & 0o77 == 0


def test_the_authority_stays_so_that_phones_trust_it_once(tmp_path: Path) -> None:
    first = tls.prepare(tmp_path, ["localhost"]).authority.read_bytes()
    assert tls.prepare(tmp_path, ["192.0.2.8"]).authority.read_bytes() == first
    late = datetime.now(UTC) + timedelta(days=tls.AUTHORITY_DAYS - 30)
    assert tls.prepare(tmp_path, ["localhost"], late).authority.read_bytes() != first
    (tmp_path / "page-ca.pem").write_text("damaged")
    with pytest.raises(Failure, match="remove it"):
        tls.prepare(tmp_path, ["localhost"])


def test_https_with_the_authority_trusted(tmp_path: Path) -> None:
    for name in ISSUERS:
        works("keys", "new", "issuer", "--name", name, cwd=tmp_path)
    person = PERSONS / "zhou-several-issuers.yaml"
    command = ["holder", "serve", str(person), "--tls", "--port", "0", "--ticket", TICKET]
    program = Path(gatectl.__globals__["GATECTL"])
    with subprocess.Popen(
        [program, *command], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            trusted = next(line for line in process.stdout if "trust" in line)
            url = next(line for line in process.stdout if line.startswith("Open "))
            assert url.startswith("Open https://localhost:")
            port = int(url.split(":")[2].split("/")[0])
            context = ssl.create_default_context(cafile=tmp_path / "keys/page-tls/page-ca.pem")
            assert "page-ca.pem" in trusted
            line = http.client.HTTPSConnection("localhost", port, timeout=30, context=context)
            line.request("GET", "/")
            assert line.getresponse().status == 200
            line.close()
        finally:
            process.kill()


# Mistakes at the command line


def test_mistakes_are_told_before_anything_is_served(tmp_path: Path) -> None:
    person = PERSONS / "zhou-several-issuers.yaml"
    done = gatectl("holder", "serve", person, cwd=tmp_path)
    assert done.returncode == 1
    assert "gatectl keys new" in done.stderr
    for name in ISSUERS:
        works("keys", "new", "issuer", "--name", name, cwd=tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = gatectl("holder", "serve", person, "--port", port, cwd=tmp_path)
    assert done.returncode == 1
    assert "--port" in done.stderr
    done = gatectl("holder", "serve", person, "--host", "::1", cwd=tmp_path)
    assert done.returncode == 2
    assert "IPv4" in done.stderr
