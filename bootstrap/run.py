"""The order of the set-up: which steps are due, what runs side by side, how failures are told."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from bootstrap import interpreters, packages, places, stamps
from bootstrap.errors import SetupError
from bootstrap.progress import complain, elapsed, say

PACKAGES, COMMANDS, INTERPRETERS = "packages", "commands", "interpreters"
_INTERRUPTED = 130


def due() -> list[str]:
    """The steps that are not done, or not with today's inputs."""
    done = stamps.load()
    checks: dict[str, tuple[str, bool]] = {
        PACKAGES: (packages.key(), packages.intact()),
        COMMANDS: (packages.commands_key(), packages.intact()),
        INTERPRETERS: (interpreters.key(), interpreters.intact()),
    }
    return [step for step, (key, intact) in checks.items() if done.get(step) != key or not intact]


@contextmanager
def _alone() -> Iterator[None]:
    """Wait for another set-up of the same folder to end."""
    places.STATE.mkdir(parents=True, exist_ok=True)
    with places.RUN_LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting", "another set-up is at work in this folder")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _set_up_packages(steps: list[str]) -> None:
    if PACKAGES in steps:
        packages.install()
    packages.link_project()


def _attempt(work: Callable[[], interpreters.Record]) -> interpreters.Record | SetupError:
    try:
        return work()
    except SetupError as error:
        return error


def _find_interpreters(pool: ThreadPoolExecutor) -> list[interpreters.Record]:
    """What MICROPYTHON= names and nothing else; or PATH's, and the packages' for the rest."""
    if (named := interpreters.override()) is not None:
        return [named]
    found = {record.word_bits: record for record in [interpreters.on_path()] if record is not None}
    tries = [
        pool.submit(_attempt, lambda bits=bits: interpreters.unpacked(bits))
        for bits in (32, 64)
        if bits not in found
    ]
    results = [attempt.result() for attempt in tries]
    failures = [result for result in results if isinstance(result, SetupError)]
    records = [result for result in results if not isinstance(result, SetupError)]
    records += found.values()
    if not records:
        raise failures[0]
    for failure in failures:
        say("note", f"{failure.what}; going on without it (make clean setup tries again)")
    return records


def _set_up(steps: list[str]) -> list[SetupError]:
    """Do the steps that are due; return what went wrong."""
    errors: list[SetupError] = []
    with ThreadPoolExecutor(max_workers=4) as pool:
        environment: Future[None] | None = None
        found: Future[list[interpreters.Record]] | None = None
        if PACKAGES in steps or COMMANDS in steps:
            environment = pool.submit(_set_up_packages, steps)
        if INTERPRETERS in steps:
            found = pool.submit(_find_interpreters, pool)
        if found is not None:
            try:
                interpreters.save(found.result())
                stamps.save(INTERPRETERS, interpreters.key())
            except SetupError as error:
                errors.append(error)
        if environment is not None:
            try:
                environment.result()
                stamps.save(PACKAGES, packages.key())
                stamps.save(COMMANDS, packages.commands_key())
            except SetupError as error:
                errors.append(error)
    return errors


def main() -> int:
    """Set up what is due. Returns the exit status."""
    try:
        if not due():
            return 0
        with _alone():
            errors = _set_up(due())
            shutil.rmtree(places.cache() / "tmp", ignore_errors=True)
    except SetupError as error:
        errors = [error]
    except OSError as error:
        where = error.filename or places.ROOT
        errors = [
            SetupError(
                "a file could not be used",
                f"{where}: {error.strerror}",
                "check that the disk is not full and that the project's folder is writable "
                "(GATE_CACHE can name another folder for downloads), then run it again",
            )
        ]
    except KeyboardInterrupt:
        complain("set-up interrupted; run the same command again, it goes on from here")
        return _INTERRUPTED
    for error in errors:
        complain(error.report())
    if not errors:
        say("done", f"set up in {elapsed():.0f} s")
    return 1 if errors else 0
