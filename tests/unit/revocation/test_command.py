"""`gatectl revocation` as an operator uses it, and what the gate says afterwards."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from contextlib import chdir
from copy import copy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from host_tools import times
from host_tools.bundles import trust_list
from host_tools.bundles.entry import TrustEntry
from host_tools.bundles.jwks import card_entry
from host_tools.cli import gatectl as gatectl_command
from host_tools.codes import hc1, shc
from host_tools.keys.private import generate
from host_tools.names import ES256, LATEST
from host_tools.revocation import of_code
from host_tools.revocation.revocation_list import RevocationList
from tests.unit.gatectl import gatectl, works

SITE = """
site: Tower
version: {version}
valid: 2 days
revocation: lists/revoked.db
trust:
  files: [trust.json]
  issuers:
    - {{key: city, name: City}}
policy:
  colours: [green]
  ways:
    - {{name: green, health: {{}}}}
    - {{name: vaccinated, vaccination: {{}}, formats: [HC1]}}
"""
PERSON = """
subject: {subject}
id: {cti}
health:
  - {{jurisdiction: CN-31, colour: green}}
"""
NOW = times.now()
UVCI = "URN:UVCI:01:AT:0123456789ABCDEF#7"


class Office:
    """A folder with keys, a site, and codes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.version = 0
        (folder / "lists").mkdir()
        for role, name in (("issuer", "city"), ("issuer", "other"), ("operator", "ops")):
            works("keys", "new", role, "--name", name, cwd=folder)
        self.foreign = generate(ES256)
        kid = bytes(8)
        entry = TrustEntry(kid, ES256, self.foreign.public.raw, "AT", 0, LATEST, 31, (), 2)
        trust_list.save(folder / "trust.json", [entry])
        document = hc1.vaccination("AT", 2, 2, times.rfc3339(NOW - 60 * times.DAY)[:10])
        self.certificate = hc1.issue(
            self.foreign, kid, document, "AT", NOW - times.DAY, NOW + times.DAY
        )
        self.codes = [self.issue(n) for n in range(2)]
        self.write_site()

    def write_site(self) -> None:
        self.version += 1
        (self.folder / "site.yaml").write_text(SITE.format(version=self.version))

    def issue(self, number: int, key: str = "city") -> str:
        person = self.folder / "person.yaml"
        person.write_text(PERSON.format(subject=f"{number:016x}", cti=f"{number:08x}"))
        return works("issue", "person.yaml", "--key", key, cwd=self.folder).splitlines()[0]

    def revocation(self, *args: object) -> str:
        return self._runs("revocation", *args, "--site", "site.yaml")

    def _runs(self, *args: object) -> str:
        """What a command prints; in this process, since there are many."""
        with chdir(self.folder):
            done = CliRunner().invoke(gatectl_command, [str(arg) for arg in args])
        assert done.exit_code == 0, done.output
        return done.stdout

    def verdicts(self, after: str | None = None) -> list[Any]:
        """What a gate of the site says of both codes and the certificate, with a new bundle."""
        said = self._runs("bundle", "build", "site.yaml", *(("--after", after) if after else ()))
        assert after is None or "since version 1: recent" in said
        self.write_site()
        lines = "\n".join([*self.codes, self.certificate])
        said = works("verify", "--bundle", "site.bundle", "-", cwd=self.folder, input=lines)
        return [json.loads(line)["reason"] for line in said.splitlines()]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture
def office(opened: Office, tmp_path: Path) -> Office:
    """An office of one's own."""
    mine = copy(opened)
    mine.folder = tmp_path / "office"
    shutil.copytree(opened.folder, mine.folder)
    return mine


def test_a_code_is_revoked_and_comes_back(office: Office) -> None:
    said = office.revocation("add", office.codes[0])
    assert "1 of 1 were not on the list before" in said
    assert office.verdicts() == ["code_revoked", None, None]
    assert "\nrevoked\n" in office.revocation("check", office.codes[0])
    assert "not revoked" in office.revocation("check", office.codes[1])
    (listed,) = json.loads(office.revocation("list", "--json"))
    assert listed["kind"] == "cti"
    assert times.instant(listed["expires"], 0) > NOW + times.DAY
    assert "0 of 1" in office.revocation("add", office.codes[0])

    assert "1 entries taken off" in office.revocation("remove", office.codes[0])
    assert office.verdicts() == [None, None, None]
    assert "0 revoked, 1 taken back" in office.revocation("delta")
    assert "0 entries" in office.revocation("build")
    assert office.verdicts() == [None, None, None]


