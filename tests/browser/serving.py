"""`gatectl holder serve` as a person runs it, with a demo site's issuers, until it is killed."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from host_tools.firmware import ROOT
from host_tools.keys.private import PrivateKey

GATECTL = Path(sys.executable).with_name("gatectl")
PERSONS = ROOT / "examples" / "persons"
SITE = ROOT / "host_tools" / "simulator" / "demo-site.yaml"
TICKET = "a-ticket-for-tests"


def key_folder(folder: Path, keys: Mapping[str, PrivateKey]) -> Path:
    """Issuers' keys as `gatectl keys` keeps them."""
    folder.mkdir()
    for name, key in keys.items():
        (folder / f"{name}.issuer.pem").write_bytes(key.pem())
        (folder / f"{name}.issuer.pub.pem").write_text(key.public.pem())
    return folder


class Served:
    """The server's process. url: with the ticket."""

    def __init__(self, keys: Path, person: Path, *options: str) -> None:
        command = [
            GATECTL, "holder", "serve", person, "--keys", keys, "--site", SITE,
            "--key", "national", "--port", "0", "--ticket", TICKET, *options,
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self._process.stdout is not None
        said = ""
        for line in self._process.stdout:
            said += line
            if match := re.match(r"Open (\S+)", line):
                self.url = match[1]
                break
        else:
            raise AssertionError(said)
        self.address = self.url.partition("#")[0]
        parts = urlsplit(self.url)
        assert parts.port is not None
        self.port = parts.port

    def stop(self) -> None:
        """The network is cut: nobody listens any more."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", self.port)) != 0
