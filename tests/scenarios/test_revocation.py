"""Somebody passes in the morning, is revoked at noon, and is refused in the afternoon."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from host_tools.bundles import build, bundle_file
from host_tools.keys.private import PrivateKey, generate
from host_tools.names import ES256
from host_tools.revocation import of_code
from host_tools.revocation.hashes import SIGNATURE, short
from host_tools.revocation.revocation_list import Entry, RevocationList, Source
from host_tools.simulator.demo_site import DemoSite
from host_tools.simulator.gate import NOON
from host_tools.simulator.turnstile import Turnstile
from tests.scenarios.conftest import MakeTurnstile

OPERATOR = Source("operator")
LOOK_MS = 5000  # the terminal looks for an update more often than that


@dataclass
class Office:
    """Who keeps the list and signs bundles of the demo's site."""

    path: Path
    site: DemoSite
    operators: list[PrivateKey]
    bundle: bundle_file.BundleFile | None = None

    @classmethod
    def open(cls, folder: Path, others: int = 2000) -> Office:
        """others: hashes of people who never come here."""
        path = folder / "revoked.db"
        entries = (Entry(short(b"%d" % n), SIGNATURE) for n in range(others))
        with RevocationList(path, create=True) as book:
            book.add(entries, OPERATOR, NOON)
        site = DemoSite.make(NOON, lane={2: 0})  # nobody is refused as replayed
        return cls(path, site, [generate(ES256) for _ in range(2)])

    @property
    def root(self) -> bytes:
        return build.root([one.public for one in self.operators], 2)

    def revoke(self, code: str) -> list[Entry]:
        """As `gatectl revocation add CODE` does."""
        trust = build.parts_of(self.site.site)[0].data
        entries = [e for s in of_code.statements(code.encode(), trust) for e in s.entries[:1]]
        with RevocationList(self.path) as book:
            assert book.add(entries, OPERATOR, NOON) > 0
        return entries

    def reinstate(self, entries: Iterable[Entry]) -> None:
        with RevocationList(self.path) as book:
            for entry in entries:
                assert book.remove(entry.hash16) == 1

    def whole(self) -> bytes:
        """Today's bundle."""
        site = replace(self.site.site, revocation=self.path)
        data = build.build(site, self.operators, self.bundle)
        self.bundle = bundle_file.read(data)
        return data

    def update(self) -> bytes:
        """What a terminal needs that has the last one."""
        before = self.bundle
        assert before is not None
        self.whole()
        assert self.bundle is not None
        return self.bundle.since(before).encode()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    (tmp_path / "office").mkdir()
    return Office.open(tmp_path / "office")


def give(turnstile: Turnstile, update: bytes) -> str:
    """A technician leaves a file on the terminal; says what became of it."""
    (turnstile.gate.folder / "site" / "incoming.bin").write_bytes(update)
    before = len(turnstile.record.events("update"))
    turnstile.wait_ms(LOOK_MS)
    after = turnstile.record.events("update")[before:]
    assert len(after) == 1
    verdict: str = after[0].fields["verdict"]
    return verdict


def test_a_days_delta(office: Office, turnstile_of: MakeTurnstile) -> None:
    lin = office.site.casting.from_file("lin-all-green")
    erika = office.site.casting.dcc("AT")
    turnstile = turnstile_of(office.site, bundle=office.whole(), root=office.root)
    assert turnstile.present(lin).granted
    assert turnstile.present(erika).granted

    revoked = office.revoke(lin)
    assert turnstile.present(lin).granted, "nobody has told the terminal yet"
    update = office.update()
    assert len(update) < 1500, "the head and the delta, not the base"
    assert give(turnstile, update) == "installed"
    refused = turnstile.present(lin)
    assert refused.reason == "code_revoked"
    assert refused.texts["zh"].startswith("此码已被签发机构撤销")
    assert not refused.pulse
    assert turnstile.present(erika).granted

    office.reinstate(revoked)
    office.revoke(erika)
    assert give(turnstile, office.update()) == "installed"
    assert turnstile.present(lin).granted
    assert turnstile.present(erika).reason == "code_revoked"


def test_a_restart_remembers(office: Office, turnstile_of: MakeTurnstile) -> None:
    zhou = office.site.casting.from_file("zhou-several-issuers", proof=True)
    office.revoke(zhou)
    turnstile = turnstile_of(office.site, bundle=office.whole(), root=office.root)
    assert turnstile.present(zhou).reason == "code_revoked"
    turnstile.gate.__exit__()
    turnstile.gate.__enter__()
    turnstile.wait_ms(LOOK_MS)
    assert turnstile.present(zhou).reason == "code_revoked"


def test_a_damaged_list_lets_nobody_pass(office: Office, turnstile_of: MakeTurnstile) -> None:
    """Flash that rots after the start: the block that is looked up has another check sum."""
    lin = office.site.casting.from_file("lin-all-green")
    turnstile = turnstile_of(office.site, bundle=office.whole(), root=office.root)
    assert turnstile.present(lin).granted
    assert office.bundle is not None
    pinned = office.bundle.manifest.part("revocation")
    assert pinned is not None
    path = turnstile.gate.folder / "site" / "parts" / pinned.digest.hex()
    data = bytearray(path.read_bytes())
    for at in range(120, len(data)):  # every block
        data[at] ^= 0x10
    with path.open("r+b") as file:  # in place: the terminal has it open
        file.write(data)
    assert turnstile.present(lin).reason == "revocation_invalid"


def test_a_terminal_gives_up_no_list(office: Office, turnstile_of: MakeTurnstile) -> None:
    """A bundle without the parts that the one before had is no way to forget what is revoked."""
    lin = office.site.casting.from_file("lin-all-green")
    office.revoke(lin)
    turnstile = turnstile_of(office.site, bundle=office.whole(), root=office.root)
    assert turnstile.present(lin).reason == "code_revoked"
    bare = replace(office.site.site, version=99)
    assert give(turnstile, build.build(bare, office.operators)) == "refused"
    assert turnstile.present(lin).reason == "code_revoked"
