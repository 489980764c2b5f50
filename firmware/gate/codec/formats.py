"""The formats that a terminal reads: one line each, and one module each, the format's adapter.

docs/adapters.md says what an adapter is. The order is part of what is signed: a format's bit, in
issuers' permissions and in ways in, is 1 << its place here. So lines are only added at the end.
"""

from ..refusal import Refusal

# name, prefix, module of this package, the most characters that its text may have
FORMATS = (
    ("OC1", b"OC1:", "oc1", 4296),  # 4,296: QR 40-L in alphanumeric mode
    ("HC1", b"HC1:", "hc1", 4296),
    ("SHC", b"shc:/", "shc", 4296),  # the framework's own limit: 2,395
    ("VDS", b'{"data":{', "vds", 4296),
)

ALL = (1 << len(FORMATS)) - 1  # every format's bit
MAX_CODE = max([most for _, _, _, most in FORMATS])  # characters

_modules: dict = {}  # name -> adapter; only what was needed is in memory


def find(code):
    """Give (name, bit, adapter, where its data begins) for a code, by its prefix.

    code: bytes-like. Raises Refusal: code_empty, code_too_long, prefix_unknown.
    """
    size = len(code)
    if size == 0:
        raise Refusal("code_empty")
    if size > MAX_CODE:
        raise Refusal("code_too_long")
    bit = 1
    for name, prefix, _, most in FORMATS:
        if bytes(code[: len(prefix)]) == prefix:
            if size > most:
                raise Refusal("code_too_long")
            return name, bit, load(name), len(prefix)
        bit <<= 1
    raise Refusal("prefix_unknown")


def load(name):
    """The adapter of a format, imported the first time."""
    if name not in _modules:
        for known, _, module, _ in FORMATS:
            if known == name:
                path = __name__[: __name__.rindex(".") + 1] + module
                _modules[name] = __import__(path, None, None, ("read",))
    return _modules[name]


def load_all(bits):
    """Import the adapters of some formats, before there is a code to read."""
    for place, row in enumerate(FORMATS):
        if bits >> place & 1:
            load(row[0])


def bit(name):
    """The bit of a format in permissions and ways in."""
    return 1 << [known for known, _, _, _ in FORMATS].index(name)


def prefixes():
    """The prefix of every format."""
    return tuple([prefix for _, prefix, _, _ in FORMATS])
