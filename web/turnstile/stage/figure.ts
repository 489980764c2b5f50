/** One person, drawn upright on the floor; where, and in which pose, comes from phase and time. */

import { s, set } from "../../common/svg.js";
import type { Actor } from "../picture.js";
import { at, METRE } from "./iso.js";

const COATS = [
  "#3b82f6",
  "#8b5cf6",
  "#0d9488",
  "#d97706",
  "#db2777",
  "#4f46e5",
  "#65a30d",
  "#0891b2",
];
const SKINS = ["#f2c9a5", "#e0ac83", "#c98f63", "#f6d7bd"];
const HAIR = ["#26211d", "#3d2b1f", "#5b4636", "#1c1917"];
const START = -4.3;
const AT_READER = -1.5;
const SIZE = METRE / 72; // the drawing below has 72 pixels a metre
const STEP = 0.62; // metres between two people who wait
export const DURATIONS: Record<Actor["phase"], number> = {
  coming: 1000,
  showing: 0,
  cleared: 0,
  refused: 0,
  walking: 1250,
  standing: 600,
  through: 1600,
  turning: 1600,
};

const ease = (t: number) => t * t * (3 - 2 * t);

/** Where somebody is along the lane, in metres; from outside to inside. place: in the queue. */
export function along(actor: Actor, elapsed: number, place: number): number {
  const t = Math.min(1, Math.max(0, elapsed / (DURATIONS[actor.phase] || 1)));
  const stop = AT_READER - place * STEP;
  switch (actor.phase) {
    case "coming":
      return START + (stop - START) * ease(t);
    case "walking":
      return AT_READER + 2.5 * t;
    case "standing":
      return AT_READER + 1.5 * ease(t);
    case "through":
      return 1 + 3.5 * t;
    case "turning":
      return AT_READER + (START - AT_READER) * ease(t);
    default:
      return stop;
  }
}

export class Figure {
  readonly element: SVGGElement;
  x = START; // drawn so far: people glide when they are moved up
  private body: SVGGElement;
  private legs: SVGLineElement[];
  private arm: SVGGElement;
  private shadow: SVGEllipseElement;
  private label: SVGTextElement;

  constructor(actor: Actor) {
    const pick = (from: string[], salt: number) =>
      from[(actor.number * 7 + salt) % from.length] ?? "";
    const coat = actor.who === "intruder" ? "#334155" : pick(COATS, 0);
    this.legs = [0, 1].map(() => s("line", { class: "leg", y1: -46, y2: -2 }));
    this.arm = s(
      "g",
      { class: "arm" },
      s("path", { d: "M9-84 20-66 30-74", stroke: coat, class: "sleeve" }),
      s("rect", { class: "phone", x: 26, y: -92, width: 12, height: 19, rx: 2 }),
      s("rect", { class: "glow", x: 28, y: -90, width: 8, height: 13, rx: 1 }),
    );
    this.body = s(
      "g",
      {},
      ...this.legs,
      s("path", {
        class: "coat",
        fill: coat,
        d: "M-14-40q0 4 4 4h20q4 0 4-4l-1-38q-2-13-13-13t-13 13z",
      }),
      s("path", { class: "fold", d: "M0-88v50" }),
      s("circle", { cx: 0, cy: -104, r: 12.5, fill: pick(SKINS, 1) }),
      s("path", { fill: pick(HAIR, 2), d: "M-13-103a13 13.5 0 0 1 26-1q-6-2-9-7-7 6-17 8z" }),
      this.arm,
    );
    if (actor.who === "intruder") {
      this.body.append(
        s("path", {
          fill: "#0f172a",
          d: "M-13.5-101a13.5 14.5 0 0 1 27 0l-1 5q-3-8-12.500-8t-12.500 8z",
        }),
      );
    }
    this.shadow = s("ellipse", { class: "shadow", rx: 20, ry: 9 });
    this.label = s("text", { class: "name", y: -128 });
    // Out of sight until it is drawn for the first time.
    this.element = s("g", { class: "figure", opacity: 0 }, this.shadow, this.body, this.label);
  }

  name(text: string): void {
    if (this.label.textContent !== text) this.label.textContent = text;
  }

  /** y: the lane's middle. still: without movement of legs and arms. */
  draw(actor: Actor, x: number, y: number, now: number, still: boolean): void {
    const moving = Math.abs(x - this.x) > 0.002;
    this.x = x;
    const sign = actor.reverse ? -1 : 1;
    const away = actor.phase === "turning" ? 0.55 * sign : 0;
    const [px, py] = at(sign * x, y + away * Math.min(1, Math.abs(x - AT_READER)));
    set(this.element, {
      transform: `translate(${px.toFixed(1)} ${py.toFixed(1)}) scale(${SIZE})`,
    });
    const swing = moving && !still ? Math.sin(now / 95 + actor.number) : 0;
    this.legs.forEach((leg, side) => {
      const reach = (side ? -1 : 1) * swing * 9;
      set(leg, { x1: side ? 5 : -5, x2: (side ? 5 : -5) + reach });
    });
    const back = (actor.phase === "turning") !== actor.reverse;
    const shake = actor.phase === "refused" && !still ? Math.sin(now / 70) * 1.6 : 0;
    const bob = moving && !still ? -Math.abs(swing) * 3 : 0;
    set(this.body, {
      transform: `translate(${shake.toFixed(2)} ${bob.toFixed(2)})${back ? " scale(-1 1)" : ""}`,
    });
    const holds = actor.phase === "showing" && actor.who !== "leaver";
    set(this.arm, { visibility: holds ? "visible" : "hidden" });
    const far = Math.max(0, Math.abs(x) - 3.2);
    set(this.element, { opacity: Math.max(0, 1 - far / 1.1) });
  }
}
