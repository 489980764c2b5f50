/** From metres to the picture: x is the way in (up and to the right), y is to the right, z is up. */

export const WIDTH = 1000;
export const HEIGHT = 540;
const SCALE = 116; // pixels a metre
const CENTRE: Point = [470, 330];
const ACROSS = 0.866 * SCALE;
const DOWN = 0.5 * SCALE;
const UP = 0.84 * SCALE;

export type Point = readonly [number, number];

export function at(x: number, y: number, z = 0): Point {
  return [CENTRE[0] + (x + y) * ACROSS, CENTRE[1] + (y - x) * DOWN - z * UP];
}

/** Points of a polygon, each given in metres. */
export function points(...corners: (readonly [number, number, number])[]): string {
  return corners
    .map(([x, y, z]) =>
      at(x, y, z)
        .map((value) => value.toFixed(1))
        .join(","),
    )
    .join(" ");
}

/** Puts a drawing on an upright plane that faces whoever comes in: to the right, then down. */
export function facing(x: number, y: number, z: number): string {
  const [left, top] = at(x, y, z);
  return `matrix(${ACROSS} ${DOWN} 0 ${UP} ${left} ${top})`;
}

export const METRE = UP;
