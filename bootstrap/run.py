"""The order of the set-up: which steps are due, what runs side by side, how failures are told.

What is set up depends on what for: the demo needs no pages, and only the tests need a browser.
"""

import fcntl
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event

from bootstrap import (
    browser,
    commands,
    interpreters,
    packages,
    pages,
    places,
    process,
    record,
    stamps,
)
from bootstrap.errors import SetupError
from bootstrap.progress import complain, elapsed, say
from bootstrap.record import Interpreter

PACKAGES, COMMANDS, INTERPRETERS = "packages", "commands", "interpreters"
PAGES, BROWSER = "pages", "browser"
_CORE = (PACKAGES, COMMANDS, INTERPRETERS)
TARGETS = {"demo": _CORE, "all": (*_CORE, PAGES), "test": (*_CORE, PAGES, BROWSER)}
_INTERRUPTED = 130


def _keys() -> dict[str, str]:
    """Each step with the key of today's inputs."""
    return {
        PACKAGES: packages.key(),
        COMMANDS: commands.key(),
        INTERPRETERS: interpreters.key(),
        PAGES: pages.key(),
        BROWSER: browser.key(),
    }


def due(target: str = "all") -> list[str]:
    """The steps of a target that are not done, or were done with other inputs, or whose result is
    gone."""
    done = stamps.load()
    intact = {
        PACKAGES: packages.intact(),
        COMMANDS: packages.intact(),
        INTERPRETERS: record.intact(),
        PAGES: pages.intact(),
        BROWSER: browser.intact(),
    }
    keys = _keys()
    return [step for step in TARGETS[target] if done.get(step) != keys[step] or not intact[step]]


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


def _set_up_packages(steps: list[str], has_pip: Event) -> None:
    if PACKAGES in steps:
        packages.install(has_pip.set)
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


class _NoPip(Exception):
    """A step could not go on because the packages could not be installed, which is told apart."""


def _waiting_for(job: Future[None] | None, early: Event | None = None) -> Callable[[], None]:
    """Waits until the packages are there, or from the early event on: until a pip is."""

    def wait_until() -> None:
        while job is not None and not job.done() and not (early is not None and early.is_set()):
            wait([job], timeout=0.2)
        if job is not None and job.done() and job.exception() is not None:
            raise _NoPip

    return wait_until


def _browser(wait_for_pip: Callable[[], None]) -> None:
    """A browser is worth having, not worth failing for: without one its tests are skipped."""
    try:
        browser.get(wait_for_pip)
    except SetupError as error:
        browser.go_without(error)


def _set_up(steps: list[str]) -> list[SetupError]:
    """Do the steps that are due, side by side; return what went wrong."""
    jobs: list[tuple[tuple[str, ...], Future[None]]] = []
    with ThreadPoolExecutor(max_workers=8) as pool:
        python: Future[None] | None = None
        has_pip = Event()
        if PACKAGES in steps or COMMANDS in steps:
            python = pool.submit(_set_up_packages, steps, has_pip)
            jobs.append(((PACKAGES, COMMANDS), python))
        if INTERPRETERS in steps:
            jobs.append(((INTERPRETERS,), pool.submit(_set_up_interpreters, pool)))
        if PAGES in steps:
            jobs.append(((PAGES,), pool.submit(pages.build, _waiting_for(python, has_pip))))
        if BROWSER in steps:
            jobs.append(((BROWSER,), pool.submit(_browser, _waiting_for(python))))
        return [error for names, job in jobs if (error := _finish(names, job)) is not None]


def _finish(names: tuple[str, ...], job: Future[None]) -> SetupError | None:
    """Wait for a job and note that its steps are done, or return why they are not."""
    try:
        while not job.done():  # a plain result() would not notice every Ctrl-C
            wait([job], timeout=0.2)
        job.result()
    except SetupError as error:
        return error
    except _NoPip:
        return None
    except KeyboardInterrupt:
        process.stop()  # or leaving the pool would wait for the tools to end
        raise
    stamps.save({name: key for name, key in _keys().items() if name in names})
    return None


def _file_error(error: OSError) -> SetupError:
    return SetupError(
        "a file could not be used",
        f"{error.filename or places.ROOT}: {error.strerror}",
        "check that the disk is not full and that the project's folder is writable "
        "(GATE_CACHE can name another folder for downloads), then run it again",
    )


def main(arguments: Sequence[str] = ()) -> int:
    """Set up what is due for a target. Returns the exit status."""
    target = arguments[0] if arguments else "all"
    if target not in TARGETS or len(arguments) > 1:
        complain(f"usage: python3 -m bootstrap [{' | '.join(TARGETS)}]")
        return 2
    errors: list[SetupError] = []
    try:
        if not due(target):
            return 0
        with _alone():
            errors = _set_up(due(target))
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
