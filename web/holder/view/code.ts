/** The live code: the QR picture, the ring that runs down to the next one, the time of day. */

import type { Texts } from "../texts/index.js";
import { find } from "../../common/dom.js";
import { draw } from "../../common/qr.js";

export class CodeView {
  private readonly canvas = find("qr", HTMLCanvasElement);
  private readonly ring = find("ring", HTMLElement);
  private shown: string | null = null; // the code
  private since = 0; // when it was signed, by performance.now()

  /** period: seconds that a code is shown. */
  constructor(private readonly period: number) {}

  show(text: string): void {
    this.shown = text;
    this.since = performance.now();
    this.redraw();
    this.runDown();
  }

  clear(): void {
    this.shown = null;
    this.canvas.width = this.canvas.height = 1;
  }

  fail(why: string): void {
    this.clear();
    find("hint", HTMLElement).textContent = why;
  }

  redraw(): void {
    if (this.shown === null) return;
    const room = this.canvas.parentElement?.clientWidth ?? 0;
    draw(this.canvas, this.shown, room, window.devicePixelRatio || 1);
  }

  /** Each second: the clock and the count. Whether a new code is due. */
  tick(texts: Texts): boolean {
    const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
    find("clock", HTMLElement).textContent = new Date().toLocaleTimeString(texts.locale, clock);
    const left = this.period - (performance.now() - this.since) / 1000;
    const seconds = Math.max(0, Math.round(left));
    find("seconds", HTMLElement).textContent = String(seconds);
    this.ring.setAttribute("aria-label", `${texts.newIn} ${seconds} ${texts.seconds}`);
    return this.shown === null || left <= 0.5;
  }

  describe(texts: Texts, gate: string | null): void {
    this.canvas.setAttribute("aria-label", texts.codeLabel(this.period));
    find("hint", HTMLElement).textContent = gate === null ? texts.showAt : texts.forGate(gate);
  }

  private runDown(): void {
    const left = this.ring.querySelector(".left");
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!left || calm) return;
    const frames = [{ strokeDashoffset: "0" }, { strokeDashoffset: "1" }];
    left.getAnimations().forEach((animation) => animation.cancel());
    left.animate(frames, { duration: this.period * 1000, fill: "forwards" });
  }
}
