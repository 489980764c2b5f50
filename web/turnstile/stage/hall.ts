/** What stands still: the floor, the way through, and the cabinets with reader, post and lamp. */

import { s } from "../../common/svg.js";
import { at, facing, HEIGHT, points, WIDTH } from "./iso.js";

export const PITCH = 1.75; // metres from one lane to the next
export const HALF = 0.46; // half the width of the way through
const WALL = 0.3; // a cabinet's width
const LENGTH = 1.15; // half of a cabinet's
const TALL = 0.98;

/** Where the middle of a lane is. */
export const middle = (lane: number, lanes: number): number => (lane - (lanes - 1) / 2) * -PITCH;

type Corner = readonly [number, number, number];

/** A box with its three visible sides. */
export function box(
  [x0, x1]: readonly [number, number],
  [y0, y1]: readonly [number, number],
  [z0, z1]: readonly [number, number],
  kind: string,
): SVGGElement {
  const face = (name: string, ...corners: Corner[]) =>
    s("polygon", { class: name, points: points(...corners) });
  return s(
    "g",
    { class: `box ${kind}` },
    face("side", [x0, y1, z0], [x1, y1, z0], [x1, y1, z1], [x0, y1, z1]),
    face("front", [x0, y0, z0], [x0, y1, z0], [x0, y1, z1], [x0, y0, z1]),
    face("top", [x0, y0, z1], [x0, y1, z1], [x1, y1, z1], [x1, y0, z1]),
  );
}

const FAR = 9; // metres: beyond the edge of the picture

export function floor(lanes: number): SVGGElement {
  const group = s("g", { class: "floor" });
  group.append(
    s("rect", { class: "slab", width: WIDTH, height: HEIGHT }),
    s("polygon", {
      class: "inside",
      points: points([0, -FAR, 0], [0, FAR, 0], [FAR, FAR, 0], [FAR, -FAR, 0]),
    }),
  );
  for (let place = -FAR; place <= FAR; place += 1) {
    group.append(line([place, -FAR], [place, FAR]), line([-FAR, place], [FAR, place]));
  }
  for (let lane = 0; lane < lanes; lane += 1) {
    const y = middle(lane, lanes);
    const [left, right] = [y - HALF, y + HALF];
    group.append(
      s("polygon", {
        class: "carpet",
        points: points([-FAR, left, 0], [-FAR, right, 0], [FAR, right, 0], [FAR, left, 0]),
      }),
    );
    for (const x of [-3.4, -2.5, 2.1, 3]) {
      group.append(
        s("polyline", {
          class: "arrow",
          points: points([x, y - 0.2, 0], [x + 0.25, y, 0], [x, y + 0.2, 0]),
        }),
      );
    }
  }
  return group;
}

/** Glass beside the cabinets, so that the lane is the only way in. */
export function fence(from: number, to: number): SVGGElement {
  const group = s("g", { class: "fence" });
  group.append(
    s("polygon", {
      class: "pane",
      points: points([0, from, 0.08], [0, to, 0.08], [0, to, 1.05], [0, from, 1.05]),
    }),
  );
  const [a, b] = [at(0, from, 1.05), at(0, to, 1.05)];
  group.append(s("line", { class: "rail", x1: a[0], y1: a[1], x2: b[0], y2: b[1] }));
  return group;
}

/** Where the glass begins, on the left and on the right of all lanes. */
export const edges = (lanes: number): [number, number] => [
  middle(lanes - 1, lanes) - HALF - WALL,
  middle(0, lanes) + HALF + WALL,
];

function line(from: readonly [number, number], to: readonly [number, number]): SVGElement {
  const [a, b] = [at(...from), at(...to)];
  return s("line", { class: "joint", x1: a[0], y1: a[1], x2: b[0], y2: b[1] });
}

/** A cabinet right of a lane's middle (side 1) or left of it (-1). */
export function cabinet(y: number, side: 1 | -1): SVGGElement {
  const [from, to] = side > 0 ? [y + HALF, y + HALF + WALL] : [y - HALF - WALL, y - HALF];
  const group = box([-LENGTH, LENGTH], [from, to], [0, TALL], "cabinet");
  const inner = side > 0 ? from + 0.05 : to - 0.05;
  const [a, b] = [at(-LENGTH + 0.08, inner, TALL), at(LENGTH - 0.08, inner, TALL)];
  group.append(s("line", { class: "strip", x1: a[0], y1: a[1], x2: b[0], y2: b[1] }));
  return group;
}

/** The reader, at the beginning of the right cabinet, or at its end for those who walk out. */
export function reader(y: number, reverse: boolean): SVGGElement {
  const x = reverse ? LENGTH - 0.3 : -LENGTH + 0.06;
  const group = s("g", { class: "reader" });
  group.append(box([x, x + 0.24], [y + HALF + 0.03, y + HALF + 0.27], [TALL, TALL + 0.1], "eye"));
  const [cx, cy] = at(x + 0.12, y + HALF + 0.15, TALL + 0.1);
  group.append(s("ellipse", { class: "window", cx, cy, rx: 8, ry: 4.6 }));
  return group;
}

/** The display, on the left cabinet: nobody in the lane stands before it. */
export function post(y: number): SVGGElement {
  const group = s("g", { class: "post" });
  const centre = y - HALF - 0.2;
  const x = -0.25;
  group.append(
    box([x, x + 0.06], [centre - 0.03, centre + 0.03], [TALL, 1.3], "pole"),
    box([x - 0.06, x], [centre - 0.48, centre + 0.48], [1.28, 1.98], "frame"),
    s(
      "g",
      { class: "screen", transform: facing(x - 0.06, centre - 0.44, 1.94) },
      s("rect", { class: "glass", width: 0.88, height: 0.62, rx: 0.03 }),
      s("path", { class: "sign" }),
    ),
  );
  return group;
}

/** Signs on the display that can be told apart from afar, in a square of 1, drawn as lines. */
export const SIGNS: Record<string, string> = {
  ready:
    "M.27 .13h.12M.27 .13v.12M.61 .13H.49M.61 .13v.12M.27 .49h.12M.27 .49V.37M.61 .49H.49M.61 .49V.37",
  wait: "M.3 .31h.01M.44 .31h.01M.58 .31h.01",
  granted: "M.27 .32.4 .45 .64 .18",
  refused: "M.3 .17.58 .45M.58 .17.3 .45",
  fire: "M.44 .11c.02 .12 .15 .15 .15 .27a.15 .14 0 0 1-.3 0c0-.07 .05-.1 .07-.16 .05 .03 .05 .06 .06 .08 .03-.06 .03-.12 .02-.19z",
  alarm: "M.44 .12 .66 .48H.22zM.44 .25v.11M.44 .42v.005",
  locked: "M.31 .3h.26v.2H.31zM.36 .3V.22a.08 .08 0 0 1 .16 0V.3",
  maintenance:
    "M.28 .46.46 .28M.42 .2a.11 .11 0 0 0 .16 .15l-.07-.07 .02-.08 .08-.02 .04 .05a.11 .11 0 0 0-.16-.12",
};
