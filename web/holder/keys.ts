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
}

export async function generate(): Promise<HolderKey> {
  const pair = await crypto.subtle.generateKey(ECDSA, false, ["sign", "verify"]);
  return {
    private: pair.privateKey,
    point: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
  };
}

/** The signature as COSE has it, r || s, which is what WebCrypto gives. */
export async function sign(key: HolderKey, message: Bytes): Promise<Bytes> {
  const made = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key.private, message);
  return new Uint8Array(made);
}

/** The public key as issuers' tools take it: SubjectPublicKeyInfo in PEM. */
export async function pem(key: HolderKey): Promise<string> {
  const usable = await crypto.subtle.importKey("raw", key.point, ECDSA, true, ["verify"]);
  const der = new Uint8Array(await crypto.subtle.exportKey("spki", usable));
  const lines = base64(der).match(/.{1,64}/g) ?? [];
  return ["-----BEGIN PUBLIC KEY-----", ...lines, "-----END PUBLIC KEY-----", ""].join("\n");
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
