/** What a statement says, as claims to show to people: docs/formats.md, `statement-claims`. */

import { decode, hex, type Item } from "./cbor.js";
import type { Statement } from "./code.js";

export const COLOURS = ["green", "yellow", "orange", "red"] as const; // the larger the stricter
export type Colour = (typeof COLOURS)[number];
export type TestKind = "naat" | "rat";

export interface Health {
  place: string;
  colour: Colour;
  at: number;
}
export interface Travel {
  place: string;
  days: number;
  at: number;
  regions: Map<string, number>; // region -> last day there
  risk: string[];
}
export interface Vaccination {
  place: string;
  product: string;
  dose: number;
  of: number;
  day: number;
}
export interface Test {
  place: string;
  kind: TestKind;
  positive: boolean;
  at: number;
}
export interface Recovery {
  place: string;
  first: number;
  from: number;
  until: number;
}

/** One issuer's statement. Times are Unix seconds, days count from 1970-01-01. */
export interface Said {
  kid: string; // hexadecimal
  iss: string | null;
  issued: number;
  expires: number;
  notBefore: number | null;
  health: Health[];
  travel: Travel[];
  vaccination: Vaccination[];
  test: Test[];
  recovery: Recovery[];
}

export const DAY = 86400;
const CLAIM_SET = -65537;

/** Reads a statement; RangeError if it is none. Whether it is true is for the gate to judge. */
export function read(statement: Statement): Said {
  const head = mapOf(decode(statement.protected));
  const claims = mapOf(decode(statement.payload));
  const issued = integer(claims.get(6));
  const set = mapOf(claims.get(CLAIM_SET));
  const each = <T>(kind: number, reader: (parts: Item[]) => T): T[] =>
    set.has(kind) ? listOf(set.get(kind)).map((parts) => reader(listOf(parts))) : [];
  const minutesBefore = (age: Item | undefined) => issued - 60 * integer(age);
  const today = Math.floor(issued / DAY);
  const iss = claims.get(1);
  return {
    kid: hex(bytes(head.get(4))),
    iss: iss === undefined ? null : text(iss),
    issued,
    expires: integer(claims.get(4)),
    notBefore: claims.has(5) ? integer(claims.get(5)) : null,
    health: each(1, ([where, colour, age]) => ({
      place: place(where),
      colour: known(COLOURS[integer(colour) - 1]),
      at: minutesBefore(age),
    })),
    travel: each(2, ([where, days, regions, risk]) => ({
      place: place(where),
      days: integer(days),
      at: issued,
      regions: new Map(
        [...mapOf(regions)].map(([region, ago]) => [place(region), today - integer(ago)]),
      ),
      risk: risk === undefined ? [] : listOf(risk).map(place),
    })),
    vaccination: each(3, ([where, product, dose, of, day]) => ({
      place: place(where),
      product: text(product),
      dose: integer(dose),
      of: integer(of),
      day: integer(day),
    })),
    test: each(4, ([where, kind, result, age]) => ({
      place: place(where),
      kind: known((["naat", "rat"] as const)[integer(kind) - 1]),
      positive: integer(result) === 1,
      at: minutesBefore(age),
    })),
    recovery: each(5, ([where, first, from, until]) => ({
      place: place(where),
      first: integer(first),
      from: integer(from),
      until: integer(until),
    })),
  };
}

/** "CN" for 0, "CN-31" for 31 (GB/T 2260), other places as they are. */
function place(item: Item | undefined): string {
  if (typeof item === "number") return item === 0 ? "CN" : `CN-${integer(item)}`;
  return text(item);
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError("a value that means nothing");
  return value;
}

function integer(item: Item | undefined): number {
  if (typeof item !== "number" || !Number.isSafeInteger(item)) throw new RangeError("no integer");
  return item;
}

function text(item: Item | undefined): string {
  if (typeof item !== "string") throw new RangeError("no text");
  return item;
}

function bytes(item: Item | undefined): Uint8Array {
  if (!(item instanceof Uint8Array)) throw new RangeError("no bytes");
  return item;
}

function listOf(item: Item | undefined): Item[] {
  if (!Array.isArray(item)) throw new RangeError("no array");
  return item;
}

function mapOf(item: Item | undefined): Map<Item, Item> {
  if (!(item instanceof Map)) throw new RangeError("no map");
  return item;
}
