/** The turnstile, drawn and moving: redrawn for every frame from the picture and the gate's time. */

import { find } from "../../common/dom.js";
import { s, set } from "../../common/svg.js";
import type { GateClock } from "../clock.js";
import type { Actor, Lane, Picture } from "../picture.js";
import { along, DURATIONS, Figure } from "./figure.js";
import { cabinet, edges, fence, floor, HALF, middle, post, reader, SIGNS } from "./hall.js";
import { HEIGHT, points, WIDTH } from "./iso.js";

const SWING = (78 * Math.PI) / 180;
const SPEED = 0.0045; // of a leaf, a millisecond from shut to open

interface Drawn {
  leaves: SVGPolygonElement[];
  figures: { far: SVGGElement; near: SVGGElement };
  angle: number;
  group: SVGGElement;
}

export class Stage {
  private svg = find("stage", HTMLElement).appendChild(
    s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "stage", role: "img" }),
  );
  private lanes: Drawn[] = [];
  private figures = new Map<number, Figure>();
  private picture: Picture | null = null;
  private frame = 0;
  private last = 0;

  constructor(
    private clock: GateClock,
    private nameOf: (actor: Actor) => string,
  ) {}

  show(picture: Picture, description: string): void {
    this.picture = picture;
    set(this.svg, { "aria-label": description });
    const lanes = picture.lanes?.length ?? this.lanes.length;
    if (lanes !== this.lanes.length) this.build(picture.lanes ?? []);
    this.mark(picture);
    if (!this.frame) this.frame = requestAnimationFrame(this.draw);
  }

  /** What is not a matter of movement is there at once, not with the next frame. */
  private mark(picture: Picture): void {
    const show = picture.display?.show ?? "";
    (picture.lanes ?? []).forEach((lane, number) => {
      const drawn = this.lanes[number];
      if (!drawn) return;
      set(drawn.group, {
        "data-state": lane.state,
        "data-open": String(lane.open),
        "data-show": show,
        "data-light": light(picture),
      });
      const sign = drawn.group.querySelector(".sign");
      if (sign) set(sign, { d: SIGNS[show] ?? "" });
    });
    for (const actor of picture.actors ?? []) {
      const figure = this.figures.get(actor.number) ?? new Figure(actor);
      this.figures.set(actor.number, figure);
      figure.name(this.nameOf(actor));
      set(figure.element, { "data-phase": actor.phase });
      if (!figure.element.parentNode) {
        this.lanes[actor.lane]?.figures[actor.reverse ? "far" : "near"].append(figure.element);
      }
    }
  }

  private build(lanes: Lane[]): void {
    const [left, right] = edges(lanes.length);
    this.svg.replaceChildren(floor(lanes.length), fence(-6, left));
    const order = lanes
      .map((_, lane) => lane)
      .sort((a, b) => middle(a, lanes.length) - middle(b, lanes.length));
    this.lanes = lanes.map(() => undefined as unknown as Drawn);
    for (const lane of order) {
      const y = middle(lane, lanes.length);
      const group = s("g", { class: "lane" });
      const far = s("g", {});
      const near = s("g", {});
      const leaves = [0, 1].map(() => s("polygon", { class: "leaf" }));
      group.append(cabinet(y, -1), post(y), far, ...leaves, near, cabinet(y, 1));
      group.append(reader(y, false));
      if ((lanes[lane]?.readers.length ?? 0) > 1) group.append(reader(y, true));
      this.svg.append(group);
      this.lanes[lane] = { leaves, figures: { far, near }, angle: 0, group };
    }
    this.svg.append(fence(right, 6));
  }

  private draw = (time: number): void => {
    this.frame = 0;
    const picture = this.picture;
    if (!picture) return;
    const step = Math.min(100, time - this.last);
    this.last = time;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let busy = false;
    (picture.lanes ?? []).forEach((lane, number) => {
      const drawn = this.lanes[number];
      if (drawn) busy = this.drawLane(picture, lane, number, drawn, still ? 1e6 : step) || busy;
    });
    busy = this.drawPeople(picture, still) || busy;
    if (busy) this.frame = requestAnimationFrame(this.draw);
  };

  private drawLane(
    picture: Picture,
    lane: Lane,
    number: number,
    drawn: Drawn,
    step: number,
  ): boolean {
    const forced = (picture.actors ?? []).some(
      (one) => one.lane === number && one.who === "intruder" && one.phase === "walking",
    );
    const held = picture.inputs?.door[number] === true;
    const goal = lane.open || forced || held ? 1 : 0;
    const before = drawn.angle;
    drawn.angle += Math.sign(goal - before) * Math.min(Math.abs(goal - before), SPEED * step);
    const out = drawn.angle * SWING;
    const y = middle(number, this.lanes.length);
    drawn.leaves.forEach((leaf, side) => {
      const sign = side ? 1 : -1;
      const hinge = y + sign * HALF;
      const long = HALF - 0.03;
      const [tx, ty] = [long * Math.sin(out), hinge - sign * long * Math.cos(out)];
      set(leaf, {
        points: points([0, hinge, 0.12], [tx, ty, 0.12], [tx, ty, 1.2], [0, hinge, 1.2]),
      });
    });
    return drawn.angle !== goal;
  }

  private drawPeople(picture: Picture, still: boolean): boolean {
    const now = this.clock.now();
    const actors = picture.actors ?? [];
    let busy = false;
    for (const actor of actors) {
      const drawn = this.lanes[actor.lane];
      const figure = this.figures.get(actor.number);
      if (!drawn || !figure) continue;
      const elapsed = now - actor.since_us / 1000;
      const goal = along(actor, still ? 1e6 : elapsed, place(actor, actors));
      const queued = actor.phase !== "walking" && actor.phase !== "through" && !still;
      const x = queued ? figure.x + Math.max(-0.05, Math.min(0.05, goal - figure.x)) : goal;
      figure.draw(actor, x, middle(actor.lane, this.lanes.length), now, still);
      const inside = actor.reverse ? x < 0 : x > 0;
      const layer = inside ? drawn.figures.far : drawn.figures.near;
      if (figure.element.parentNode !== layer) layer.append(figure.element);
      busy ||= elapsed < (DURATIONS[actor.phase] || 0) + 200 || Math.abs(goal - x) > 0.01;
      busy ||= actor.phase === "refused";
    }
    const here = new Set(actors.map((actor) => actor.number));
    for (const [number, figure] of this.figures) {
      if (here.has(number)) continue;
      figure.element.remove();
      this.figures.delete(number);
    }
    for (const { figures } of this.lanes)
      for (const layer of [figures.far, figures.near]) this.sort(layer);
    return busy;
  }

  /** Who is nearer is drawn later. */
  private sort(layer: SVGGElement): void {
    const depth = (element: Element) =>
      [...this.figures.values()].find((figure) => figure.element === element)?.x ?? 0;
    const sorted = [...layer.children].sort((a, b) => depth(b) - depth(a));
    if (sorted.some((element, index) => layer.children[index] !== element)) layer.append(...sorted);
  }
}

const WAITING = ["coming", "showing", "cleared", "refused"];

/** How many are before somebody at the same reader. */
function place(actor: Actor, actors: Actor[]): number {
  if (!WAITING.includes(actor.phase)) return 0;
  return actors.filter(
    (one) =>
      one.lane === actor.lane &&
      one.reverse === actor.reverse &&
      one.number < actor.number &&
      WAITING.includes(one.phase),
  ).length;
}

/** What the strips on the cabinets show: the board's lamp. */
function light(picture: Picture): string {
  const { green, red, pixels } = picture.lamp ?? {};
  if (pixels?.length) {
    const [r = 0, g = 0, b = 0] =
      (pixels[0] ?? "#000000").match(/[0-9a-f]{2}/gi)?.map((part) => parseInt(part, 16)) ?? [];
    if (r + g + b === 0) return "off";
    if (r > 1.6 * Math.max(g, b)) return "red";
    if (g > 1.6 * Math.max(r, b)) return "green";
    return b > r && b > g ? "blue" : "amber";
  }
  if (green && red) return "amber";
  if (green) return "green";
  if (red) return "red";
  return "off";
}
