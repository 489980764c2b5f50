"""Issuers of SMART Health Cards: their JWK sets and VCI's snapshot become trust entries, and a site
that trusts them lets their cards in."""

from __future__ import annotations

import copy
import hashlib
import json
import time
from pathlib import Path
from typing import Any

import pytest

from host_tools.bundles import inspect
from host_tools.bundles.entry import compile_trust, merge
from host_tools.bundles.imports import import_data
from host_tools.codes import shc
from host_tools.keys.private import PrivateKey, generate
from host_tools.keys.public import thumbprint
from host_tools.keys.store import KeyStore, load_private
from host_tools.names import ES256
from host_tools.times import rfc3339

from ..gatectl import gatectl, works

URL = "https://cards.example.org/issuer"
KEY = generate(ES256)
OTHER = generate(ES256)
AT = 1_790_000_000


def card(key: PrivateKey = KEY, url: str = URL) -> str:
    told = [shc.patient(), shc.immunization("208", "2026-01-05")]
    told.append(shc.immunization("208", "2026-02-02"))
    return shc.issue(key, shc.payload(url, AT - 86400, told))


def imported(document: object, iss: str | None = URL) -> tuple[list[Any], list[str]]:
    found = list(import_data(json.dumps(document).encode(), "file", iss=iss))
    return [f.entry for f in found if f.entry], [f.problem for f in found if f.problem]


def test_a_jwk_set_under_its_url() -> None:
    (entry, other), problems = imported(shc.jwks(KEY, OTHER))
    assert not problems
    assert entry.kid == thumbprint(KEY.public)[:16]
    assert (entry.key, entry.formats, entry.claims, entry.iss) == (KEY.public.raw, 4, 12, (URL,))
    assert entry.name == "cards.example.org"
    assert other.kid != entry.kid


def test_without_a_url_a_jwk_is_for_the_other_formats() -> None:
    (entry,), _ = imported(shc.jwks(KEY), iss=None)
    assert (entry.formats, entry.iss) == (3, ())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"alg": "ES384"}, "ES256"),
        ({"alg": None}, "ES256"),
        ({"use": "enc"}, "sig"),
        ({"crv": "P-384"}, "P-256"),
        ({"kty": "OKP"}, "EC"),
        ({"kid": "another"}, "thumbprint"),
        ({"kid": None}, "thumbprint"),
        ({"x": "AAAA"}, "32 are needed"),
    ],
)
def test_what_the_framework_forbids_is_not_imported(changes: dict[str, Any], says: str) -> None:
    document = copy.deepcopy(shc.jwks(KEY))
    document["keys"][0] |= changes  # type: ignore[index]
    entries, (problem,) = imported(document)
    assert not entries
    assert says in problem


SNAPSHOT = {
    "directory": "https://directory.example/list.json",
    "time": "2026-08-22T04:43:50Z",
    "issuerInfo": [
        {"issuer": {"iss": URL, "name": "State"}, **shc.jwks(KEY)},
        {"issuer": {"iss": "https://a.example/r4/1", "name": "Hospital 1"}, **shc.jwks(OTHER)},
        {"issuer": {"iss": "https://a.example/r4/2", "name": "Hospital 2"}, **shc.jwks(OTHER)},
    ],
}


def test_a_snapshot_says_who_publishes_which_key() -> None:
    entries, problems = imported(SNAPSHOT, iss=None)
    assert not problems
    by_kid = {entry.kid: entry for entry in merge(entries)}
    state = by_kid[thumbprint(KEY.public)[:16]]
    assert (state.name, state.iss) == ("State", (URL,))
    shared = by_kid[thumbprint(OTHER.public)[:16]]
    assert shared.name == "a.example"
    assert shared.iss == ("https://a.example/r4/1", "https://a.example/r4/2")
    part = compile_trust(entries)
    told = {entry.kid: entry.iss for entry in inspect.entries(part)}
    assert [len(told[entry.kid]) for entry in (state, shared)] == [1, 2]
    assert told[state.kid] == (hashlib.sha256(URL.encode()).hexdigest()[:16],)


def test_the_trust_file_keeps_the_urls(tmp_path: Path) -> None:
    (tmp_path / "snapshot.json").write_text(json.dumps(SNAPSHOT))
    works("trust", "import", "snapshot.json", "--jurisdiction", "US-CA", cwd=tmp_path)
    for text, fine in (
        (card(), True),
        (card(OTHER, "https://a.example/r4/2"), True),
        (card(OTHER, "https://a.example/r4/3"), False),
        (card(generate(ES256)), False),
    ):
        answer = works(
            "verify", "--trust", "trust.json", "--at", rfc3339(AT), "--json", text, cwd=tmp_path
        )
        assert json.loads(answer)["ok"] == fine


def test_the_url_of_the_command_may_be_that_of_the_set(tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_text(json.dumps(shc.jwks(KEY)))
    iss = URL + "/.well-known/jwks.json"
    works("trust", "import", "jwks.json", "--iss", iss, "-o", "t.json", cwd=tmp_path)
    assert json.loads((tmp_path / "t.json").read_text())["issuers"][0]["iss"] == [URL]
    plain = gatectl("trust", "import", "jwks.json", "--iss", "http://x", cwd=tmp_path)
    assert plain.returncode == 1
    assert "https://" in plain.stderr


def test_a_key_for_cards_without_a_url_is_refused(tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_text(json.dumps(shc.jwks(KEY)))
    works("trust", "import", "jwks.json", "--iss", URL, "-o", "t.json", cwd=tmp_path)
    document = json.loads((tmp_path / "t.json").read_text())
    del document["issuers"][0]["iss"]
    (tmp_path / "t.json").write_text(json.dumps(document))
    outcome = gatectl("trust", "list", "t.json", cwd=tmp_path)
    assert outcome.returncode == 1
    assert "--iss" in outcome.stderr


SITE = """
site: Test
version: 1
trust:
  issuers:
    - {{key: cards, name: State, claims: [vaccination], for: [US-CA], formats: [SHC], iss: {url}}}
policy:
  ways:
    - {{name: vaccinated, formats: [SHC], vaccination: {{dose: 2, complete: yes, from: [US]}}}}
{more}
"""


@pytest.mark.parametrize(
    ("more", "reason"),
    [("", None), ("values: default", None), ("values: none", "claims_invalid")],
)
def test_a_site_trusts_an_issuer_of_cards(tmp_path: Path, more: str, reason: str | None) -> None:
    works("keys", "new", "issuer", "--name", "cards", cwd=tmp_path)
    works("keys", "new", "operator", cwd=tmp_path)

    key = load_private("cards", KeyStore(tmp_path / "keys"), None)
    (tmp_path / "site.yaml").write_text(SITE.format(url=URL, more=more))
    works("bundle", "build", "site.yaml", cwd=tmp_path)
    told = [shc.patient(), *(shc.immunization("208", f"2026-0{n}-05") for n in (1, 2))]
    text = shc.issue(key, shc.payload(URL, time.time() - 60, told))
    answer = json.loads(works("verify", "--bundle", "site.bundle", "--json", text, cwd=tmp_path))
    assert (answer["reason"], answer["ok"]) == (reason, reason is None)
    if reason is None:
        assert answer["rule"] == "vaccinated"
        assert answer["decided_by"]["product"] == "Comirnaty"
