/** A QR code on a canvas: level M, whole pixels a module, pure black on white. */

import encodeQR from "qr";

const QUIET_ZONE = 4; // modules, ISO/IEC 18004
const ALPHANUMERIC = /^[0-9A-Z $%*+\-./:]*$/; // ours are; foreign ones may not be

export function modules(text: string): boolean[][] {
  const encoding = ALPHANUMERIC.test(text) ? "alphanumeric" : "byte";
  return encodeQR(text, "raw", { ecc: "medium", encoding, border: QUIET_ZONE });
}

/** Draws it as large as fits the width. A module is a whole number of the screen's own pixels. */
export function draw(canvas: HTMLCanvasElement, text: string, width: number, ratio: number): void {
  const rows = modules(text);
  const module = Math.max(1, Math.floor((width * ratio) / rows.length));
  const size = rows.length * module;
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new Error("no canvas");
  canvas.width = canvas.height = size;
  canvas.style.width = canvas.style.height = `${size / ratio}px`;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, size, size);
  context.fillStyle = "#000";
  rows.forEach((row, y) =>
    row.forEach((dark, x) => {
      if (dark) context.fillRect(x * module, y * module, module, module);
    }),
  );
}
