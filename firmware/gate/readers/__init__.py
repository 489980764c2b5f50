"""Readers: from the bytes on a serial line to codes. Framing does no I/O; drivers are thin."""


def open_reader(wiring, now_ms, emit, report):
    """The reader of a board, by its kind; its tasks are for the caller to run.

    wiring: (kind, UART, rx pin, tx pin, baud), one of board.READERS. now_ms: the monotonic clock.
    emit(event): a code (bytes) or the reason of a refusal (str). report(state, note): how the
    reader itself fares, docs/readers.md; note: what an engineer should know, or None.
    """
    kind = wiring[0]
    if kind == "plain":
        from .serial import SerialReader

        return SerialReader(wiring, now_ms, emit, report)
    from .managed import ManagedReader

    protocol: object
    if kind == "gm65":
        from .gm65 import Gm65

        protocol = Gm65()
    elif kind == "de2120":
        from .de2120 import De2120

        protocol = De2120()
    elif kind == "m5-unit":
        from .m5_unit import M5Unit

        protocol = M5Unit()
    elif kind == "m5-atomic":
        from .m5_atomic import M5Atomic

        protocol = M5Atomic()
    else:
        raise ValueError("no driver for a reader of the kind %r" % kind)
    return ManagedReader(wiring, now_ms, emit, report, protocol)
