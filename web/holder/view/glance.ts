/** The claims at a glance: the colour band, and four tiles below the code. */

import { COLOURS } from "../oc1/claims.js";
import type { Summary } from "../summary.js";
import {
  agoText,
  dayText,
  placeName,
  textsOf,
  otherOf,
  timeText,
  type Language,
} from "../texts/index.js";
import { fill, h, icon } from "../../common/dom.js";

const COLOUR_ICONS = { green: "check", yellow: "watch", orange: "warning", red: "stop" } as const;
const SHOWN_REGIONS = 3;

/** The band across the page, in both languages: the guard's may be the other one. */
export function band(
  element: HTMLElement,
  summary: Summary,
  now: number,
  language: Language,
): void {
  const texts = textsOf(language);
  const other = textsOf(otherOf(language));
  const [claim, ...more] = summary.health;
  for (const colour of COLOURS) element.classList.toggle(colour, claim?.colour === colour);
  if (!claim) {
    fill(element, icon("none"), h("p.name", h("strong", texts.noHealth)));
    return;
  }
  const differ = more.some((one) => one.colour !== claim.colour);
  const issuers = new Set(summary.health.map((one) => one.issuer)).size;
  const meaning = texts.coloursHint[claim.colour];
  fill(
    element,
    icon(COLOUR_ICONS[claim.colour]),
    h(
      "p.name",
      h("strong", texts.colours[claim.colour]),
      " ",
      marked(other.locale, h("span", other.colours[claim.colour])),
    ),
    h(
      "p.who",
      h("span", claim.issuer),
      h("span", `${placeName(claim.place, language)} · ${agoText(claim.at, now, texts.locale)}`),
    ),
    h("p.meaning", differ ? `${meaning} · ${texts.strictest(issuers)}` : meaning),
  );
}

function marked(locale: string, element: HTMLElement): HTMLElement {
  element.lang = locale;
  return element;
}

export function tiles(
  element: HTMLElement,
  summary: Summary,
  now: number,
  language: Language,
): void {
  fill(
    element,
    travelTile(summary, language),
    vaccinationTile(summary, language),
    testTile(summary, now, language),
    summary.recovery.length ? recoveryTile(summary, now, language) : null,
    expiryTile(summary, now, language),
  );
}

function tile(kind: string, label: string, value: string, note?: Node, bad = false): HTMLElement {
  return h(
    `article.tile.${kind}${bad ? ".bad" : ""}`,
    h("h2", icon(kind), label),
    h("p.value", value),
    note ?? null,
  );
}

function travelTile(summary: Summary, language: Language): HTMLElement {
  const texts = textsOf(language);
  const [record] = summary.travel;
  if (!record) return tile("travel", texts.travel, texts.nothing);
  const names = summary.regions
    .slice(0, SHOWN_REGIONS)
    .map(({ place }) => placeName(place, language));
  const more = summary.regions.length - names.length;
  const risk = summary.regions.some((region) => region.risk);
  const list = names.join(texts.comma);
  return tile(
    "travel",
    `${texts.travel} · ${texts.lastDays(record.days)}`,
    more > 0 ? `${list} +${more}` : list,
    h("p.note", icon(risk ? "warning" : "check"), risk ? texts.risk : texts.noRisk),
    risk,
  );
}

function vaccinationTile(summary: Summary, language: Language): HTMLElement {
  const texts = textsOf(language);
  const [claim] = summary.vaccination;
  if (!claim) return tile("vaccination", texts.vaccination, texts.nothing);
  const done = claim.dose >= claim.of;
  return tile(
    "vaccination",
    texts.vaccination,
    texts.doses(claim.dose, claim.of),
    h(
      "p.note",
      icon(done ? "check" : "watch"),
      `${done ? texts.complete : texts.incomplete} · ${claim.product}`,
    ),
  );
}

function testTile(summary: Summary, now: number, language: Language): HTMLElement {
  const texts = textsOf(language);
  const [claim] = summary.test;
  if (!claim) return tile("test", texts.test, texts.nothing);
  return tile(
    "test",
    `${texts.test} · ${texts.kinds[claim.kind]}`,
    claim.positive ? texts.positive : texts.negative,
    h(
      "p.note",
      icon(claim.positive ? "warning" : "check"),
      `${texts.sampled} ${agoText(claim.at, now, texts.locale)}`,
    ),
    claim.positive,
  );
}

function recoveryTile(summary: Summary, now: number, language: Language): HTMLElement {
  const texts = textsOf(language);
  const claim = summary.recovery[0]!;
  const today = Math.floor(now / 86400);
  const holds = claim.from <= today && today <= claim.until;
  return tile(
    "recovery",
    texts.recovery,
    dayText(claim.until, texts.locale),
    h("p.note", icon(holds ? "check" : "watch"), placeName(claim.place, language)),
  );
}

function expiryTile(summary: Summary, now: number, language: Language): HTMLElement {
  const texts = textsOf(language);
  const expires = summary.expires ?? now;
  return tile(
    "expiry",
    texts.validLabel,
    timeText(expires, now, texts),
    h("p.note", icon("clock"), agoText(expires, now, texts.locale)),
  );
}
