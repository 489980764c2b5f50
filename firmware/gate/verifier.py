"""From the text that a reader scanned to claims that an issuer signed.

Every stage from prefix to claims, in that order; what the claims are worth here is policy's to say.
Time is judged after the signature, so that a wrong clock is never taken for a forgery. Formats are
adapters (docs/adapters.md), found by prefix; nothing here knows one. Whatever the input, the only
exception that leaves `authenticate` is Refusal.
"""

import gc
import hashlib

from . import crypto
from .codec import formats
from .codec.claims import KINDS
from .refusal import Refusal

CLOCK_SKEW = 60  # seconds that an issuer's or a phone's clock may be ahead of ours


class Seen:
    """What is known of a code so far; also of one that is refused."""

    def __init__(self):
        self.format = None  # name of formats.FORMATS
        self.kid = None  # bytes, as the code has it
        self.issuer = None  # name; only after its signature was found right


class Presentation:
    """What a code says, and who signed that.

    format: its name; format_bit: as in an issuer's permissions. kid: bytes. issuer: name.
    claims: as docs/architecture.md has them. subject: bytes, pseudonymous. issued, expires: Unix
    seconds, the tightest of all statements. proof: of presence, with .at and .gate, or None.
    hcert: the DCC as signed, or None. replay_key: 16 bytes, the same for every code of the same
    subject (OC1) or certificate (others).
    """

    def __init__(self, seen, bit, read, issued, expires, found):
        self.format = seen.format
        self.format_bit = bit
        self.kid = seen.kid
        self.issuer = seen.issuer
        self.subject = read.subject
        self.issued = issued
        self.expires = expires
        self.claims = found
        self.proof = read.proof
        self.hcert = read.hcert
        self.replay_key = replay_key(seen.format, read.subject)


def replay_key(name, subject):
    """What tells one subject from another, whatever code shows them. name: of the format."""
    return hashlib.sha256(name.encode() + subject).digest()[:16]


def authenticate(code, issuers, now, skew=CLOCK_SKEW, revocations=None, values=None):
    """Verify a scanned code and give its Presentation.

    code: bytes-like, without the line end. issuers: trust.Issuers. now: Unix seconds, or None when
    the clock is not trusted. skew: seconds. revocations: trust.Revocations, or None where the site
    has none. values: value sets, or None. Raises Refusal, whose evidence is a Seen.
    """
    seen = Seen()
    try:
        return _authenticate(code, issuers, now, skew, revocations, values, seen)
    except Refusal as refusal:
        refusal.evidence = seen
        raise
    except MemoryError:  # no code may stop the terminal; its allocations are freed by now
        raise Refusal("memory_short", seen)


def warm_up(issuers):
    """Import what the issuers' formats need and verify once with each of their algorithms: modules,
    tables and self-tests cost no person's time then, and have memory while it is in one piece."""
    largest: dict = {}  # alg -> its largest key, since one of RSA needs memory by its size
    for issuer in issuers:
        formats.load_all(issuer.formats)
        if len(issuer.key) > len(largest.get(issuer.alg, b"")):
            largest[issuer.alg] = issuer.key
    for alg, key in largest.items():
        gc.collect()
        size = len(key) if alg == crypto.PS256 else 64
        crypto.verify(alg, key, b"", b"\x01" * size)


def _authenticate(code, issuers, now, skew, revocations, values, seen):
    seen.format, bit, adapter, start = formats.find(code)
    read = adapter.read(code, start)
    statements = read.statements
    signers = [_signer(statement, issuers, bit, seen) for statement in statements]
    read.open()
    if read.proof is not None:
        _check_proof(read.proof)
    issued = 0
    expires = None
    for statement, issuer in zip(statements, signers):
        statement.open()
        if statement.said_issuer is not None:
            seen.issuer = statement.said_issuer
        _check_time(statement, issuer, now, skew)
        issued = max(issued, statement.issued)
        if expires is None or statement.expires < expires:
            expires = statement.expires
    if read.proof is not None and read.proof.at > now + skew:
        raise Refusal("code_not_yet_valid")
    if revocations is not None:
        _check_revocation(statements, signers, revocations, seen)
    found: dict = {}
    for statement, issuer in zip(statements, signers):
        _add_claims(found, statement, issuer, values)
    seen.kid = bytes(statements[0].kid)
    seen.issuer = statements[0].said_issuer or signers[0].name
    return Presentation(seen, bit, read, issued, expires, found)


def _signer(statement, issuers, bit, seen):
    """Find the issuer whose key made this signature; every key under the key id is tried."""
    alg = statement.alg
    if alg not in crypto.ALGORITHMS:
        raise Refusal("alg_unknown")
    kid = statement.kid
    if kid is None:
        raise Refusal("kid_missing")
    seen.kid = bytes(kid)
    seen.issuer = None
    message = statement.signed()
    reason = "issuer_unknown"
    for issuer in issuers.lookup(kid):
        if not issuer.formats & bit:
            if reason == "issuer_unknown":
                reason = "format_not_permitted"
        elif issuer.alg != alg:
            if reason != "signature_invalid":
                reason = "alg_mismatch"
        elif crypto.verify(alg, issuer.key, message, statement.signature, issuer.table):
            seen.issuer = issuer.name
            return issuer
        else:
            reason = "signature_invalid"
    if reason == "signature_invalid":
        reason = _why_invalid(statement) or reason
    raise Refusal(reason)


def _why_invalid(signed):
    """What a format knows of a wrong signature (docs/adapters.md); None if it knows nothing."""
    why = getattr(signed, "why_invalid", None)
    return None if why is None else why()


def _check_proof(proof):
    """Check the holder's own signature, by the key that every issuer signed over."""
    if proof.alg != crypto.ES256 or proof.key is None:
        raise Refusal("proof_invalid")
    key = crypto.decompress(crypto.ES256, proof.key[0], proof.key[1])
    if key is None or not crypto.verify(crypto.ES256, key, proof.signed(), proof.signature):
        raise Refusal(_why_invalid(proof) or "proof_invalid")
    proof.open()


def _check_time(statement, issuer, now, skew):
    """Hold exp, nbf and iat (RFC 8392) and the key's own validity against the clock.

    The second of exp itself still counts as valid, as in the DCC's published test data.
    """
    if now is None:
        raise Refusal("clock_untrusted")
    if now > statement.expires:
        raise Refusal("code_expired")
    if statement.issued > now + skew or statement.not_before > now + skew:
        raise Refusal("code_not_yet_valid")
    if now > issuer.not_after:
        raise Refusal("issuer_key_expired")
    if now < issuer.not_before - skew:
        raise Refusal("issuer_key_not_yet_valid")


def _check_revocation(statements, signers, revocations, seen):
    """One revoked statement is enough: nobody can say what the others are worth without it.

    What is seen then is whose statement that was.
    """
    for statement, issuer in zip(statements, signers):
        for digest in statement.revocation_hashes(issuer):
            if revocations.revoked(digest):
                seen.kid = bytes(statement.kid)
                seen.issuer = statement.said_issuer or issuer.name
                raise Refusal("code_revoked")


def _add_claims(found, statement, issuer, values):
    if not statement.is_by(issuer):
        raise Refusal("issuer_mismatch")
    read = statement.claims(issuer, values)
    for number, kind in enumerate(KINDS):
        for claim in read.get(kind, ()):
            if not issuer.may_claim(1 << number, claim["jurisdiction"]):
                raise Refusal("claim_not_permitted")
            found.setdefault(kind, []).append(claim)
