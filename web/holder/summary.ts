/** From several issuers' statements to what stands on the page: the claims of each kind, in order. */

import { COLOURS, type Said } from "./oc1/claims.js";
import type { Kept } from "./wallet.js";

type Kind = "health" | "travel" | "vaccination" | "test" | "recovery";
export type Claim<K extends Kind> = Said[K][number] & { issuer: string };

/** Each list begins with the claim that matters most; regions are those of all travel records. */
export interface Summary {
  health: Claim<"health">[]; // the strictest first, as gates judge
  travel: Claim<"travel">[];
  vaccination: Claim<"vaccination">[]; // the last dose first
  test: Claim<"test">[]; // a positive one first, then the newest
  recovery: Claim<"recovery">[];
  regions: Region[]; // risk first, then the last visited
  expires: number | null; // when the first of the statements does
}

export interface Region {
  place: string;
  day: number; // last seen
  risk: boolean;
}

export function summarise(
  statements: (Kept & { said: Said })[],
  nameOf: (said: Said) => string,
): Summary {
  const claims = <K extends Kind>(kind: K): Claim<K>[] =>
    statements.flatMap(({ said }) =>
      said[kind].map((claim) => ({ ...claim, issuer: nameOf(said) }) as Claim<K>),
    );
  const strictness = (claim: Claim<"health">) => COLOURS.indexOf(claim.colour);
  const travel = claims("travel").sort((a, b) => b.at - a.at);
  return {
    health: claims("health").sort((a, b) => strictness(b) - strictness(a) || b.at - a.at),
    travel,
    vaccination: claims("vaccination").sort((a, b) => b.day - a.day || b.dose - a.dose),
    test: claims("test").sort((a, b) => +b.positive - +a.positive || b.at - a.at),
    recovery: claims("recovery").sort((a, b) => b.until - a.until),
    regions: regionsOf(travel),
    expires: statements.length ? Math.min(...statements.map(({ said }) => said.expires)) : null,
  };
}

/** Every region visited. One is a risk if an issuer marks it or what it lies in. */
function regionsOf(records: Claim<"travel">[]): Region[] {
  const found = new Map<string, Region>();
  const risks = records.flatMap((record) => record.risk);
  for (const record of records) {
    for (const [place, day] of record.regions) {
      const risk = risks.some((marked) => covers(marked, place));
      found.set(place, { place, day: Math.max(day, found.get(place)?.day ?? day), risk });
    }
  }
  return [...found.values()].sort((a, b) => +b.risk - +a.risk || b.day - a.day);
}

/** docs/formats.md: a country covers its regions; codes of GB/T 2260 nest, others do not. */
export function covers(outer: string, inner: string): boolean {
  if (outer === inner) return true;
  if (!outer.includes("-")) return inner.startsWith(`${outer}-`);
  return /^CN-\d+$/.test(outer) && /^CN-\d+$/.test(inner) && inner.startsWith(outer);
}
