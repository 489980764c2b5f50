"""Readers: from the bytes on a serial line to codes. Framing does no I/O; drivers are thin."""


def open_reader(wiring, now_ms, emit, report):
    """The reader of a board, by its kind; its tasks are for the caller to run.

    wiring: (kind, UART, rx pin, tx pin, baud), one of board.READERS. now_ms: the monotonic clock.
    emit(event): a code (bytes) or the reason of a refusal (str). report(state, note): how the
    reader itself fares, docs/readers.md; note: what an engineer should know, or None.
    """
    from .serial import SerialReader

    kind = wiring[0]
    if kind != "plain":
        raise ValueError("no driver for a reader of the kind %r" % kind)
    return SerialReader(wiring, now_ms, emit, report)
