/** What the gate shows: display, lamp, buzzer, relays, readers. */

import { fill, find, h } from "../../common/dom.js";
import type { Display, Picture } from "../picture.js";
import { current, texts, word } from "../texts/index.js";

export function drawFront(picture: Picture): void {
  const said = texts();
  drawDisplay(picture);
  const lamp = picture.lamp ?? {};
  const lights = [
    ...(lamp.green === undefined ? [] : [bulb("green", lamp.green)]),
    ...(lamp.red === undefined ? [] : [bulb("red", lamp.red)]),
    ...(lamp.pixels ?? []).map(pixel),
  ];
  const value = (id: string, ...content: (Node | string)[]) =>
    fill(find(id, HTMLElement), ...content);
  value("lamp", ...(lights.length ? lights : [said.noLamp]));
  const buzzer = picture.buzzer;
  const hz = buzzer?.hz ?? 0;
  const sound = h(
    `span.buzz${hz ? ".on" : ""}`,
    hz ? `♪ ${hz} Hz` : buzzer ? said.silent : said.noLamp,
  );
  value("buzzer", sound);
  value(
    "relays",
    ...(picture.relays ?? []).map((open, number) =>
      h(`span.chip${open ? ".on" : ""}`, `${number + 1} ${open ? said.open : said.shut}`),
    ),
  );
  value(
    "readers",
    ...(picture.readers ?? []).map((one, number) =>
      h(
        `span.chip${one.dead || one.state === "silent" ? ".bad" : ""}`,
        `${number + 1} ${word(said.readerStates, one.dead ? "silent" : (one.state ?? "unknown"))}`,
      ),
    ),
  );
}

function drawDisplay(picture: Picture): void {
  const panel = picture.panel ?? null;
  const image = find("panel", HTMLImageElement);
  const words = find("words", HTMLElement);
  image.hidden = panel === null;
  words.hidden = panel !== null;
  find("no-display", HTMLElement).hidden = panel !== null;
  const display = picture.display ?? {};
  find("display", HTMLElement).dataset.show = picture.power ? (display.show ?? "") : "off";
  if (panel) {
    const source = `api/display.png?${panel.version}`;
    if (image.getAttribute("src") !== source) image.src = source;
    // Small ones are enlarged, so that their pixels can be seen.
    const scale = panel.width <= 128 ? 2 : 1;
    image.width = panel.width * scale;
    image.height = panel.height * scale;
    image.alt = sentence(display);
  }
  const other = current() === "zh" ? "en" : "zh";
  const line = (language: "zh" | "en", kind: string) => {
    const text = h(`p.${kind}`, display[language] ?? "");
    text.lang = language;
    return text;
  };
  fill(
    words,
    line(current(), "first"),
    h("p.advice", display[`${current()}_advice` as "zh_advice"] ?? ""),
    line(other, "second"),
  );
}

/** What the display says, in the page's language. */
export function sentence(display: Display): string {
  const language = current();
  const parts = [display[language], display[`${language}_advice` as "zh_advice"]];
  return parts.filter(Boolean).join(language === "zh" ? "," : ". ");
}

function bulb(colour: string, lit: boolean): HTMLElement {
  const element = h(`span.bulb.${colour}${lit ? ".lit" : ""}`);
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", `${colour} ${lit ? "on" : "off"}`);
  return element;
}

function pixel(colour: string): HTMLElement {
  const element = h("span.bulb.pixel");
  element.style.setProperty("--light", colour);
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", colour);
  element.classList.toggle("lit", colour !== "#000000");
  return element;
}
