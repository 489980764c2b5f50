"""Reads what pip, npm and apt-get said, and says in plain words why they failed and what to do."""

import re
from dataclasses import dataclass

from bootstrap import places
from bootstrap.errors import SetupError
from bootstrap.process import Outcome


@dataclass(frozen=True)
class Cause:
    """A known reason for a failure: how the tool words it, and our words."""

    pattern: re.Pattern[str]
    why: str
    next_step: str
    everywhere: bool = False


def _cause(pattern: str, why: str, next_step: str, everywhere: bool = False) -> Cause:
    return Cause(re.compile(pattern, re.IGNORECASE), why, next_step, everywhere)


# The first that matches wins, so the specific ones come before the general ones.
CAUSES = (
    _cause(
        r"No space left on device|not have enough free space",
        "the disk is full",
        "free 2 GB, or set GATE_CACHE to a folder on a larger disk, then run the command again",
        everywhere=True,
    ),
    _cause(
        r"Read-only file system|Permission denied",
        "a file could not be written",
        "make the project's folder writable, or set GATE_CACHE to a folder that is, "
        "then run the command again",
        everywhere=True,
    ),
    _cause(
        r"unexpected size|Hash Sum mismatch|Mirror sync in progress",
        "the mirror's index and its files do not match: it is being updated just now",
        "wait some minutes and run the command again, or name another mirror in apt's sources",
    ),
    _cause(
        r"DO NOT MATCH THE HASHES",
        "the package index serves a file that is not the one in requirements.lock",
        "check the index that pip is configured for (pip config list); nothing was installed",
    ),
    _cause(
        r"EINTEGRITY",
        "the registry serves a file that is not the one in web/package-lock.json",
        "check the registry that npm is configured for (npm config get registry)",
    ),
    _cause(
        r"npm error code (?:E404|ETARGET)|npm ERR! code (?:E404|ETARGET)",
        "the registry does not have a version from web/package-lock.json",
        "check the registry that npm is configured for (npm config get registry): "
        "an incomplete or old mirror lacks it",
    ),
    _cause(
        r"NO_PUBKEY|is not signed|signatures were invalid|signatures couldn't be verified",
        "the mirror's index is not signed by a key that this system trusts",
        "update the system's archive keyring (package debian-archive-keyring or ubuntu-keyring)",
    ),
    _cause(
        r"is expired|is not valid yet",
        "the mirror's index is out of date, or this machine's clock is wrong",
        "check the clock with date; if it is right, name another mirror in apt's sources",
    ),
    _cause(
        r"CERTIFICATE_VERIFY_FAILED|certificate verification failed|SSLError"
        r"|SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER",
        "the server's certificate is not trusted here",
        "install the certificate authority of your mirror or proxy (for pip: option cert, "
        "for npm: option cafile)",
        everywhere=True,
    ),
    _cause(
        r"resolve|name resolution|connect|timed out|unreachable|ProxyError|Max retries|\b40[37]\b"
        r"|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRE",
        "the mirror could not be reached",
        "check the network and the proxy variables (http_proxy, https_proxy), "
        "the mirror in apt's sources, pip's index (pip config list) and npm's registry "
        "(npm config get registry), then run it again",
        everywhere=True,
    ),
    _cause(
        r"does not have a Release file|404",
        "the mirror does not carry this release",
        "name a complete mirror in apt's sources",
    ),
    _cause(
        r"Unable to locate package|no installation candidate",
        "the mirror has no such package for this release and architecture",
        "name a complete mirror in apt's sources",
    ),
    _cause(
        r"No matching distribution|Could not find a version",
        "the package index does not have a version from requirements.lock",
        "check the index that pip is configured for (pip config list): "
        "an incomplete or old mirror of PyPI lacks it",
    ),
)

_COMPLAINT = re.compile(r"^(?:E:|Err:|W:|ERROR|error|npm err)", re.IGNORECASE)
_SHOWN_CHARACTERS = 300


def _said(output: str, cause: Cause | None) -> str:
    """The line in which the tool says it best: it names the cause, or at least complains."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    own = [line for line in lines if _COMPLAINT.match(line)]
    if cause is not None:
        own = [line for line in (*lines, *own) if cause.pattern.search(line)] or own
    return (own or lines or ["nothing"])[-1][:_SHOWN_CHARACTERS]


def explain(what: str, outcome: Outcome) -> SetupError:
    """The error for a tool that ended with a bad status."""
    cause = next((cause for cause in CAUSES if cause.pattern.search(outcome.output)), None)
    said = f"it said: {_said(outcome.output, cause)}"
    log = f"everything it said is in {places.shown(outcome.log)}"
    if cause is None:
        return SetupError(what, said, f"read the log; {log}")
    why, next_step = f"{cause.why}\n{said}", f"{cause.next_step}\n{log}"
    return SetupError(what, why, next_step, everywhere=cause.everywhere)
