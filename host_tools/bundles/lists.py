"""Trust lists in JSON, in the shapes that national back ends publish -> trust entries.

One walk over the document finds, at any depth:

| shape | seen in |
|---|---|
| {"kid", "rawData" or "certificate" or "cert" or "x509": base64 DER or PEM} | EU gateway, Germany |
| {"kid", "kty", "x5c", ...}: JSON Web Keys, alone, in "keys", by country | RFC 7517, Sweden |
| {"keyId", "crv", "x", "y"} or {"keyId", "n", "e"} without "kty" | Switzerland |
| {"<kid>": "<certificate>"} | France, Italy |
| {"<kid>": [{"subjectPk": SubjectPublicKeyInfo, "keyUsage": ["v"]}]} | Netherlands |
| {"i": kid, "c": certificate} | Austria |
| {"issuer": {"iss": URL, "name"}, "keys": [JSON Web Key]} | VCI's snapshot of SMART Health Cards |

The kid of a certificate is computed; where a list names another, the computed one counts and the
difference is reported. Signatures around a list are not checked: who signs a bundle vouches for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from host_tools.bundles import certificates, jwks
from host_tools.bundles.entry import TrustEntry, shorten
from host_tools.keys.public import KeyFormError, decode64, from_spki
from host_tools.names import DCC_CLAIMS, FORMATS, LATEST, claims_mask

MAX_DEPTH = 12

_KID_FIELDS = ("kid", "keyId", "key_id", "keyIdentifier", "i")
_CERTIFICATE_FIELDS = ("rawData", "raw_data", "certificate", "cert", "x509", "x5c", "c")
_SPKI_FIELDS = ("subjectPk", "subjectPublicKeyInfo", "publicKeyPem", "publicKey")
_NAME_FIELDS = ("name", "country", "iss")
_USAGE_FIELDS = ("keyUsage", "use", "usage")
_USAGE_LETTERS = {"t": "test", "v": "vaccination", "r": "recovery"}
_SHORTEST_CERTIFICATE = 200  # bytes; anything shorter under an unknown name is something else


@dataclass(frozen=True)
class Finding:
    """A key that was found, or why what was found cannot be used; or both, as a warning."""

    where: str
    entry: TrustEntry | None = None
    problem: str = ""


@dataclass(frozen=True)
class Publisher:
    """Who publishes keys for SMART Health Cards, and under which URL."""

    url: str
    name: str = ""


def walk(
    node: object,
    source: str,
    kid_form: str,
    where: str = "",
    kid: str = "",
    depth: int = 0,
    publisher: Publisher | None = None,
) -> Iterator[Finding]:
    """Every key in a JSON document. `kid` is what the surrounding document calls this node."""
    if depth > MAX_DEPTH:
        yield Finding(where, problem=f"nested deeper than {MAX_DEPTH} levels, not read")
    elif isinstance(node, list):
        for index, child in enumerate(node):
            path = f"{where}[{index}]"
            yield from walk(child, source, kid_form, path, kid, depth + 1, publisher)
    elif isinstance(node, dict):
        publisher = publisher or _publisher(node)
        found = _key_object(node, source, kid_form, where, kid, publisher)
        if found is not None:
            yield found
            return
        for name, child in node.items():
            path = f"{where}.{name}" if where else str(name)
            yield from walk(child, source, kid_form, path, str(name), depth + 1, publisher)
    elif isinstance(node, str) and (der := _certificate(node)) is not None:
        yield _certificate_finding(der, source, where, kid if _kid_bytes(kid) else "")


def _publisher(node: Mapping[str, object]) -> Publisher | None:
    """Who publishes the keys in an object: {"issuer": {"iss": URL, "name": ...}, "keys": [...]}."""
    issuer = node.get("issuer")
    if not isinstance(issuer, dict) or not isinstance(node.get("keys"), list):
        return None
    url = str(issuer.get("iss", ""))
    return Publisher(url, str(issuer.get("name") or "")) if url.startswith("https://") else None


def _key_object(
    node: Mapping[str, object],
    source: str,
    kid_form: str,
    where: str,
    outer_kid: str,
    publisher: Publisher | None,
) -> Finding | None:
    """What an object says if it describes one key; None if it only contains others."""
    kid = next((node[name] for name in _KID_FIELDS if isinstance(node.get(name), str)), outer_kid)
    certificate = next((node[name] for name in _CERTIFICATE_FIELDS if node.get(name)), None)
    if isinstance(certificate, list) and certificate:
        certificate = certificate[0]
    try:
        if isinstance(node.get("kty"), str):
            if publisher is None:
                entry = jwks.entry_of(node, source, kid_form)
            else:
                entry = jwks.card_entry(node, source, publisher.url, publisher.name)
            private = "it holds a private key, which does not belong here; only its public half"
            return Finding(where, entry, f"{private} was imported" if "d" in node else "")
        if isinstance(certificate, str):
            der = _certificate(certificate, shortest=1)
            if der is None:
                return Finding(where, problem="its certificate is not base64 DER or PEM")
            return _certificate_finding(der, source, where, str(kid))
        if "keyId" in node and ("x" in node or "n" in node):
            kty = "EC" if node.get("crv") else "RSA"
            jwk = {**_given(node, "crv", "x", "y", "n", "e"), "kty": kty, "kid": kid}
            return Finding(where, _with_usage(jwks.entry_of(jwk, source, kid_form), node))
        spki = next((node[name] for name in _SPKI_FIELDS if isinstance(node.get(name), str)), None)
        if isinstance(spki, str):
            return Finding(where, _spki_entry(spki, str(kid), node, source))
    except (KeyFormError, ValueError) as error:
        return Finding(where, problem=str(error))
    return None


def _given(node: Mapping[str, object], *names: str) -> dict[str, object]:
    return {name: node[name] for name in names if node.get(name) is not None}


def _certificate_finding(der: bytes, source: str, where: str, kid: str) -> Finding:
    try:
        entry = certificates.entry_of(der, source)
    except KeyFormError as error:
        return Finding(where, problem=str(error))
    given = _kid_bytes(kid)
    if kid and given != entry.kid:
        shown = given.hex() if given else repr(kid)
        return Finding(
            where, entry, f"the list says kid {shown}, the certificate's is {entry.kid.hex()}"
        )
    return Finding(where, entry)


def _spki_entry(text: str, kid: str, node: Mapping[str, object], source: str) -> TrustEntry:
    data = text.encode() if text.lstrip().startswith("-----") else decode64(text)
    key = from_spki(data)
    kid_bytes = _kid_bytes(kid)
    if kid_bytes is None:
        raise KeyFormError("a bare public key needs a kid of 8 bytes in base64 beside it")
    name = next((str(node[n]) for n in _NAME_FIELDS if node.get(n)), f"key {kid_bytes.hex()}")
    entry = TrustEntry(
        kid=kid_bytes,
        alg=key.alg,
        key=key.raw,
        name=shorten(name),
        not_before=0,
        not_after=LATEST,
        claims=DCC_CLAIMS,
        formats=FORMATS["HC1"],
        source=source,
    )
    return _with_usage(entry, node)


def _with_usage(entry: TrustEntry, node: Mapping[str, object]) -> TrustEntry:
    """Narrowed to what the list's usage letters (t, v, r) allow."""
    usage = next((node[name] for name in _USAGE_FIELDS if node.get(name)), "")
    letters = "".join(map(str, usage)) if isinstance(usage, list) else str(usage)
    kinds = {_USAGE_LETTERS[letter] for letter in letters if letter in _USAGE_LETTERS}
    if not kinds or set(letters) - set(_USAGE_LETTERS):
        return replace(entry, claims=DCC_CLAIMS, formats=FORMATS["HC1"])
    return replace(entry, claims=claims_mask(kinds), formats=FORMATS["HC1"])


def _certificate(text: str, shortest: int = _SHORTEST_CERTIFICATE) -> bytes | None:
    """The DER in a text: base64 of DER, PEM, or base64 of PEM; None if there is none."""
    if text.lstrip().startswith("-----BEGIN"):
        blocks = certificates.split_pem(text.encode())
        return certificates.pem_to_der(blocks[0]) if blocks else None
    try:
        data = decode64(text)
    except ValueError:
        return None
    if data.lstrip().startswith(b"-----BEGIN"):
        blocks = certificates.split_pem(data)
        return certificates.pem_to_der(blocks[0]) if blocks else None
    return data if len(data) >= shortest and data[0] == 0x30 else None


def _kid_bytes(text: str) -> bytes | None:
    """The 8 bytes that a DCC kid in base64 or hex stands for."""
    if len(text) == 16:
        try:
            return bytes.fromhex(text)
        except ValueError:
            pass
    try:
        data = decode64(text)
    except ValueError:
        return None
    return data if len(data) == certificates.KID_SIZE else None
