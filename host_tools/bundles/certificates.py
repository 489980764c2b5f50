"""X.509 certificates of issuers -> trust entries.

The kid of a certificate is the first 8 bytes of SHA-256 of its DER, as the EU DCC gateway has it.
Extended key usages of the hcert specification say which claims its key may make; a certificate
with none of them may make all three (vaccination, test, recovery).

A certificate of an SM2 key is not of that world: its issuer signs OC1 codes, makes all claims
unless the operator says less, and has the kid that `gatectl issue` writes, that of the key.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

from cryptography import x509
from cryptography.x509.oid import NameOID

from host_tools.bundles.entry import TrustEntry, shorten
from host_tools.keys import sm2
from host_tools.keys.asn1 import read_certified
from host_tools.keys.public import KeyFormError, PublicKey, decode64, from_native
from host_tools.names import ALL_CLAIMS, DCC_CLAIMS, ES256, FORMATS, LATEST, SM2, claims_mask

KID_SIZE = 8

# hcert specification 1.0.5, section 3.3.3; the arc with ".0." was registered by mistake and is the
# one that certificates of several countries carry, so both are known.
USAGES = {
    f"1.3.6.1.4.1.{arc}.2021.1.{number}": kind
    for arc in ("1847", "0.1847")
    for number, kind in ((1, "test"), (2, "vaccination"), (3, "recovery"))
}

# ICAO VDS-NC: signs proofs of vaccination and tests in visible digital seals, and nothing else.
SEAL_USAGE = "2.23.136.1.1.14.2"

_USAGE_OID = b"\x06\x03\x55\x1d\x25"
# The extended key usage in a certificate's bytes: OID, perhaps "critical", OCTET STRING, SEQUENCE.
_USAGE = re.compile(
    rb"\x06\x03\x55\x1d\x25(?:\x01\x01.)?\x04[\x02-\x7f]\x30([\x00-\x7d])", re.DOTALL
)

_PEM = re.compile(
    rb"-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----.*?-----END \1-----", re.DOTALL
)


def kid_of(der: bytes) -> bytes:
    """The key id of a certificate."""
    return hashlib.sha256(der).digest()[:KID_SIZE]


def split_pem(data: bytes) -> list[bytes]:
    """The certificates of a PEM file, one block each; other blocks and text between are ignored."""
    return [match.group(0) for match in _PEM.finditer(data)]


def pem_to_der(block: bytes) -> bytes:
    """The DER inside one PEM block."""
    lines = [line.strip() for line in block.split(b"\n")]
    try:
        return decode64(b"".join(lines[1:-1]).decode("ascii", "replace"))
    except ValueError:
        return b""  # not readable as a certificate either, and then reported as that


def entry_of(der: bytes, source: str) -> TrustEntry:
    """The trust entry of a certificate; KeyFormError if the gate cannot use its key."""
    try:
        certificate = x509.load_der_x509_certificate(der)
    except Exception as error:  # malformed in any of the ways that the library tells apart
        if (entry := _entry_by_hand(der, source)) is not None:
            return entry
        raise KeyFormError(f"not a readable X.509 certificate: {error}") from None
    key = _key(certificate)
    national = key.alg == SM2  # not for DCCs: such an issuer signs OC1 codes, by its key's own kid
    usages = [] if national else _usages(certificate)
    seals = "VDS" if SEAL_USAGE in usages else "HC1"
    return TrustEntry(
        kid=key.kid if national else kid_of(der),
        alg=key.alg,
        key=key.raw,
        name=shorten(_name(certificate.subject)),
        not_before=_clamp(certificate.not_valid_before_utc),
        not_after=_clamp(certificate.not_valid_after_utc),
        claims=ALL_CLAIMS if national else _claims(usages),
        formats=FORMATS["OC1" if national else seals],
        source=source,
    )


def _key(certificate: x509.Certificate) -> PublicKey:
    try:
        return from_native(certificate.public_key())
    except KeyFormError:
        raise
    except Exception as error:  # unknown curves and algorithms are the library's own kinds of error
        if (point := read_certified(certificate.tbs_certificate_bytes)) is not None:
            _refuse_encryption(certificate)
            try:
                return PublicKey(SM2, sm2.public_of(point))
            except sm2.Sm2Error as reason:
                raise KeyFormError(f"its SM2 key cannot be used: {reason}") from None
        raise KeyFormError(f"its key is of a kind that is not supported: {error}") from None


def _refuse_encryption(certificate: x509.Certificate) -> None:
    """SM2 certificates come in pairs (GM/T 0034): one to sign, one to encrypt."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    except ValueError as error:
        raise KeyFormError(f"its extensions cannot be read: {error}") from None
    if not usage.digital_signature:
        raise KeyFormError("it is for encryption; import the one of the pair that is to sign")


