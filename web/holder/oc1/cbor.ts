/** Deterministic CBOR (RFC 8949 4.2.1), the only encoding that the project's formats have. */

import * as cborg from "cborg";

export type Bytes = Uint8Array<ArrayBuffer>;
export type Item = number | string | boolean | Uint8Array | Item[] | Map<Item, Item>;

const DECODING = {
  useMaps: true,
  strict: true,
  rejectDuplicateMapKeys: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowBigInt: false,
};

export function encode(item: Item): Bytes {
  return new Uint8Array(cborg.encode(item, cborg.rfc8949EncodeOptions));
}

/** One item and nothing after it; whatever would be encoded otherwise is refused. */
export function decode(data: Uint8Array): Item {
  const item = cborg.decode(data, DECODING) as Item;
  if (!equal(encode(item), data)) throw new RangeError("not in deterministic encoding");
  return item;
}

export function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

export function hex(data: Uint8Array): string {
  return [...data].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
