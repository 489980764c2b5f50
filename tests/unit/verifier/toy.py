"""A national format that does not exist, as an adapter (docs/adapters.md): a test adds this file.

TOY:kid-hex.text.signature-hex      text: "exp iat ISO-date country product"
"""

import binascii
import hashlib

from ..refusal import Refusal
from .dates import parse_date


def read(text, start):
    return Code(bytes(text[start:]).split(b"."))


class Code:
    proof = None
    hcert = None

    def __init__(self, parts):
        if len(parts) != 3:
            raise Refusal("claims_invalid")
        self.statements = (Statement(*parts),)

    def open(self):
        self.subject = hashlib.sha256(self.statements[0].text).digest()[:16]


class Statement:
    alg = -7
    said_issuer = None

    def __init__(self, kid, text, signature):
        self.text = text
        try:
            self.kid = binascii.unhexlify(kid)
            self.signature = binascii.unhexlify(signature)
        except ValueError:
            raise Refusal("cose_invalid")  # noqa: B904 - as in the firmware

    def signed(self):
        return b"TOY" + self.text

    def open(self):
        try:
            expires, issued, self.day, self.country, self.product = self.text.decode().split(" ")
            self.expires = int(expires)
            self.issued = self.not_before = int(issued)
        except ValueError:
            raise Refusal("claims_invalid")  # noqa: B904 - as in the firmware

    def is_by(self, issuer):
        return True

    def revocation_hashes(self, issuer):
        return (hashlib.sha256(self.text).digest()[:16],)

    def claims(self, issuer, values):
        claim = {
            "issuer": issuer.name,
            "jurisdiction": self.country,
            "product": self.product,
            "dose": 1,
            "of": 1,
            "day": parse_date(self.day),
        }
        return {"vaccination": [claim]}
