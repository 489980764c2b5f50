/** Base45 (RFC 9285): bytes in the characters of a QR code's alphanumeric mode. */

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const VALUES = new Map([...ALPHABET].map((character, value) => [character, value]));

export function encode(data: Uint8Array): string {
  let text = "";
  for (let at = 0; at < data.length; at += 2) {
    const pair = at + 1 < data.length;
    let number = pair ? data[at]! * 256 + data[at + 1]! : data[at]!;
    for (let digits = pair ? 3 : 2; digits > 0; digits--) {
      text += ALPHABET[number % 45];
      number = Math.floor(number / 45);
    }
  }
  return text;
}

export function decode(text: string): Uint8Array {
  if (text.length % 3 === 1) throw new RangeError("a character is missing or too many");
  const data: number[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const digits = [...text.slice(at, at + 3)].map((character) => VALUES.get(character));
    const number = digits.reduceRight<number>((sum, digit) => sum * 45 + (digit ?? NaN), 0);
    const pair = digits.length === 3;
    // NaN, of a character that is none of the alphabet, fails the comparison too.
    if (!(number < (pair ? 65536 : 256))) throw new RangeError("not base45");
    if (pair) data.push(number >> 8);
    data.push(number & 255);
  }
  return Uint8Array.from(data);
}
