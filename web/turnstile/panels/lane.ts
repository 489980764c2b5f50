/** The lane's states as a picture: the one that it is in is lit, the way it came is drawn. */

import { s, set } from "../../common/svg.js";
import type { Lane } from "../picture.js";
import { texts, word } from "../texts/index.js";

const [W, H] = [116, 44];
// Middle of each state. Daily business in the middle row, trouble below, keys and fire above.
const PLACES: Record<string, readonly [number, number]> = {
  locked: [70, 36],
  maintenance: [222, 36],
  fire: [374, 36],
  idle: [70, 126],
  verifying: [222, 126],
  granted: [374, 126],
  passing: [526, 126],
  denied: [222, 216],
  alarm: [450, 216],
};
const WAYS: readonly (readonly [string, string])[] = [
  ["idle", "verifying"],
  ["verifying", "granted"],
  ["granted", "passing"],
  ["verifying", "denied"],
  ["denied", "idle"],
  ["passing", "alarm"],
  ["idle", "locked"],
  ["idle", "maintenance"],
  ["verifying", "fire"],
];

export class LanePicture {
  readonly element = s("svg", { viewBox: "0 0 596 252", class: "machine", role: "img" });
  private which = s("text", { class: "which", x: 584, y: 40 });
  private boxes = new Map<string, SVGGElement>();
  private state = "";

  constructor() {
    const marker = s(
      "marker",
      {
        id: "tip",
        viewBox: "0 0 8 8",
        refX: 7,
        refY: 4,
        markerWidth: 6,
        markerHeight: 6,
        orient: "auto-start-reverse",
      },
      s("path", { d: "M0 0 8 4 0 8z", class: "tip" }),
    );
    this.element.append(s("defs", {}, marker), this.which);
    for (const [from, to] of WAYS) this.element.append(way(from, to));
    // back to idle when somebody is through, or nobody came
    this.element.append(
      s("path", {
        class: "way",
        d: "M526 148v16q0 10-10 10H98q-10 0-10-10v-12",
        "marker-end": "url(#tip)",
      }),
    );
    for (const [state, [x, y]] of Object.entries(PLACES)) {
      const box = s(
        "g",
        { class: `state ${state}`, transform: `translate(${x} ${y})` },
        s("rect", { x: -W / 2, y: -H / 2, width: W, height: H, rx: 12 }),
        s("text", { y: 5 }),
        s("text", { y: 15, class: "kind" }),
      );
      this.boxes.set(state, box);
      this.element.append(box);
    }
  }

  /** alone: whether it is the only lane, which needs no name. */
  draw(lane: Lane, label: string, alone: boolean): void {
    const said = texts();
    this.which.textContent = alone ? "" : label;
    const alarm = lane.alarm ? word(said.alarms, lane.alarm) : "";
    set(this.element, {
      "aria-label": `${label}: ${word(said.states, lane.state)} ${alarm}`.trim(),
    });
    for (const [state, box] of this.boxes) {
      const [, name, kind] = box.children;
      if (name) name.textContent = word(said.states, state);
      const shown = state === "alarm" && lane.state === "alarm" ? alarm : "";
      if (kind) kind.textContent = shown;
      if (name) set(name, { y: shown ? -2 : 5 });
      box.classList.toggle("now", state === lane.state);
      box.classList.toggle("before", state === this.state && state !== lane.state);
    }
    if (this.boxes.has(lane.state) && lane.state !== this.last) {
      this.state = this.last;
      this.last = lane.state;
    }
  }

  private last = "";
}

function way(from: string, to: string): SVGPathElement {
  const [[x0, y0], [x1, y1]] = [PLACES[from] ?? [0, 0], PLACES[to] ?? [0, 0]];
  const d =
    y0 === y1
      ? `M${x0 + W / 2} ${y0}H${x1 - W / 2 - 2}`
      : `M${x0 + (x1 - x0) * 0.25} ${y0 + Math.sign(y1 - y0) * (H / 2)}L${x1 - (x1 - x0) * 0.25} ${y1 - Math.sign(y1 - y0) * (H / 2 + 2)}`;
  return s("path", { class: "way", d, "marker-end": "url(#tip)" });
}
