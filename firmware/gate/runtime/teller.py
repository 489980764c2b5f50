"""What the terminal tells: people at the gate (lamp, buzzer, display), the console, and the audit.

Whatever breaks here is no reason to open or to shut a gate.
"""

from ..ui import LANGUAGES, show
from .freshness import Freshness
from .log import fault, log


class Teller:
    """face: ui.face.Face, or None. audit: storage.audit.Audit, or None. site: settings.Site, once
    it has been read. record: a BootRecord, or None."""

    def __init__(self, clock, record):
        self.face = None
        self.audit = None
        self.site = None
        self._clock = clock
        self._record = record
        self._freshness = Freshness()

    # people at the gate

    def show(self, what, doorway, reason=None):
        named = doorway.named if what == "refused" else None
        bundle = self.site.bundle
        texts = bundle.policy.texts if bundle else None
        if self.face:
            self.face.show(what, reason, named, texts, doorway.number)
        if what == "wait":
            return
        fields = [("show", what), ("lane", doorway.number)]
        for language in LANGUAGES:
            text, advice = show(language, reason or what, texts, named)
            fields.append((language, text))
            fields.append((language + "_advice", advice))
        log("display", fields)

    def show_ready(self, doorway):
        self.show(self._freshness.shown, doorway, self._freshness.reason)

    def look_at_age(self):
        """Say how old the bundle is, if it is to be said; tells whether another text is due."""
        before = self._freshness.shown
        fields = self._freshness.look(self.site.bundle, self._clock.unix())
        if fields:
            log("data", fields)
        return self._freshness.shown != before

    def note(self, name, on):
        """A standing remark, shown while nobody is at the gate."""
        if self.face:
            self.face.note(name, on)

    # engineers and the audit

    def start(self, board):
        """Say what this terminal is, what it was given, and why it started."""
        bundle = self.site.bundle
        fields: tuple = (
            ("board", board),
            ("gate", self.site.gate_of(0)),
            ("site", None if bundle is None else bundle.site),
            ("version", None if bundle is None else bundle.version),
            ("issuers", 0 if bundle is None else len(bundle.issuers)),
            ("problem", self.site.reason),
            ("unix", self._clock.unix()),
            ("clock", self._clock.source),
        )
        why = self._record.fields() if self._record else ()
        log("start", fields + why)
        self.record("start", why[:3] + (fields[3],))

    def decision(self, verdict, took_ms, doorway, gate):
        """A code was judged, or turned away unjudged (then it has not been seen)."""
        fields = verdict.fields() + (("ms", took_ms),)
        log("decision", fields + (("lane", doorway.number), ("gate", gate)))
        seen = verdict.seen
        subject = getattr(seen, "replay_key", None)
        audited = (("gate", gate), ("lane", doorway.number)) + fields + (("subject", subject),)
        self.record("decision", [field for field in audited if field[0] in _AUDITED])

    def happened(self, event, fields):
        """Something else that both the console and the audit are told."""
        log(event, fields)
        self.record(event, fields)

    def record(self, kind, fields):
        if self.audit:
            self.audit.record(kind, fields, self._clock.unix(), self._clock.ms())
            self._note_log()

    def tend(self):
        """In a quiet moment."""
        if self.audit:
            self.audit.tend(self._clock.unix(), self._clock.ms())
            self._note_log()
        self.note("clock_untrusted", not self._clock.trusted)

    def _note_log(self):
        self.note("log_failing", self.audit.failing is not None)

    def failed(self, where, error):
        """Something broke: for an engineer, in the record that outlives a reset, in the audit."""
        fault(where, error)
        try:
            if self._record:
                self._record.failed(where, error)
        except Exception as another:  # no memory for the note
            fault("record", another)
        self.record("fault", (("where", where), ("error", type(error).__name__)))


_AUDITED = ("gate", "lane", "verdict", "reason", "rule", "format", "ms", "kid", "subject")
