"""Runs on MicroPython: the log on a flash that is full, worn or cannot be read for a while.

Each story prints one line: what `record` gave and what the log says of itself, in order, and all
its files at the end.
"""

import json
import os

from flash import Flash, Powered, formatted

from gate.storage.audit import Audit

NOON = 1795521600
RETRY = 11000  # ms after which a flash that failed is tried again


class Story:
    """A terminal whose clock moves on as told."""

    def __init__(self, name, blocks=64):
        self.name = name
        self.flash = formatted(blocks)
        self.told = []
        self.ms = 0
        self.log = None

    def start(self):
        self.log = Audit("site/", "flash")
        self.say()

    def record(self, count=1):
        done = 0
        for _ in range(count):
            self.ms += 10
            done += self.log.record("passage", (("gate", "A-1"),), NOON + self.ms // 1000, self.ms)
        self.say(done)

    def say(self, done=None):
        self.told.append([done, self.log.failing, self.log.lost])

    def end(self):
        self.log.close()
        files = {}
        for folder in ("site", "site/log", "site/log/tail"):
            for name, kind, *_ in os.ilistdir(folder):
                if kind == 0x8000:
                    with open(folder + "/" + name, "rb") as file:
                        files[folder + "/" + name] = file.read().hex()
        print(json.dumps({"story": self.name, "told": self.told, "files": files}))


def full():
    """Somebody else fills the flash, and clears it again."""
    story = Story("full", 40)
    with Powered(story.flash):
        os.mkdir("site")
        story.start()
        story.record(20)
        try:
            with open("filler", "wb") as file:
                while True:
                    file.write(b"x" * 1024)
                    file.flush()
        except OSError:
            pass
        story.record(600)
        os.remove("filler")
        story.record(5)  # too soon after the last attempt
        story.ms += RETRY
        story.record(5)
        story.end()


def worn():
    """Every block but those of the file system's root cannot be written for a while."""
    story = Story("worn")
    flash = story.flash
    with Powered(flash):
        os.mkdir("site")
        story.start()
        story.record(30)
        flash.worn = set(range(2, 64))
        story.record(30)
        story.log.tend(NOON, story.ms)
        flash.worn = set()
        story.ms += RETRY
        story.log.tend(NOON, story.ms)
        story.say()
        story.record(3)
        story.end()


def unreadable():
    """The terminal starts while the flash cannot be read, and later it can."""
    story = Story("unreadable")
    flash = story.flash
    with Powered(flash):
        os.mkdir("site")
        story.start()
        story.record(30)
    again = Flash(flash.content)
    story.flash = again
    with Powered(again):
        again.unreadable = set(range(2, 64))
        story.start()
        story.record(2)
        again.unreadable = set()
        story.ms += RETRY
        story.record(2)
        story.end()


for tell in (full, worn, unreadable):
    tell()
