"""From the text that a reader scanned to claims that an issuer signed.

Every stage from prefix to claims, in that order; what the claims are worth here is policy's to say.
Time is judged after the signature, so that a wrong clock is never taken for a forgery. Whatever
the input, the only exception that leaves `authenticate` is Refusal.
"""

import hashlib

from . import crypto
from .codec import base45, claims, hc1, oc1
from .codec.inflate import inflate
from .refusal import Refusal
from .trust.issuers import HC1, OC1

MAX_CODE = 4296  # characters; the most that a QR code holds in alphanumeric mode (40-L)
HC1_ALGORITHMS = (crypto.ES256, crypto.PS256)  # hcert specification 3.3.2; OC1 takes all
CLOCK_SKEW = 60  # seconds that an issuer's or a phone's clock may be ahead of ours


class Seen:
    """What is known of a code so far; also of one that is refused."""

    def __init__(self):
        self.format = None  # "OC1" or "HC1"
        self.kid = None  # bytes, as the code has it
        self.issuer = None  # name; only after its signature was found right


class Presentation:
    """What a code says, and who signed that.

    format: "OC1" or "HC1". kid: bytes. issuer: name. claims: as docs/architecture.md has them.
    subject: bytes, pseudonymous. issued, expires: Unix seconds, the tightest of all statements.
    proof: oc1.Proof or None. hcert: the DCC as signed, or None. replay_key: 16 bytes, the same for
    every code of the same subject (OC1) or certificate (HC1).
    """

    def __init__(self, seen, subject, issued, expires, found, proof=None, hcert=None):
        self.format = seen.format
        self.kid = seen.kid
        self.issuer = seen.issuer
        self.subject = subject
        self.issued = issued
        self.expires = expires
        self.claims = found
        self.proof = proof
        self.hcert = hcert
        self.replay_key = hashlib.sha256(seen.format.encode() + subject).digest()[:16]


def authenticate(code, issuers, now, skew=CLOCK_SKEW):
    """Verify a scanned code and give its Presentation.

    code: bytes-like, without the line end. issuers: trust.Issuers. now: Unix seconds, or None when
    the clock is not trusted. skew: seconds. Raises Refusal, whose evidence is a Seen.
    """
    seen = Seen()
    try:
        return _authenticate(code, issuers, now, skew, seen)
    except Refusal as refusal:
        refusal.evidence = seen
        raise
    except MemoryError:  # no code may stop the terminal; its allocations are freed by now
        raise Refusal("memory_short", seen)


def _authenticate(code, issuers, now, skew, seen):
    if len(code) == 0:
        raise Refusal("code_empty")
    if len(code) > MAX_CODE:
        raise Refusal("code_too_long")
    prefix = bytes(code[:4])
    if prefix == oc1.PREFIX:
        seen.format = "OC1"
        return _oc1(base45.decode(code, 4), issuers, now, skew, seen)
    if prefix == hc1.PREFIX:
        seen.format = "HC1"
        return _hc1(base45.decode(code, 4), issuers, now, skew, seen)
    raise Refusal("prefix_unknown")


def _hc1(data, issuers, now, skew, seen):
    sign1 = hc1.read_envelope(inflate(data))
    if sign1.alg not in HC1_ALGORITHMS:
        raise Refusal("alg_unknown")
    issuer = _signer(sign1, b"", issuers, HC1, seen)
    cwt = hc1.Cwt(sign1.payload)
    if cwt.issuer:
        seen.issuer = cwt.issuer  # the country, which says more than the certificate's name
    _check_time(cwt, issuer, now, skew)
    kind, found = hc1.read_certificate(cwt.certificate, seen.issuer, cwt.issued)
    for claim in found:
        if not issuer.may_claim(1 << (kind - 1), claim["jurisdiction"]):
            raise Refusal("claim_not_permitted")
    return Presentation(
        seen,
        hashlib.sha256(sign1.payload).digest()[:16],
        cwt.issued,
        cwt.expires,
        {claims.KINDS[kind - 1]: found},
        hcert=cwt.certificate,
    )


def _oc1(data, issuers, now, skew, seen):
    body = oc1.read_body(data)
    aad = body.statement_aad()
    signers = []
    for sign1 in body.statements:
        signers.append(_signer(sign1, aad, issuers, OC1, seen))
    holder = oc1.Holder(body.holder)
    proof = _proof(body, holder) if body.proof is not None else None
    statements = []
    for sign1, issuer in zip(body.statements, signers):
        statement = oc1.Statement(sign1.payload)
        _check_time(statement, issuer, now, skew)
        statements.append(statement)
    if proof is not None and proof.at > now + skew:
        raise Refusal("code_not_yet_valid")
    found = {}
    for statement, issuer in zip(statements, signers):
        _add_claims(found, statement, issuer)
    seen.kid = bytes(body.statements[0].kid)
    seen.issuer = signers[0].name
    return Presentation(
        seen,
        holder.subject,
        max([statement.issued for statement in statements]),
        min([statement.expires for statement in statements]),
        found,
        proof=proof,
    )


def _signer(sign1, aad, issuers, code_format, seen):
    """Find the issuer whose key made this signature; every key under the key id is tried."""
    if sign1.alg not in crypto.ALGORITHMS:
        raise Refusal("alg_unknown")
    if sign1.kid is None:
        raise Refusal("kid_missing")
    seen.kid = bytes(sign1.kid)
    seen.issuer = None
    message = sign1.signed(aad)
    reason = "issuer_unknown"
    for issuer in issuers.lookup(sign1.kid):
        if not issuer.formats & code_format:
            if reason == "issuer_unknown":
                reason = "format_not_permitted"
        elif issuer.alg != sign1.alg:
            if reason != "signature_invalid":
                reason = "alg_mismatch"
        elif crypto.verify(issuer.alg, issuer.key, message, sign1.signature, issuer.table):
            seen.issuer = issuer.name
            return issuer
        else:
            reason = "signature_invalid"
    raise Refusal(reason)


def _proof(body, holder):
    """Check the holder's own signature, by the key that every issuer signed over."""
    sign1 = body.proof
    if holder.key is None or sign1.alg != crypto.ES256 or sign1.kid is not None:
        raise Refusal("proof_invalid")
    key = crypto.decompress(crypto.ES256, holder.key[0], holder.key[1])
    if key is None or not crypto.verify(
        crypto.ES256, key, sign1.signed(body.proof_aad()), sign1.signature
    ):
        raise Refusal("proof_invalid")
    return oc1.Proof(sign1.payload)


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


def _add_claims(found, statement, issuer):
    if statement.issuer is not None and statement.issuer != issuer.name:
        raise Refusal("issuer_mismatch")
    read = claims.read_claims(statement.claims, statement.issued, issuer.name)
    for number, kind in enumerate(claims.KINDS):
        for claim in read.get(kind, ()):
            if not issuer.may_claim(1 << number, claim["jurisdiction"]):
                raise Refusal("claim_not_permitted")
            found.setdefault(kind, []).append(claim)
