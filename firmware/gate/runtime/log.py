"""The log on the console: one JSON object a line. Nothing in it names or follows a person."""

import io
import json
import sys


def log(event, fields=()):
    """Write one line. fields: (name, value) pairs, in the order in which they are to be read."""
    parts = ['"event": %s' % json.dumps(event)]
    for name, value in fields:
        parts.append("%s: %s" % (json.dumps(name), json.dumps(value)))
    print("{%s}" % ", ".join(parts))


def fault(where, error):
    """Write what broke, for an engineer: the error and where it was raised."""
    report = io.StringIO()
    sys.print_exception(error, report)
    lines = report.getvalue().strip().split("\n")
    log("fault", (("where", where), ("error", lines[-1]), ("trace", lines[1:-1])))
