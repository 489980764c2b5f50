"""The set-up's own decisions: mirrors, causes of failures, what is due. No network, no packages."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import Future
from pathlib import Path
from threading import Event

import pytest

from bootstrap import browser, commands, interpreters, node, places, process, run, stamps
from bootstrap.apt import System
from bootstrap.diagnosis import explain
from bootstrap.errors import SetupError
from bootstrap.packages import split_lock
from bootstrap.process import Outcome
from bootstrap.record import Interpreter
from bootstrap.sources import Mirror, base_mirrors

DEB822 = """\
# a comment
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://disabled.example/debian
Suites: bookworm
Components: main
"""

ONE_LINE = """\
deb [arch=amd64 signed-by=/etc/apt/keyrings/a.gpg] http://mirror.example/ubuntu noble main # c
deb http://mirror.example/ubuntu noble universe
deb http://mirror.example/ubuntu noble-updates main
deb-src http://source.example/ubuntu noble main
deb http://third.example/tool noble main
deb cdrom:[disc]/ noble main
"""


def _read(tmp_path: Path, name: str, text: str, codename: str) -> list[Mirror]:
    file = tmp_path / name
    file.write_text(text)
    return base_mirrors([file], codename)


def test_base_archive_is_found_in_deb822_sources(tmp_path: Path) -> None:
    key = "/usr/share/keyrings/debian-archive-keyring.gpg"
    (mirror,) = _read(tmp_path, "debian.sources", DEB822, "bookworm")
    assert mirror.uri == "http://mirror.example/debian"
    assert mirror.components == ("main", "contrib")
    assert mirror.fields == (("Signed-By", key),)
    entry = mirror.entry("trixie", "i386").splitlines()
    assert {"Suites: trixie", "Architectures: i386", f"Signed-By: {key}"} <= set(entry)


def test_key_inside_a_deb822_entry_is_carried_over(tmp_path: Path) -> None:
    key = "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDME\n -----END PGP PUBLIC KEY BLOCK-----"
    text = DEB822.replace(" /usr/share/keyrings/debian-archive-keyring.gpg", key)
    (mirror,) = _read(tmp_path, "debian.sources", text, "bookworm")
    assert f"Signed-By: {key}\n" in mirror.entry("trixie", "i386")


def test_base_archive_is_found_in_one_line_sources(tmp_path: Path) -> None:
    first, third_party = _read(tmp_path, "sources.list", ONE_LINE, "noble")
    assert first.uri == "http://mirror.example/ubuntu"
    assert first.components == ("main", "universe")
    assert first.fields == (("Signed-By", "/etc/apt/keyrings/a.gpg"),)
    assert third_party.uri == "http://third.example/tool"


@pytest.mark.parametrize(
    ("output", "why", "next_step"),
    [
        (
            "E: Failed to fetch x  File has unexpected size (1 != 2). Mirror sync in progress?",
            "being updated",
            "wait some minutes",
        ),
        ("Err:1 x InRelease\n  Could not resolve 'mirror.example'", "not be reached", "network"),
        ("W: GPG error: x NO_PUBKEY 0E98404D386FA1D9", "not signed by a key", "keyring"),
        ("E: Release file for x is expired (invalid since 3d)", "clock", "date"),
        ("E: Unable to locate package micropython", "no such package", "complete mirror"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not the one in", "pip config list"),
        ("ERROR: No matching distribution found for x==1", "does not have", "pip config list"),
        ("OSError: [Errno 28] No space left on device", "disk is full", "GATE_CACHE"),
        ("npm error code EINTEGRITY", "not the one in web/package-lock.json", "npm config"),
        ("npm error code E404\nnpm error 404 Not Found", "does not have a version", "npm config"),
        (
            "npm error network request failed, reason: getaddrinfo ENOTFOUND x",
            "not be reached",
            "npm",
        ),
        ("something new", "something new", "log"),
        ("", "nothing", "log"),
    ],
)
def test_failures_are_explained(output: str, why: str, next_step: str) -> None:
    error = explain("it failed", Outcome(1, output, Path("/cache/log/x.log")))
    assert why in error.why
    assert next_step in error.next_step
    assert error.report().startswith("set-up failed: it failed\n  why:  ")


def test_lock_is_split_by_what_must_be_built() -> None:
    lock = "# head\na==1 \\\n    --hash=sha256:aa\nesptool==5 \\\n    --hash=sha256:bb\nz==2 \\\n"
    wheels, sources = split_lock(lock + "    --hash=sha256:cc\n")
    assert "esptool" not in wheels
    assert ("aa" in wheels, "cc" in wheels) == (True, True)
    assert sources == "esptool==5 \\\n    --hash=sha256:bb\n"


@pytest.mark.parametrize("lock", [places.LOCK, node.LOCK, browser.LOCK], ids=lambda lock: lock.name)
def test_every_locked_package_has_a_hash(lock: Path) -> None:
    for part in split_lock(lock.read_text()):
        blocks = part.split("\n    # via")
        assert all("--hash=sha256:" in block for block in blocks if "==" in block)


def test_every_npm_package_is_locked_by_its_hash_and_by_no_address() -> None:
    lock = json.loads((places.WEB / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    for name, entry in packages.items():
        assert entry["integrity"].startswith("sha512-"), name
        assert "resolved" not in entry, name
    declared = json.loads((places.WEB / "package.json").read_text())
    for version in (declared["dependencies"] | declared["devDependencies"]).values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), "versions are exact"


def _system(codename: str, distribution: str = "debian") -> System:
    return System(distribution, codename, "amd64", (), ())


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        (_system("bookworm"), ["trixie", "forky", "sid"]),
        (_system("trixie"), ["trixie", "forky", "sid"]),
        (_system("forky"), ["forky", "trixie", "sid"]),
        (_system("noble", "ubuntu"), ["questing", "resolute"]),
        (_system("resolute", "ubuntu"), ["resolute", "questing"]),
    ],
)
def test_releases_are_tried_own_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, system: System, expected: list[str]
) -> None:
    tried: list[str] = []

    def unpack(_package: str, *, suite: str, **_: object) -> None:
        tried.append(suite)
        raise SetupError(f"no {suite}", "out of step", "wait")

    monkeypatch.setenv("GATE_CACHE", str(tmp_path))
    monkeypatch.setattr(interpreters.apt, "system", lambda: system)
    monkeypatch.setattr(interpreters.apt, "unpack", unpack)
    with pytest.raises(SetupError, match="no 32-bit MicroPython") as caught:
        interpreters.unpacked(32)
    assert tried == expected
    assert "MICROPYTHON=" in caught.value.next_step


def test_no_release_is_tried_when_none_can_be_reached(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tried: list[str] = []

    def unpack(_package: str, *, suite: str, **_: object) -> None:
        tried.append(suite)
        raise SetupError("no network", "unreachable", "connect", everywhere=True)

    monkeypatch.setenv("GATE_CACHE", str(tmp_path))
    monkeypatch.setattr(interpreters.apt, "system", lambda: _system("bookworm"))
    monkeypatch.setattr(interpreters.apt, "unpack", unpack)
    with pytest.raises(SetupError):
        interpreters.unpacked(64)
    assert tried == ["trixie"]


def test_unpacked_interpreter_needs_no_mirror(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def examine(name: str, command: tuple[str, ...]) -> Interpreter:
        return Interpreter(name, command, (1, 26, 1), 32)

    (tmp_path / "micropython" / "forky-i386").mkdir(parents=True)
    monkeypatch.setenv("GATE_CACHE", str(tmp_path))
    monkeypatch.setattr(interpreters.apt, "system", lambda: _system("bookworm"))
    monkeypatch.setattr(interpreters, "_command", lambda root: (str(root),))
    monkeypatch.setattr(interpreters, "examine", examine)
    assert interpreters.unpacked(32).name == "forky i386"


def test_damaged_record_means_nothing_is_done(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(places, "STAMPS", tmp_path / "done.json")
    assert stamps.load() == {}
    stamps.save({"packages": "1"})
    stamps.save({"commands": "2"})
    assert stamps.load() == {"packages": "1", "commands": "2"}
    places.STAMPS.write_text('{"packages": ')
    assert stamps.load() == {}


def test_key_changes_with_every_input(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    file.write_text("a")
    first = stamps.key("3.11", files=[file])
    assert stamps.key("3.11", files=[file]) == first
    assert stamps.key("3.12", files=[file]) != first
    file.write_text("b")
    assert stamps.key("3.11", files=[file]) != first
    assert stamps.key("ab", "c") != stamps.key("a", "bc")


def test_command_starts_from_a_folder_with_spaces(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bin_folder = tmp_path / "a b" / "bin"
    bin_folder.mkdir(parents=True)
    (bin_folder / "python").symlink_to(sys.executable)
    script = bin_folder / "tool"
    monkeypatch.setattr(places, "VENV_PYTHON", bin_folder / "python")
    commands.write_script(script, "os:getcwd")
    outcome = subprocess.run([str(script)], cwd="/", capture_output=True, text=True, check=False)
    # sys.exit(text) prints the text: what the function returned.
    assert (outcome.returncode, outcome.stderr) == (1, "/\n")


def test_steps_are_due_until_done_with_the_same_inputs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    core = [run.PACKAGES, run.COMMANDS, run.INTERPRETERS]
    keys = {step: f"key of {step}" for step in (*core, run.PAGES, run.BROWSER)}
    monkeypatch.setattr(places, "STAMPS", tmp_path / "done.json")
    monkeypatch.setattr(run, "_keys", lambda: keys)
    monkeypatch.setattr(run.packages, "intact", lambda: True)
    monkeypatch.setattr(run.record, "intact", lambda: True)
    monkeypatch.setattr(run.pages, "intact", lambda: True)
    monkeypatch.setattr(run.browser, "intact", lambda: True)
    assert run.due("test") == list(keys)
    assert run.due() == [*core, run.PAGES]
    assert run.due("demo") == core, "the demo waits for no page and no browser"
    stamps.save(keys)
    assert run.due("test") == []
    keys[run.COMMANDS] = "changed"
    assert run.due() == [run.COMMANDS]
    monkeypatch.setattr(run.record, "intact", lambda: False)
    assert run.due() == [run.COMMANDS, run.INTERPRETERS]


def test_missing_tool_is_named() -> None:
    with pytest.raises(SetupError, match="no-such-tool is not there"):
        process.need("no-such-tool", "install it")


def test_an_old_node_on_path_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, says in (("node", "v18.20.4"), ("npm", "9.2.0")):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {says}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("GATE_CACHE", str(tmp_path / "cache"))
    assert node.on_path() is None
    with pytest.raises(SetupError, match=r"no Node\.js 20"):
        node.find()
    (tmp_path / "node").write_text("#!/bin/sh\necho v22.1.0\n")
    found = node.find()
    assert (found.program, found.npm) == (tmp_path / "node", (str(tmp_path / "npm"),))
    assert found.env["PATH"].startswith(str(tmp_path))


def test_a_browser_that_is_named_must_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(places, "BROWSER", tmp_path / "browser.json")
    monkeypatch.setenv(browser.OVERRIDE, "/bin/false")
    with pytest.raises(SetupError, match="cannot be used"):
        browser.get(lambda: None)
    assert browser.load() is None
    assert not browser.intact()


def test_tests_go_on_without_a_browser(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def get(_wait: object) -> None:
        raise SetupError("could not download it", "the mirror has none\nmore", "wait")

    monkeypatch.setattr(run.browser, "get", get)
    monkeypatch.setattr(places, "BROWSER", tmp_path / "browser.json")
    assert "run make test" in browser.missing()
    run._browser(lambda: None)
    assert "could not download it: the mirror has none" in capsys.readouterr().out
    assert "could not download it: the mirror has none" in browser.missing()
    assert browser.load() is None


def test_what_needs_pip_waits_for_it_and_fails_with_it() -> None:
    job: Future[None] = Future()
    has_pip = Event()
    has_pip.set()
    run._waiting_for(None)()
    run._waiting_for(job, has_pip)()  # goes on, though packages are still being installed
    job.set_exception(SetupError("no packages", "", ""))
    for waiting in (run._waiting_for(job), run._waiting_for(job, has_pip)):
        with pytest.raises(run._NoPip):
            waiting()
