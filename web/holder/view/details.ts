/** Who says what: a card for each statement, with its issuer, its claims and how long it holds. */

import type { Said } from "../oc1/claims.js";
import { covers } from "../summary.js";
import { agoText, dayText, placeName, textsOf, timeText, type Language } from "../texts/index.js";
import type { Kept } from "../wallet.js";
import { fill, h, icon } from "../../common/dom.js";

export function details(
  element: HTMLElement,
  all: Kept[],
  nameOf: (said: Said) => string,
  now: number,
  language: Language,
): void {
  const cards = all.flatMap(({ said }) => (said ? [card(said, nameOf(said), now, language)] : []));
  fill(element, ...cards);
}

function card(said: Said, name: string, now: number, language: Language): HTMLElement {
  const texts = textsOf(language);
  const time = (seconds: number) => timeText(seconds, now, texts);
  const expired = said.expires <= now;
  const early = said.notBefore !== null && now < said.notBefore;
  const state = expired
    ? texts.expiredAt(time(said.expires))
    : early
      ? texts.validFrom(time(said.notBefore ?? 0))
      : texts.validUntil(time(said.expires));
  return h(
    `article.card${expired || early ? ".invalid" : ""}`,
    h("header", h("h3", name), h("p", state)),
    list(claims(said, now, language)),
  );
}

/** Each claim: the icon of its kind, what it says, and the particulars. */
type Line = [kind: string, what: string, particulars: string, bad?: boolean];

function list(lines: Line[]): HTMLElement {
  const items = lines.map(([kind, what, particulars, bad]) =>
    h(`li${bad ? ".bad" : ""}`, icon(kind), h("div", h("p.what", what), h("p", particulars))),
  );
  return h("ul", ...items);
}

function claims(said: Said, now: number, language: Language): Line[] {
  const texts = textsOf(language);
  const where = (place: string) => placeName(place, language);
  const ago = (seconds: number) => agoText(seconds, now, texts.locale);
  const day = (days: number) => dayText(days, texts.locale);
  return [
    ...said.health.map((claim): Line => [
      "health",
      `${texts.health}: ${texts.colours[claim.colour]}`,
      `${where(claim.place)} · ${texts.assessed} ${ago(claim.at)}`,
      claim.colour !== "green",
    ]),
    ...said.travel.flatMap((claim): Line[] => [
      ["travel", `${texts.travel}, ${texts.lastDays(claim.days)}`, where(claim.place)],
      ...[...claim.regions]
        .sort(([, a], [, b]) => b - a)
        .map(([region, seen]): Line => {
          const risk = claim.risk.some((marked) => covers(marked, region));
          const mark = risk ? ` · ${texts.risk}` : "";
          return [risk ? "warning" : "place", where(region), texts.seen(day(seen)) + mark, risk];
        }),
    ]),
    ...said.vaccination.map((claim): Line => [
      "vaccination",
      `${claim.product}, ${texts.doses(claim.dose, claim.of)}`,
      `${where(claim.place)} · ${texts.given(day(claim.day))}`,
    ]),
    ...said.test.map((claim): Line => [
      "test",
      `${texts.kindsLong[claim.kind]}: ${claim.positive ? texts.positive : texts.negative}`,
      `${where(claim.place)} · ${texts.sampled} ${ago(claim.at)}`,
      claim.positive,
    ]),
    ...said.recovery.map((claim): Line => [
      "recovery",
      `${texts.recovery}, ${texts.recovered(day(claim.from), day(claim.until))}`,
      `${where(claim.place)} · ${texts.firstPositive(day(claim.first))}`,
    ]),
  ];
}
