"""The order of the set-up: which steps are due, what runs side by side, how failures are told."""

import fcntl
import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

from bootstrap import commands, interpreters, packages, places, process, record, stamps
from bootstrap.errors import SetupError
from bootstrap.progress import complain, elapsed, say
from bootstrap.record import Interpreter

PACKAGES, COMMANDS, INTERPRETERS = "packages", "commands", "interpreters"
_INTERRUPTED = 130


def _keys() -> dict[str, str]:
    """Each step with the key of today's inputs."""
    return {
        PACKAGES: packages.key(),
        COMMANDS: commands.key(),
        INTERPRETERS: interpreters.key(),
    }


def due() -> list[str]:
    """The steps that are not done, or were done with other inputs, or whose result is gone."""
    done = stamps.load()
    intact = {
        PACKAGES: packages.intact(),
        COMMANDS: packages.intact(),
        INTERPRETERS: record.intact(),
    }
    return [step for step, key in _keys().items() if done.get(step) != key or not intact[step]]


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
    commands.link_project()


def _attempt(word_bits: int) -> Interpreter | SetupError:
    try:
        return interpreters.unpacked(word_bits)
    except SetupError as error:
        return error


def _set_up_interpreters(pool: ThreadPoolExecutor) -> None:
    record.save(_find_interpreters(pool))


def _find_interpreters(pool: ThreadPoolExecutor) -> list[Interpreter]:
    """What MICROPYTHON= names and nothing else; or PATH's, and the packages' for the rest."""
    if (named := record.override()) is not None:
        return [named]
    own = interpreters.on_path()
    missing = [bits for bits in (32, 64) if own is None or own.word_bits != bits]
    results = [attempt.result() for attempt in [pool.submit(_attempt, bits) for bits in missing]]
    failures = [result for result in results if isinstance(result, SetupError)]
    found = [result for result in (own, *results) if isinstance(result, Interpreter)]
    if not found:
        raise failures[0]
    for failure in failures:
        say("note", f"{failure.what}; going on without it (make clean setup tries again)")
    return found


def _set_up(steps: list[str]) -> list[SetupError]:
    """Do the steps that are due, side by side; return what went wrong."""
    jobs: list[tuple[tuple[str, ...], Future[None]]] = []
    errors: list[SetupError] = []
    with ThreadPoolExecutor(max_workers=4) as pool:
        if PACKAGES in steps or COMMANDS in steps:
            jobs.append(((PACKAGES, COMMANDS), pool.submit(_set_up_packages, steps)))
        if INTERPRETERS in steps:
            jobs.append(((INTERPRETERS,), pool.submit(_set_up_interpreters, pool)))
        for names, job in jobs:
            try:
                while not job.done():  # a plain result() would not notice every Ctrl-C
                    wait([job], timeout=0.2)
                job.result()
            except SetupError as error:
                errors.append(error)
            except KeyboardInterrupt:
                process.stop()  # or leaving the pool would wait for the tools to end
                raise
            else:
                stamps.save({name: key for name, key in _keys().items() if name in names})
    return errors


def _file_error(error: OSError) -> SetupError:
    return SetupError(
        "a file could not be used",
        f"{error.filename or places.ROOT}: {error.strerror}",
        "check that the disk is not full and that the project's folder is writable "
        "(GATE_CACHE can name another folder for downloads), then run it again",
    )


def main() -> int:
    """Set up what is due. Returns the exit status."""
    errors: list[SetupError] = []
    try:
        if not due():
            return 0
        with _alone():
            errors = _set_up(due())
            shutil.rmtree(places.cache() / "tmp", ignore_errors=True)
    except OSError as error:
        errors.append(_file_error(error))
    except KeyboardInterrupt:
        complain("set-up interrupted; run the same command again, it goes on from here")
        return _INTERRUPTED
    for failure in errors:
        complain(failure.report())
    if not errors:
        say("done", f"set up in {elapsed():.0f} s")
    return 1 if errors else 0
