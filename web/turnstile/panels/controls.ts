/** Buttons and switches: everything that can happen to the gate. */

import { h } from "../../common/dom.js";
import type { LaneInput, Picture, TerminalInput } from "../picture.js";
import { texts, type Texts } from "../texts/index.js";

type Command = Record<string, unknown>;
type Word = { [K in keyof Texts]: Texts[K] extends string ? K : never }[keyof Texts];

interface Control {
  id: string;
  label: Word;
  key: string; // of the keyboard
  kind?: "danger" | "primary";
  command: (on: boolean, lane: number) => Command;
  /** Whether it is on; undefined for what is only pressed. */
  on?: (picture: Picture, lane: number) => boolean;
  has?: (picture: Picture, lane: number) => boolean;
}

const input = (name: TerminalInput, key: string, kind?: "danger"): Control => ({
  id: name,
  label: name,
  key,
  ...(kind ? { kind } : {}),
  command: (on, lane) => ({ do: "input", name, lane, on }),
  on: (picture) => picture.inputs?.[name] === true,
  has: (picture) => picture.inputs?.[name] !== undefined,
});

const sensor = (name: LaneInput, picture: Picture, lane: number): boolean =>
  (picture.inputs?.[name][lane] ?? null) !== null;

const press = (id: Word & ("walk" | "follow" | "force" | "exit"), key: string): Control => ({
  id,
  label: id,
  key,
  command: (_, lane) => ({ do: id, lane }),
  ...(id === "exit" ? { has: (picture, lane) => sensor("request-to-exit", picture, lane) } : {}),
});

const GROUPS: { title: Word; controls: Control[] }[] = [
  {
    title: "people",
    controls: [
      press("walk", "w"),
      press("follow", "f"),
      press("force", "b"),
      {
        id: "stand",
        label: "stand",
        key: "h",
        command: (on, lane) => ({ do: "input", name: "passage", lane, on }),
        on: (picture, lane) =>
          (picture.actors ?? []).some((one) => one.lane === lane && one.phase === "standing"),
        has: (picture, lane) => sensor("passage", picture, lane),
      },
      press("exit", "e"),
      {
        id: "auto",
        label: "auto",
        key: "a",
        command: (on) => ({ do: "auto", on }),
        on: (picture) => picture.auto === true,
      },
    ],
  },
  {
    title: "building",
    controls: [
      input("fire", "x", "danger"),
      input("lock", "l"),
      input("maintenance", "m"),
      input("tamper", "t"),
      {
        id: "door",
        label: "door",
        key: "d",
        command: (on, lane) => ({ do: "input", name: "door", lane, on }),
        on: (picture, lane) => picture.inputs?.door[lane] === true,
        has: (picture, lane) => sensor("door", picture, lane),
      },
    ],
  },
  {
    title: "terminal",
    controls: [
      {
        id: "power",
        label: "power",
        key: "p",
        command: (on) => ({ do: "power", on }),
        on: (picture) => picture.power,
      },
      {
        id: "alive",
        label: "readerAlive",
        key: "r",
        command: (on) => ({ do: "reader", reader: 0, alive: on }),
        on: (picture) => picture.readers?.[0]?.dead === false,
        has: (picture) => picture.readers !== undefined,
      },
      {
        id: "clock",
        label: "clockLost",
        key: "c",
        command: () => ({ do: "clock", trusted: false }),
      },
      {
        id: "update",
        label: "update",
        key: "u",
        command: () => ({ do: "update" }),
        has: (picture) => picture.updates,
      },
    ],
  },
];

export class ControlsPanel {
  private buttons = new Map<Control, HTMLButtonElement>();
  private titles = new Map<Word, HTMLElement>();
  private picture: Picture | null = null;
  lane = 0;

  constructor(
    place: HTMLElement,
    private ask: (command: Command) => void,
  ) {
    for (const { title, controls } of GROUPS) {
      const heading = h("h3");
      const group = h("div.group", heading);
      this.titles.set(title, heading);
      for (const control of controls) {
        const button = document.createElement("button");
        button.type = "button";
        button.id = `do-${control.id}`;
        if (control.on) button.setAttribute("role", "switch");
        if (control.kind) button.classList.add(control.kind);
        button.addEventListener("click", () => this.press(control));
        button.append(h("span.text"), h("kbd", control.key));
        button.setAttribute("aria-keyshortcuts", control.key);
        this.buttons.set(control, button);
        group.append(button);
      }
      place.append(group);
    }
    addEventListener("keydown", (event) => this.keyed(event));
  }

  draw(picture: Picture, mayAct: boolean): void {
    this.picture = picture;
    const said = texts();
    for (const [title, heading] of this.titles) heading.textContent = said[title];
    for (const [control, button] of this.buttons) {
      const label = button.querySelector(".text");
      if (label) label.textContent = said[control.label];
      const has = control.has?.(picture, this.lane) ?? true;
      const runs = picture.power || control.id === "power";
      button.disabled = !mayAct || !has || !runs;
      button.title = has ? "" : said.absent;
      const on = control.on?.(picture, this.lane);
      if (on !== undefined) button.setAttribute("aria-checked", String(on && has));
    }
  }

  private press(control: Control): void {
    if (!this.picture) return;
    const on = control.on?.(this.picture, this.lane) ?? false;
    this.ask(control.command(!on, this.lane));
  }

  private keyed(event: KeyboardEvent): void {
    const typing =
      event.target instanceof Element && event.target.matches("textarea, input, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    for (const [control, button] of this.buttons) {
      if (control.key === event.key.toLowerCase() && !button.disabled) button.click();
    }
  }
}
