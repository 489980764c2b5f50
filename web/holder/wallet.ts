/** What this phone keeps, in IndexedDB: its key, what issuers said, and how it is to be shown. */

import { clear, createStore, get, set } from "idb-keyval";
import { generate, type HolderKey } from "./keys.js";
import { equal } from "./oc1/cbor.js";
import { CodeError, isBoundTo, MAX_STATEMENTS, type Body, type Statement } from "./oc1/code.js";
import { DAY, read, type Said } from "./oc1/claims.js";
import type { Language } from "./texts/index.js";

/** body: null while nothing was ever said. names: of issuers, by the hexadecimal of their kid. */
export interface Wallet {
  body: Body | null;
  names: Record<string, string>;
  ticket: string | null; // what the issuers' server knows this phone by
  ahead: number; // seconds that this phone's clock was ahead of the server's
}

export interface Settings {
  language: Language | null; // null: the browser's
  gate: string | null; // proofs are for this gate only
}

export const EMPTY: Wallet = { body: null, names: {}, ticket: null, ahead: 0 };

const store = createStore("onecode", "holder");

/** The phone's key; made when there is none yet. */
export async function holderKey(): Promise<HolderKey> {
  const kept = await get<HolderKey>("key", store);
  if (kept) return kept;
  const made = await generate();
  await set("key", made, store);
  return made;
}

export async function load(): Promise<{ wallet: Wallet; settings: Settings }> {
  const wallet = await get<Wallet>("wallet", store);
  const settings = await get<Settings>("settings", store);
  return { wallet: wallet ?? EMPTY, settings: settings ?? { language: null, gate: null } };
}

export const saveWallet = (wallet: Wallet) => set("wallet", wallet, store);
export const saveSettings = (settings: Settings) => set("settings", settings, store);

/** Forgets everything, the key too: what was said to it can then never be shown again. */
export const forget = () => clear(store);

/** A statement with what it says, or null if it cannot be read. */
export interface Kept {
  statement: Statement;
  said: Said | null;
}

export function kept(body: Body | null): Kept[] {
  return (body?.statements ?? []).map((statement) => ({ statement, said: readable(statement) }));
}

function readable(statement: Statement): Said | null {
  try {
    return read(statement);
  } catch {
    return null;
  }
}

/** The statements that count at a time. One that has expired would have the whole code refused. */
export function current(all: Kept[], now: number): (Kept & { said: Said })[] {
  return all.filter((one): one is Kept & { said: Said } => {
    const said = one.said;
    return said !== null && now < said.expires && (said.notBefore ?? 0) <= now;
  });
}

/**
 * Takes up what issuers say. It must be bound to this phone's key. Statements about the same person
 * join the ones that are here, the newer in place of those of the same issuer on the same matters;
 * about another person (a new pseudonym) they replace everything.
 */
export function add(old: Body | null, fresh: Body, key: HolderKey): Body {
  if (!isBoundTo(fresh.holder, key.point)) throw new CodeError("bound to another key");
  const known = old && equal(old.holder, fresh.holder) ? kept(old) : [];
  const arrived = kept(fresh);
  const stays = known.filter((one) => !arrived.some((other) => replaces(other, one)));
  const statements = [...stays, ...arrived].map((one) => one.statement);
  if (statements.length > MAX_STATEMENTS) throw new CodeError("too many statements");
  return { holder: fresh.holder, statements };
}

const KINDS = ["health", "travel", "vaccination", "test", "recovery"] as const;

function replaces(fresh: Kept, old: Kept): boolean {
  if (equal(fresh.statement.signature, old.statement.signature)) return true;
  if (!old.said || !fresh.said) return !old.said;
  const [before, after] = [old.said, fresh.said];
  return (
    before.kid === after.kid &&
    before.issued <= after.issued &&
    KINDS.every((kind) => before[kind].length === 0 || after[kind].length > 0)
  );
}

/** When a wallet should be renewed: in the last quarter of its first statement's life. */
export function ageing(all: Kept[], now: number): boolean {
  return all.some(
    ({ said }) =>
      said !== null && said.expires - now < Math.min(DAY, said.expires - said.issued) / 4,
  );
}
