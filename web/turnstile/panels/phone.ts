/** The phone: who comes, what their code says, and the code itself. */

import { fill, find, h } from "../../common/dom.js";
import { draw } from "../../common/qr.js";
import type { Person, Picture } from "../picture.js";
import { current, texts, word } from "../texts/index.js";

const CHOSEN = "person";
const PASTED = 2000; // characters, as the server takes

export interface Asked {
  show: (person: string, reader: number) => void;
  paste: (code: string, reader: number) => void;
}

export class PhonePanel {
  private chosen = sessionStorage.getItem(CHOSEN) ?? "";
  private people: Person[] = [];
  private readers = 1;
  private shown = "";

  constructor(asked: Asked) {
    const list = find("person", HTMLSelectElement);
    list.addEventListener("change", () => {
      this.chosen = list.value;
      sessionStorage.setItem(CHOSEN, this.chosen);
      this.describe();
    });
    find("show", HTMLButtonElement).addEventListener("click", () =>
      asked.show(this.chosen, this.reader()),
    );
    find("paste-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const code = find("code", HTMLTextAreaElement).value.trim().slice(0, PASTED);
      if (code) asked.paste(code, this.reader());
    });
  }

  draw(picture: Picture): void {
    if (this.people.length !== picture.people.length) {
      this.people = picture.people;
      if (!this.people.some((one) => one.slug === this.chosen)) {
        this.chosen = this.people[0]?.slug ?? "";
      }
    }
    this.readers = picture.readers?.length ?? this.readers;
    find("reader-choice", HTMLElement).hidden = this.readers < 2;
    find("show", HTMLButtonElement).hidden = find("person", HTMLSelectElement).hidden =
      this.people.length === 0;
    this.describe();
    // The code that was last held before a reader stays on the phone.
    const actors = picture.actors ?? [];
    const showing = [...actors].reverse().find((actor) => actor.code !== null);
    this.qr(showing?.code ?? null, showing?.phase ?? "");
  }

  private reader(): number {
    return this.readers < 2 ? 0 : Number(find("reader", HTMLSelectElement).value);
  }

  private describe(): void {
    const said = texts();
    const list = find("person", HTMLSelectElement);
    const options = this.people.map((one) => {
      const option = document.createElement("option");
      option.value = one.slug;
      option.textContent = `${nameOf(one)} – ${storyOf(one)}`;
      return option;
    });
    const before = [...list.options].map((option) => option.textContent).join("\n");
    if (options.map((option) => option.textContent).join("\n") !== before) {
      list.replaceChildren(...options);
    }
    list.value = this.chosen;
    const person = this.people.find((one) => one.slug === this.chosen);
    if (!person) return;
    fill(find("claims", HTMLElement), ...person.claims.map((claim) => h("li", claim)));
    const expected = find("expected", HTMLElement);
    expected.className = `expected ${person.expected === null ? "good" : "bad"}`;
    expected.textContent = `${said.expected}: ${person.expected ?? said.granted}`;
    find("who", HTMLElement).textContent = nameOf(person);
    find("story", HTMLElement).textContent = storyOf(person);
  }

  private qr(code: string | null, phase: string): void {
    const canvas = find("qr", HTMLCanvasElement);
    const frame = find("phone-screen", HTMLElement);
    frame.dataset.phase = phase;
    frame.dataset.code = code === null ? "none" : "shown";
    if (code === null || code === this.shown) return;
    this.shown = code;
    draw(canvas, code, 190, devicePixelRatio);
    canvas.setAttribute("aria-label", code.slice(0, 40));
  }
}

/** "林 Lin": the Chinese name in Chinese, the other in English. */
export function nameOf(person: Person): string {
  const [zh = person.name, ...en] = person.name.split(" ");
  return current() === "zh" || en.length === 0 ? zh : en.join(" ");
}

const storyOf = (person: Person): string =>
  current() === "zh" ? word(texts().stories, person.slug) : person.story;