# A P-256 key and a validity in a certificate's bytes (RFC 5480; X.690: UTCTime or GeneralizedTime).
_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
_TIME = rb"(?:\x17\x0d(\d{12})|\x18\x0f(\d{14}))Z"
_VALIDITY = re.compile(rb"\x30." + _TIME + _TIME, re.DOTALL)


def _entry_by_hand(der: bytes, source: str) -> TrustEntry | None:
    """A seal's signer whose certificate the library refuses as a whole, as it does Japan's for
    parameters beside an algorithm that has none; only if there is one key and one validity."""
    times = _VALIDITY.findall(der)
    usages = _usages_by_hand(der)
    if der.count(_P256) != 1 or len(times) != 1 or SEAL_USAGE not in usages:
        return None
    start = der.index(_P256) + len(_P256)
    kid = kid_of(der)
    return TrustEntry(
        kid=kid,
        alg=ES256,
        key=der[start : start + 64],
        name=f"key {kid.hex()}",
        not_before=_clamp(_moment(times[0][0] or times[0][1])),
        not_after=_clamp(_moment(times[0][2] or times[0][3])),
        claims=_claims(usages),
        formats=FORMATS["VDS"],
        source=source,
    )


def _moment(digits: bytes) -> datetime:
    """A time of a certificate; years of two digits are RFC 5280's."""
    text = digits.decode()
    if len(text) == 12:
        text = ("19" if text >= "50" else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _usages(certificate: x509.Certificate) -> list[str]:
    """Its extended key usages; none if it has no such extension."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return []
    except ValueError:  # an extension that breaks RFC 5280 in a way that issuers of DCCs do
        return _usages_by_hand(certificate.tbs_certificate_bytes)
    return [oid.dotted_string for oid in extension.value]


def _claims(usages: list[str]) -> int:
    """What it may sign: the DCC's kinds among its extended key usages, or all if there are none."""
    if SEAL_USAGE in usages:
        return claims_mask(["vaccination"])
    kinds = {USAGES[usage] for usage in usages if usage in USAGES}
    return claims_mask(kinds) if kinds else DCC_CLAIMS


def _usages_by_hand(tbs: bytes) -> list[str]:
    """The extended key usages of a certificate whose extensions the library refuses as a whole."""
    found = _USAGE.search(tbs)
    if found is None:
        if _USAGE_OID in tbs:  # there is one, and what it says might be a limit
            raise KeyFormError("its extended key usage cannot be read")
        return []
    content = tbs[found.end() : found.end() + found.group(1)[0]]
    usages = []
    while len(content) > 2 and content[0] == 0x06:
        size = content[1]
        usages.append(_dotted(content[2 : 2 + size]))
        content = content[2 + size :]
    return usages


def _dotted(encoded: bytes) -> str:
    """An object identifier (X.690 8.19) in dotted form."""
    numbers: list[int] = []
    value = 0
    for byte in encoded:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    if not numbers:
        return ""
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


def _name(subject: x509.Name) -> str:
    """The common name, after the country if the name does not begin with it."""
    texts = []
    for oid in (NameOID.COUNTRY_NAME, NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        attributes = subject.get_attributes_for_oid(oid)
        texts.append(str(attributes[0].value) if attributes else "")
    country, name = texts[0], texts[1] or texts[2]
    if not country or name.upper().startswith(country.upper()):
        return name or country
    return f"{country} {name}".strip()


def _clamp(moment: datetime) -> int:
    return max(0, min(LATEST, int(moment.replace(tzinfo=UTC).timestamp())))