def test_by_cti_and_issuer(office: Office) -> None:
    office.revocation("add", "--cti", "00000001", "--issuer", "other")  # a key of the store
    assert office.verdicts() == [None, None, None]
    office.revocation("add", "--cti", "00000001", "--issuer", "City")  # a name in the trust list
    assert office.verdicts() == [None, "code_revoked", None]


SIGNED = {"uci": "UCI", "country": "COUNTRYCODEUCI", "signature": "SIGNATURE"}


@pytest.mark.parametrize("by", SIGNED)
def test_a_certificate_by_each_hash(office: Office, by: str) -> None:
    office.revocation("add", office.certificate, "--by", by)
    (listed,) = json.loads(office.revocation("list", "--json"))
    assert listed["kind"] == SIGNED[by]
    assert office.verdicts() == [None, None, "code_revoked"]
    answer = json.loads(office.revocation("check", office.certificate, "--json"))
    assert [one["of"] for one in answer["hashes"] if one["revoked"]] == [SIGNED[by]]
    assert all(one["in_the_parts"] == one["revoked"] for one in answer["hashes"])


@pytest.mark.parametrize(
    "args",
    [
        ("--uvci", UVCI),
        ("--uvci", UVCI, "--country", "AT"),
        ("--hash", hashlib.sha256(UVCI.encode()).hexdigest()),
        ("--hash", base64.b64encode(hashlib.sha256(UVCI.encode()).digest()[:16]).decode()),
    ],
    ids=["uvci", "country", "hex", "base64"],
)
def test_a_certificate_by_what_is_written(office: Office, args: tuple[str, ...]) -> None:
    office.revocation("add", *args)
    assert office.verdicts() == [None, None, "code_revoked"]


def test_a_batch_of_the_gateway_and_its_end(office: Office) -> None:
    name = "3f0c9a52-11aa-4bbb-8ccc-0123456789ab"
    digest = base64.b64encode(hashlib.sha256(UVCI.encode()).digest()[:16]).decode()
    batch = {"country": "AT", "expires": "2099-01-01T00:00:00Z", "kid": "UNKNOWN_KID",
             "hashType": "UCI", "entries": [{"hash": digest}]}  # fmt: skip
    (office.folder / f"{name}.json").write_text(json.dumps(batch))
    said = office.revocation("import", f"{name}.json")
    assert f"1 entries of {name}, 1 new" in said
    assert office.verdicts() == [None, None, "code_revoked"]
    assert "(AT), on the list since" in office.revocation("check", "--uvci", UVCI)
    gone = {"more": False, "batches": [{"batchId": name, "country": "AT", "deleted": True}]}
    (office.folder / "list.json").write_text(json.dumps(gone))
    assert f"{name} was deleted: 1 entries" in office.revocation("import", "list.json")
    assert office.verdicts() == [None, None, None]


def test_a_list_of_many(office: Office) -> None:
    lines = "\n".join(hashlib.sha256(b"%d" % n).hexdigest() for n in range(5000))
    (office.folder / "many.txt").write_text(lines)
    assert "5,000 entries of many.txt, 5,000 new" in office.revocation("import", "many.txt")
    assert "5,000 entries, 16" in office.revocation("build")
    stats = json.loads(office.revocation("stats", "--json"))
    assert stats["state"]["in the base"] == 5000
    assert 0 < stats["false matches of one look-up"] < 6e-8
    assert office.verdicts() == [None, None, None]


def test_a_days_delta_travels_alone(office: Office) -> None:
    lines = "\n".join(hashlib.sha256(b"%d" % n).hexdigest() for n in range(5000))
    (office.folder / "many.txt").write_text(lines)
    office.revocation("import", "many.txt")
    assert office.verdicts() == [None, None, None]
    (office.folder / "site.bundle").rename(office.folder / "monday.bundle")
    office.revocation("add", office.codes[1])
    assert office.verdicts(after="monday.bundle") == [None, "code_revoked", None]
    said = office._runs("bundle", "update", "monday.bundle", "site.bundle", "-o", "day.update")
    assert said.rstrip().endswith(": recent")
    assert (office.folder / "day.update").stat().st_size < 600
    shown = json.loads(office._runs("bundle", "show", "day.update", "--json"))
    assert shown["revoked"] == {"since": 1, "taken back since": 0}
    whole = json.loads(office._runs("bundle", "show", "site.bundle", "--json"))
    assert whole["revoked"]["in the base"] == 5000


