// Runs under node: the page's own modules answer one JSON request a line, for test_codes.py.

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const page = await import(pathToFileURL(process.argv[2]));
const bytes = (text) => Uint8Array.from(Buffer.from(text, "hex"));
const hex = (data) => Buffer.from(data).toString("hex");
const bodyOf = ({ holder, statements }) => ({
  holder: bytes(holder),
  statements: statements.map(([head, payload, signature]) => ({
    protected: bytes(head),
    payload: bytes(payload),
    signature: bytes(signature),
  })),
});
const plain = (item) => {
  if (item instanceof Map) return [...item].map(([name, value]) => [plain(name), plain(value)]);
  if (item instanceof Uint8Array) return hex(item);
  if (Array.isArray(item)) return item.map(plain);
  return item;
};

const ANSWERS = {
  encode45: ({ data }) => page.base45.encode(bytes(data)),
  decode45: ({ text }) => hex(page.base45.decode(text)),
  decodeCbor: ({ data }) => plain(page.cbor.decode(bytes(data))),
  async compose({ body, moment, signature }) {
    let signed = null;
    const sign = async (message) => {
      signed = hex(message);
      return bytes(signature);
    };
    const text = await page.code.compose(bodyOf(body), moment && sign, moment ?? undefined);
    return { text, signed };
  },
  parse({ text }) {
    const { holder, statements } = page.code.parse(text);
    const parts = statements.map((one) => [one.protected, one.payload, one.signature].map(hex));
    return { holder: hex(holder), statements: parts };
  },
  holder({ subject, point }) {
    const holder = page.code.holderBlock(bytes(subject), bytes(point));
    return { holder: hex(holder), request: page.code.request(holder) };
  },
  isBoundTo: ({ holder, point }) => page.code.isBoundTo(bytes(holder), bytes(point)),
  read({ text }) {
    return page.code.parse(text).statements.map((one) => {
      const said = page.claims.read(one);
      return { ...said, travel: said.travel.map((t) => ({ ...t, regions: [...t.regions] })) };
    });
  },
  covers: ({ outer, inner }) => page.summary.covers(outer, inner),
  modules: ({ text }) =>
    page.modules(text).map((row) => row.map((dark) => (dark ? "1" : "0")).join("")),
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = { result: await ANSWERS[request.ask](request) };
  } catch (error) {
    answer = { error: error.name };
  }
  console.log(JSON.stringify(answer));
}
