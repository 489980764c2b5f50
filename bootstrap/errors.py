"""The one error that a person sees when set-up cannot go on: what failed, why, what to do next."""


class SetupError(Exception):
    """A set-up step that failed, in words for the person who ran it."""

    def __init__(self, what: str, why: str, next_step: str) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.next_step = next_step

    def report(self) -> str:
        """The three answers, one below the other."""
        lines = [f"set-up failed: {self.what}"]
        for label, text in (("why", self.why), ("next", self.next_step)):
            head, *rest = text.strip().splitlines() or [""]
            lines.append(f"  {label + ':':<6}{head}")
            lines.extend(f"        {line.strip()}" for line in rest)
        return "\n".join(lines)
