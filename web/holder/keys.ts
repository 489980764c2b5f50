/**
 * The phone's key: ECDSA on P-256, made by the browser, which signs with it and never tells it.
 * It lives in IndexedDB as a CryptoKey that cannot be exported.
 */

import type { Bytes } from "./oc1/cbor.js";

const ECDSA = { name: "ECDSA", namedCurve: "P-256" };

/** The private key as a handle, and the public key as the 65 bytes of an uncompressed point. */
export interface HolderKey {
  private: CryptoKey;
  point: Bytes;
  subject: Bytes; // the pseudonym of whoever has this phone, unless issuers choose another
}

export async function generate(): Promise<HolderKey> {
  const pair = await crypto.subtle.generateKey(ECDSA, false, ["sign", "verify"]);
  return {
    private: pair.privateKey,
    point: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
    subject: crypto.getRandomValues(new Uint8Array(8)),
  };
}

/** The signature as COSE has it, r || s, which is what WebCrypto gives. */
export async function sign(key: HolderKey, message: Bytes): Promise<Bytes> {
  const made = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key.private, message);
  return new Uint8Array(made);
}

/** The public key as a JSON Web Key (RFC 7517). */
export function jwk(key: HolderKey): Record<string, string> {
  const part = (from: number, to: number) => base64url(key.point.slice(from, to));
  return { kty: "EC", crv: "P-256", x: part(1, 33), y: part(33, 65) };
}

function base64(data: Uint8Array): string {
  return btoa(String.fromCharCode(...data));
}

function base64url(data: Uint8Array): string {
  return base64(data).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