def test_a_code_that_nobody_signed_revokes_nobody(office: Office) -> None:
    forged = office.issue(0, "other")  # the first person's cti, under another key
    done = gatectl("revocation", "add", forged, "--site", "site.yaml", cwd=office.folder)
    assert done.returncode == 1
    assert "issuer_unknown" in done.stderr
    assert not (office.folder / "lists" / "revoked.db").exists()


@pytest.mark.parametrize(
    ("args", "status", "complaint"),
    [
        (("add",), 2, "name what is meant"),
        (("add", "--cti", "00000001"), 2, "--issuer"),
        (("add", "--cti", "xyz", "--issuer", "city"), 2, "hexadecimal"),
        (("add", "--cti", "0001", "--issuer", "city"), 1, "4 to 16 bytes"),
        (("add", "--uvci", "U", "--country", "Austria"), 2, "two capital letters"),
        (("add", "--hash", "12"), 1, "is no hash"),
        (("add", "OC1:ABC"), 2, "--site"),
        (("list",), 1, "no such list"),
        (("delta",), 1, "no such list"),
    ],
)
def test_mistakes(tmp_path: Path, args: tuple[str, ...], status: int, complaint: str) -> None:
    works("keys", "new", "issuer", "--name", "city", cwd=tmp_path)
    done = gatectl("revocation", *args, cwd=tmp_path)
    assert done.returncode == status
    assert complaint in " ".join(done.stderr.split())
    assert not (tmp_path / "revoked.db").exists()


def test_a_bundle_says_when_its_list_is_missing(office: Office) -> None:
    done = gatectl("bundle", "build", "site.yaml", cwd=office.folder)
    assert done.returncode == 1
    assert "lists/revoked.db" in done.stderr


def test_a_code_gets_an_identifier(office: Office) -> None:
    for given, size in (("random", 16), ("00112233", 8)):
        said = works("issue", "person.yaml", "--key", "city", "--id", given, "--json",
                     cwd=office.folder)  # fmt: skip
        answer = json.loads(said)
        assert len(answer["id"]) == size
        listed = office.revocation("add", "--cti", answer["id"], "--issuer", "City")
        assert listed.split()[0] in office.revocation("check", answer["code"])
    done = gatectl("issue", "person.yaml", "--id", "12", cwd=office.folder)
    assert done.returncode == 2


def test_a_card_by_its_issuers_list(office: Office) -> None:
    """SMART Health Cards: what their issuer publishes is what the firmware looks up."""
    key = generate(ES256)
    where = "https://health.example"
    dose = shc.immunization("207", times.rfc3339(NOW - 60 * times.DAY)[:10])
    people = [shc.patient(), dose]
    codes = [shc.issue(key, shc.payload(where, NOW - 60, people, rid=rid)) for rid in ("a-1", "b2")]
    kid = shc.kid_of(key)
    published = {"kid": kid, "method": "rid", "ctr": 1, "rids": ["a-1"]}
    (office.folder / "crl.json").write_text(json.dumps(published))
    said = office.revocation("import", "crl.json")
    assert "1 new" in said
    (jwk,) = shc.jwks(key)["keys"]  # type: ignore[misc]
    entry = card_entry(jwk, "", where)
    for code, revoked in zip(codes, (True, False), strict=True):
        (statement,) = of_code.statements(code.encode(), trust_list.compile_trust([entry]))
        with RevocationList(office.folder / "lists" / "revoked.db") as book:
            listed = [one for e in statement.entries for one in book.find(e.hash16)]
        assert bool(listed) == revoked
    (office.folder / "crl.json").write_text(json.dumps({**published, "rids": []}))
    office.revocation("import", "crl.json")
    assert json.loads(office.revocation("stats", "--json"))["state"]["revoked"] == 0


def test_a_list_may_be_empty(office: Office) -> None:
    assert "0 entries" in office.revocation("build")
    assert office.verdicts() == [None, None, None]
