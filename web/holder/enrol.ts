/** Asks the issuers' server for statements about the person, bound to this phone's key. */

import { jwk, type HolderKey } from "./keys.js";
import { parse, type Body } from "./oc1/code.js";

const MAX_ANSWER = 65536; // characters

export interface Answer {
  body: Body;
  names: Record<string, string>;
  now: number; // the server's clock
}

export type EnrolProblem = "unreachable" | "ticket" | "refused";

export class EnrolError extends Error {
  constructor(readonly problem: EnrolProblem) {
    super(problem);
  }
}

export async function enrol(ticket: string, key: HolderKey): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch("api/enrol", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ticket, key: jwk(key) }),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
    });
  } catch {
    throw new EnrolError("unreachable");
  }
  if (response.status === 403) throw new EnrolError("ticket");
  if (!response.ok) throw new EnrolError("refused");
  return read(await response.text());
}

function read(text: string): Answer {
  try {
    if (text.length > MAX_ANSWER) throw new RangeError("too long");
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== "object" || answer === null) throw new TypeError("no object");
    const { code, issuers, now } = answer as Record<string, unknown>;
    if (typeof code !== "string" || typeof now !== "number") throw new TypeError("no code");
    return { body: parse(code), names: texts(issuers), now };
  } catch {
    throw new EnrolError("refused");
  }
}

function texts(value: unknown): Record<string, string> {
  const pairs = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(pairs.filter(([, name]) => typeof name === "string"));
}
