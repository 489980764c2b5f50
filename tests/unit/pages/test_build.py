"""The pages are built the same each time, and docs/phone.md says of them what is so."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from bootstrap import node, places
from host_tools.holder.enrolment import MAX_PHONES
from host_tools.pages.strict import MAX_REQUEST

DOC = (places.ROOT / "docs" / "phone.md").read_text()
MAIN = (places.WEB / "holder" / "main.ts").read_text()


def _files(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_a_build_repeats_to_the_byte(tmp_path: Path) -> None:
    found = node.find()
    subprocess.run(
        [found.program, "build.mjs", tmp_path], cwd=places.WEB, env=found.env, check=True
    )
    built = _files(places.PAGES)
    assert _files(tmp_path) == built
    assert "holder/index.html" in built


@pytest.mark.parametrize("page", ["holder", "turnstile"])
def test_nothing_in_the_page_names_another_address(page: str) -> None:
    """But for names of XML, which nobody fetches, and the terms of the packages."""
    for name, data in _files(places.PAGES / page).items():
        text = data.decode(errors="replace")
        if name.endswith((".png", ".txt")):
            continue
        found = set(re.findall(r"https?://[^\s\"'`)]+", text))
        assert found <= {"http://www.w3.org/2000/svg"}, (name, found)


def test_the_worker_keeps_every_file_but_itself() -> None:
    worker = (places.PAGES / "holder" / "sw.js").read_text()
    for name in _files(places.PAGES / "holder"):
        assert (f'"{name}"' in worker) == (name not in ("sw.js", "index.html")), name
    assert '"./"' in worker


def test_the_terms_of_each_package_are_served() -> None:
    terms = (places.PAGES / "holder" / "licences.txt").read_text()
    declared = json.loads((places.WEB / "package.json").read_text())
    for name, version in declared["dependencies"].items():
        assert f"{name} {version}" in terms


def test_the_doc_lists_the_packages_with_their_licences() -> None:
    lock = json.loads((places.WEB / "package-lock.json").read_text())["packages"]
    declared = json.loads((places.WEB / "package.json").read_text())
    names = [*declared["dependencies"], *declared["devDependencies"]]
    rows = re.findall(r"^\| `([^`]+)` \| [^|]+ \| ([^|]+) \|$", DOC, re.MULTILINE)
    assert sorted(name for name, _ in rows) == sorted(names)
    for name, licence in rows:
        assert lock[f"node_modules/{name}"]["license"].strip("()").lower() == licence.lower()


def test_the_docs_figures_are_the_codes() -> None:
    assert "every ten seconds" in DOC
    assert "const PERIOD = 10;" in MAIN
    assert "more than 20 seconds" in DOC
    assert "const CLOCK_TOLERANCE = 20;" in MAIN
    assert f"at most {MAX_REQUEST // 1024} KiB" in DOC
    assert f"at most {MAX_PHONES} phones" in DOC
    assert f"Node.js {node.OLDEST} or newer" in DOC
