"""The terminal on a small heap, from compiled files, as on a board.

From LittleFS all code is copied to the heap; from a ROM file system, which is mapped flash, byte
code, constants and tables stay where they are. docs/architecture.md tells a technician which is for
whom.
"""

from __future__ import annotations

import pytest

from host_tools.interpreter import Interpreter
from host_tools.names import ES256
from host_tools.problems import Failure
from host_tools.simulator.compiled import DEVICE_KIB, Compiled, compile_into, has_romfs
from host_tools.simulator.demo_site import DemoSite
from host_tools.simulator.gate import NOON
from tests.scenarios.conftest import MakeTurnstile

# KiB for the firmware, from a file system and from mapped flash: with all four algorithms in use,
# and with ES256 and PS256.
LITTLEFS = {4: 264, 2: 236}
ROMFS = {4: 151, 2: 149}
ROUNDS = 3


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory, micropython: Interpreter) -> Compiled:
    """Firmware and stand-ins as .mpy."""
    try:
        return compile_into(tmp_path_factory.mktemp("mpy"), micropython)
    except Failure as failure:
        pytest.skip(str(failure))


@pytest.mark.parametrize("algorithms", [4, 2])
@pytest.mark.parametrize("layout", ["littlefs", "romfs"])
def test_the_gate_runs_on_a_small_heap(
    turnstile_of: MakeTurnstile,
    micropython: Interpreter,
    site: DemoSite,
    compiled: Compiled,
    layout: str,
    algorithms: int,
) -> None:
    if layout == "romfs" and not has_romfs(micropython):
        pytest.skip(f"MicroPython {micropython.name} has no vfs.VfsRom or no ffi")
    if algorithms == 2:
        site = DemoSite.make(NOON, algorithms={"shanghai": ES256, "hospital": ES256})
    kib = {"littlefs": LITTLEFS, "romfs": ROMFS}[layout][algorithms]
    turnstile = turnstile_of(
        site=site,
        firmware=getattr(compiled, layout),
        device=compiled.device,
        heap=f"{kib + DEVICE_KIB}k",
    )
    people = site.people()
    for number in range(ROUNDS):
        for person in people:
            shown = turnstile.send(person.data) if person.raw else turnstile.present(person.data)
            expected = person.expected or ("replayed" if number else None)
            assert shown.reason == expected, person.story
    last = turnstile.reader.send(b"A" * 20_000 + b"\r")
    turnstile.gate.run(last - turnstile.gate.clock.now() + 1000)
    expired = site.casting.from_file("sun-expired")
    assert turnstile.present(expired).reason == "code_expired"
