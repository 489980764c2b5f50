/**
 * `OC1:` codes (docs/formats.md): taken apart when an issuer's statements arrive, put together
 * again with a fresh proof each time the code is shown.
 */

import * as base45 from "./base45.js";
import { decode, encode, equal, type Bytes, type Item } from "./cbor.js";

export const PREFIX = "OC1:";
const REQUEST_PREFIX = "OC1H:";
export const MAX_BODY = 1536; // bytes
export const MAX_STATEMENTS = 8;
const MAX_GATE = 32; // bytes of UTF-8
const MAX_HOLDER = 96; // bytes
const TAG = 2; // bytes of a digest
const ES256 = -7;

/** What one issuer signed: a COSE_Sign1 without its empty map of unprotected headers. */
export interface Statement {
  protected: Bytes;
  payload: Bytes;
  signature: Bytes;
}

/** Who the code is about, and what is said. */
export interface Body {
  holder: Bytes;
  statements: Statement[];
}

/** A fresh proof: when, and for which gate if for one only. */
export interface Moment {
  at: number; // Unix seconds
  gate?: string | undefined;
}

export type Sign = (message: Bytes) => Promise<Bytes>;

/** Whether a text can be the id of a gate in a proof. */
export function fitsProof(gate: string): boolean {
  const size = new TextEncoder().encode(gate).length;
  return size >= 1 && size <= MAX_GATE;
}

/** A code that is none, or none that can be used here; the message is for developers. */
export class CodeError extends Error {}

/** Takes a code apart. A proof in it is dropped: it was somebody's word about another moment. */
export function parse(text: string): Body {
  if (!text.startsWith(PREFIX)) throw new CodeError(`a code begins with ${PREFIX}`);
  if (text.length > MAX_BODY * 2) throw new CodeError("too long");
  let body: Item;
  try {
    const data = base45.decode(text.slice(PREFIX.length));
    if (data.length > MAX_BODY) throw new RangeError("too long");
    body = decode(data);
  } catch (error) {
    throw new CodeError(String(error));
  }
  if (!Array.isArray(body) || body.length < 2 || body.length > 3) throw new CodeError("not a body");
  const [holder, statements] = body;
  if (!(holder instanceof Uint8Array) || holder.length < 1 || holder.length > MAX_HOLDER) {
    throw new CodeError("not a holder block");
  }
  if (!Array.isArray(statements) || statements.length < 1 || statements.length > MAX_STATEMENTS) {
    throw new CodeError("not 1 to 8 statements");
  }
  return { holder: new Uint8Array(holder), statements: statements.map(statement) };
}

function statement(item: Item): Statement {
  if (Array.isArray(item) && item.length === 4) {
    const [head, unprotected, payload, signature] = item;
    if (
      head instanceof Uint8Array &&
      unprotected instanceof Map &&
      unprotected.size === 0 &&
      payload instanceof Uint8Array &&
      signature instanceof Uint8Array
    ) {
      return {
        protected: new Uint8Array(head),
        payload: new Uint8Array(payload),
        signature: new Uint8Array(signature),
      };
    }
  }
  throw new CodeError("not a statement");
}

function item(one: Statement): Item {
  return [one.protected, new Map(), one.payload, one.signature];
}

/** The text of a code, signed by the holder's key for a moment; without one, as it is. */
export async function compose(body: Body, sign?: Sign, moment?: Moment): Promise<string> {
  const parts: Item[] = [body.holder, body.statements.map(item)];
  if (sign && moment) {
    const { payload, message } = await toBeSigned(body, moment);
    parts.push([PROOF_HEAD, new Map(), payload, await sign(message)]);
  }
  const data = encode(parts);
  if (data.length > MAX_BODY) throw new CodeError(`${data.length} bytes; at most ${MAX_BODY}`);
  return PREFIX + base45.encode(data);
}

const PROOF_HEAD = encode(new Map([[1, ES256]]));

/** A proof's payload, and its Sig_structure (RFC 9052 4.4): over holder block, statements, moment. */
async function toBeSigned(body: Body, moment: Moment): Promise<{ payload: Bytes; message: Bytes }> {
  const said = concat(encode(body.holder), encode(body.statements.map(item)));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", said));
  const claims = new Map<Item, Item>([
    [2, digest.slice(0, TAG)], // what the proof is about, should that ever be another
    [6, moment.at],
  ]);
  if (moment.gate !== undefined) claims.set(3, moment.gate);
  const payload = encode(claims);
  const aad = concat(new TextEncoder().encode("OC1P"), digest);
  return { payload, message: encode(["Signature1", PROOF_HEAD, aad, payload]) };
}

/** The x of the key that a holder block is bound to and the parity of its y; null if to none. */
export function boundKey(holder: Bytes): { x: Uint8Array; odd: boolean } | null {
  const block = decode(holder);
  const cnf = block instanceof Map ? block.get(8) : undefined;
  const key = cnf instanceof Map ? cnf.get(1) : undefined;
  const [x, odd] = key instanceof Map ? [key.get(-2), key.get(-3)] : [];
  return x instanceof Uint8Array && typeof odd === "boolean" ? { x, odd } : null;
}

/** Who a code is about, with the key that proves it; point: the 65 bytes of the key. */
export function holderBlock(subject: Uint8Array, point: Uint8Array): Bytes {
  const key = new Map<Item, Item>([
    [1, 2],
    [-1, 1],
    [-2, point.slice(1, 33)],
    [-3, point[64]! % 2 === 1],
  ]);
  return encode(
    new Map<Item, Item>([
      [2, subject],
      [8, new Map([[1, key]])],
    ]),
  );
}

/** What issuers need to make statements for this phone: its holder block, and nothing secret. */
export function request(holder: Bytes): string {
  return REQUEST_PREFIX + base45.encode(holder);
}

/** Whether a holder block is bound to a public key, given as the 65 bytes of a point. */
export function isBoundTo(holder: Bytes, point: Uint8Array): boolean {
  const bound = boundKey(holder);
  return (
    bound !== null && equal(bound.x, point.slice(1, 33)) && bound.odd === (point[64]! % 2 === 1)
  );
}

function concat(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
