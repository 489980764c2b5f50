/** Relays and passage over the last half minute, moving to the left. */

import { find } from "../../common/dom.js";
import type { GateClock } from "../clock.js";
import type { Line, Picture } from "../picture.js";
import { texts } from "../texts/index.js";

const SPAN = 30_000; // milliseconds
const ROW = 30;
const LEFT = 96;

interface Track {
  name: () => string;
  colour: string;
  on: boolean;
  changes: { at: number; on: boolean }[];
}

export class Timeline {
  private canvas = find("timeline", HTMLCanvasElement);
  private tracks = new Map<string, Track>();
  private marks: { at: number; good: boolean }[] = [];
  private lanes = 0;

  constructor(private clock: GateClock) {
    setInterval(() => this.draw(), 100);
    addEventListener("resize", () => this.draw());
  }

  hear(lines: Line[]): void {
    for (const line of lines) {
      const at = line.at_us / 1000;
      const { relay, open, event, verdict } = line.fields;
      if (line.source === "relay") this.change(`relay ${Number(relay)}`, at, open === true);
      if (event === "decision") this.marks.push({ at, good: verdict === "granted" });
      if (line.source === "ended")
        this.tracks.forEach((_, name) => this.change(name, this.clock.now(), false));
    }
    this.marks = this.marks.filter((mark) => mark.at > this.clock.now() - SPAN);
  }

  show(picture: Picture): void {
    (picture.relays ?? []).forEach((on, number) =>
      this.track(`relay ${number}`, () => `${texts().relay} ${number + 1}`, "--good", on),
    );
    this.lanes = picture.lanes?.length ?? this.lanes;
    (picture.inputs?.passage ?? []).forEach((on, lane) => {
      if (on === null) return;
      const name = `passage ${lane}`;
      this.track(
        name,
        () => texts().passage + (this.lanes > 1 ? ` ${lane + 1}` : ""),
        "--accent",
        on,
      );
      if (this.tracks.get(name)?.on !== on) this.change(name, this.clock.now(), on);
    });
  }

  private track(name: string, title: () => string, colour: string, on: boolean): void {
    if (!this.tracks.has(name)) this.tracks.set(name, { name: title, colour, on, changes: [] });
  }

  private change(name: string, at: number, on: boolean): void {
    const track = this.tracks.get(name);
    if (!track) return;
    track.on = on;
    track.changes.push({ at, on });
    // One change from before the window says how it began.
    const start = this.clock.now() - SPAN;
    while (track.changes.length > 1 && (track.changes[1]?.at ?? start) < start)
      track.changes.shift();
  }

  private draw(): void {
    if (document.hidden) return;
    const [ratio, width] = [devicePixelRatio, this.canvas.clientWidth];
    const height = Math.max(1, this.tracks.size) * ROW + 18;
    const context = this.canvas.getContext("2d");
    if (!context || !width) return;
    const [w, t] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== w || this.canvas.height !== t) {
      this.canvas.width = w;
      this.canvas.height = t;
      this.canvas.style.height = `${height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const style = getComputedStyle(this.canvas);
    const colour = (name: string) => style.getPropertyValue(name);
    context.font = `12px ${style.fontFamily}`;
    const now = this.clock.now();
    const x = (at: number) => LEFT + ((at - now + SPAN) / SPAN) * (width - LEFT - 4);
    context.fillStyle = colour("--quiet");
    context.strokeStyle = colour("--line");
    for (let back = 0; back <= 30; back += 10) {
      context.beginPath();
      context.moveTo(x(now - back * 1000), 0);
      context.lineTo(x(now - back * 1000), height - 16);
      context.stroke();
      context.textAlign = back === 0 ? "right" : "center";
      context.fillText(back === 0 ? "0 s" : `−${back} s`, x(now - back * 1000), height - 3);
    }
    let row = 0;
    for (const track of this.tracks.values()) this.drawTrack(context, track, row++, x, now, colour);
    for (const mark of this.marks) {
      if (mark.at < now - SPAN) continue;
      context.fillStyle = colour(mark.good ? "--good" : "--bad");
      context.beginPath();
      context.arc(x(mark.at), 5, 3.5, 0, 7);
      context.fill();
    }
  }

  private drawTrack(
    context: CanvasRenderingContext2D,
    track: Track,
    row: number,
    x: (at: number) => number,
    now: number,
    colour: (name: string) => string,
  ): void {
    const [low, high] = [row * ROW + 25, row * ROW + 11];
    context.textAlign = "left";
    context.fillStyle = colour("--text");
    context.fillText(track.name(), 0, low - 3);
    context.strokeStyle = colour(track.colour);
    context.fillStyle = colour(track.colour);
    context.lineWidth = 2;
    context.beginPath();
    const first = track.changes[0];
    let on = first === undefined ? track.on : first.at < now - SPAN && first.on;
    let from = now - SPAN;
    context.moveTo(x(from), on ? high : low);
    const until = (at: number) => {
      context.lineTo(x(at), on ? high : low);
      if (on) {
        context.globalAlpha = 0.25;
        context.fillRect(x(from), high, x(at) - x(from), low - high);
        context.globalAlpha = 1;
      }
      from = at;
    };
    for (const change of track.changes) {
      if (change.at < now - SPAN) continue;
      until(change.at);
      on = change.on;
      context.lineTo(x(change.at), on ? high : low);
    }
    until(now);
    context.stroke();
    context.lineWidth = 1;
  }
}
