"""The one error that a person sees when set-up cannot go on: what failed, why, what to do next."""


class SetupError(Exception):
    """A set-up step that failed, in words for the person who ran it."""

    def __init__(self, what: str, why: str, next_step: str, *, everywhere: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.next_step = next_step
        # Whether any other release or mirror can be expected to fail just so.
        self.everywhere = everywhere

    def report(self) -> str:
        """The three answers, one below the other."""
        lines = [f"set-up failed: {self.what}"]
        for label, text in (("why", self.why), ("next", self.next_step)):
            head, *rest = text.strip().splitlines() or [""]
            lines.append(f"  {label + ':':<6}{head}")
            lines.extend(f"        {line.strip()}" for line in rest)
        return "\n".join(lines)
