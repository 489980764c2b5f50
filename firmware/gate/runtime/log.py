"""The log on the console: one JSON object a line. Nothing in it names or follows a person.

Nothing here raises: a line for which there is no memory is not written, and the gate goes on.
"""

import io
import json
import sys


def log(event, fields=()):
    """Write one line. fields: (name, value) pairs, in the order in which they are to be read."""
    try:
        parts = ['"event": %s' % json.dumps(event)]
        for name, value in fields:
            parts.append("%s: %s" % (json.dumps(name), json.dumps(value)))
        print("{%s}" % ", ".join(parts))
    except Exception as error:
        _unwritten(error)


def fault(where, error):
    """Write what broke, for an engineer: the error and where it was raised."""
    try:
        report = io.StringIO()
        sys.print_exception(error, report)
        lines = report.getvalue().strip().split("\n")
        log("fault", (("where", where), ("error", lines[-1]), ("trace", lines[1:-1])))
    except Exception as another:
        _unwritten(another)


def _unwritten(error):
    try:
        print('{"event": "fault", "where": "log", "error": "%s"}' % type(error).__name__)
    except Exception:  # not even that
        pass
