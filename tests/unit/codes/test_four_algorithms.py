"""Issuers and operators of every algorithm at one site, as people set them up with gatectl."""

from __future__ import annotations

import json
from pathlib import Path

import cbor2
import pytest

from host_tools.codes import oc1
from host_tools.keys.private import NAMES

from ..gatectl import gatectl_here as gatectl
from ..gatectl import works_here as works

SITE = """
site: Lobby
version: 1
home: CN-31
trust:
  issuers:
    - {key: es256, claims: [health], for: [CN-31]}
    - {key: ed25519, claims: [travel]}
    - {key: ps256, claims: [vaccination]}
    - {key: sm2, claims: [test], for: [CN]}
policy:
  colours: [green]
  ways:
    - name: everything
      health: {}
      travel: {}
      vaccination: {}
      test: {kinds: [naat]}
"""
PERSON = """
subject: 0011223344556677
health: {issuer: es256, jurisdiction: CN-31, colour: green}
travel: {issuer: ed25519, jurisdiction: CN, regions: {CN-31: today}}
vaccination: {issuer: ps256, jurisdiction: CN, product: BIBP, dose: 3, of: 3, date: 2026-03-02}
tests: {issuer: sm2, jurisdiction: CN-31, kind: naat, result: negative, sampled: 1 hour ago}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("site")
    for name in NAMES:
        works("keys", "new", "issuer", "--alg", name, "--name", name, cwd=path)
    for name in ("sm2", "es256"):
        works("keys", "new", "operator", "--alg", name, "--name", f"operator-{name}", cwd=path)
    (path / "site.yaml").write_text(SITE)
    (path / "person.yaml").write_text(PERSON)
    return path


def verify(folder: Path, bundle: str, code: str) -> dict[str, object]:
    answer: dict[str, object] = json.loads(
        works("verify", "--bundle", bundle, "--json", code, cwd=folder)
    )
    return answer


def test_four_issuers_of_four_algorithms_in_one_code(folder: Path) -> None:
    works("bundle", "build", "site.yaml", "--key", "operator-sm2", "--key", "operator-es256",
          "-o", "both.bundle", cwd=folder)  # fmt: skip
    code = works("issue", "person.yaml", cwd=folder).strip()
    answer = verify(folder, "both.bundle", code)
    assert answer["ok"], answer
    claims = answer["claims"]
    assert isinstance(claims, dict)
    speakers = {kind: said[0]["issuer"] for kind, said in claims.items()}
    assert speakers == {
        "health": "es256", "travel": "ed25519", "vaccination": "ps256", "test": "sm2",
    }  # fmt: skip


def test_each_statement_is_held_to_its_own_issuers_key(folder: Path) -> None:
    works("bundle", "build", "site.yaml", "--key", "operator-sm2", "-o", "one.bundle", cwd=folder)
    code = works("issue", "person.yaml", cwd=folder).strip()
    for at in range(4):
        holder, statements = oc1.parse_text(code)
        assert isinstance(statements, list)
        payload = cbor2.loads(statements[at][2])
        payload[4] += 1
        statements[at][2] = cbor2.dumps(payload)
        answer = verify(folder, "one.bundle", oc1.to_text([holder, statements]))
        assert answer["reason"] == "signature_invalid"
        assert answer["kid"] == cbor2.loads(statements[at][0])[4].hex(), "the one that was changed"


def test_a_bundle_that_another_sm2_operator_signed(folder: Path) -> None:
    works("keys", "new", "operator", "--alg", "sm2", "--name", "stranger", cwd=folder)
    works("bundle", "build", "site.yaml", "--key", "operator-sm2", "-o", "ours.bundle", cwd=folder)
    works("bundle", "build", "site.yaml", "--key", "stranger", "-o", "theirs.bundle", cwd=folder)
    done = gatectl(
        "verify", "--bundle", "theirs.bundle", "--root", "ours.root.cbor", "OC1:", cwd=folder
    )
    assert "bundle_signatures" in done.stderr


def test_codes_of_sm2_issuers_are_reproducible(folder: Path) -> None:
    (folder / "test.yaml").write_text(
        "subject: 0011223344556677\nissuer: sm2\nissued: 2026-11-20\n"
        "tests: {jurisdiction: CN-31, kind: naat, result: negative, sampled: 2026-11-19}\n"
    )
    first, second = (works("issue", "test.yaml", cwd=folder) for _ in range(2))
    assert first == second


def test_an_sm2_issuers_public_half_travels_in_every_form(folder: Path) -> None:
    """Its owner shows it, the operator imports it: as a JWK, and as PEM beside the site's file."""
    (folder / "sm2.jwk").write_text(works("keys", "show", "sm2", "--jwk", cwd=folder))
    (folder / "sm2.pub.pem").write_text(works("keys", "show", "sm2", "--pem", cwd=folder))
    works("trust", "import", "sm2.jwk", "--name", "sm2", "-o", "trust.json", cwd=folder)
    code = works("issue", "person.yaml", cwd=folder).strip()
    site = SITE.replace("    - {key: sm2, claims: [test], for: [CN]}\n", "")
    works("trust", "import", "sm2.pub.pem", "--name", "sm2", "-o", "pem.json", cwd=folder)
    entries = [json.loads((folder / f"{name}.json").read_text())["issuers"][0]
               for name in ("trust", "pem")]  # fmt: skip
    assert entries[0]["kid"] == entries[1]["kid"]
    assert entries[1]["formats"] == ["OC1"]
    (folder / "imported.yaml").write_text(site.replace("trust:", "trust:\n  files: [trust.json]"))
    (folder / "pem.yaml").write_text(site.replace("trust:", "trust:\n  files: [pem.json]"))
    (folder / "file.yaml").write_text(SITE.replace("key: sm2,", "key: sm2.pub.pem,"))
    for name in ("imported", "pem", "file"):
        works("bundle", "build", f"{name}.yaml", "--key", "operator-sm2", cwd=folder)
        assert verify(folder, f"{name}.bundle", code)["ok"]


@pytest.mark.parametrize("name", NAMES)
def test_a_public_key_in_pem_is_imported_and_a_private_one_is_not(folder: Path, name: str) -> None:
    (folder / f"{name}.pub.pem").write_text(works("keys", "show", name, "--pem", cwd=folder))
    works("trust", "import", f"{name}.pub.pem", "-o", "pem.json", cwd=folder)
    (entry,) = json.loads((folder / "pem.json").read_text())["issuers"]
    (key,) = [key for key in json.loads(works("keys", "list", "--json", cwd=folder))
              if key["name"] == name]  # fmt: skip
    assert (entry["name"], entry["kid"], entry["key"]) == (name, key["kid"], key["public"])
    done = gatectl("trust", "import", key["file"], "-o", "none.json", cwd=folder)
    assert done.returncode == 1
    assert "private key" in done.stderr
