/** The buzzer, audible where that is wished. A browser lets a page sound only after a click. */

const KEY = "sound";

export class Sound {
  private context: AudioContext | null = null;
  private tone: OscillatorNode | null = null;
  private hz = 0;
  on = false;

  constructor() {
    // It was on in this tab before; the first click anywhere makes it audible again.
    if (sessionStorage.getItem(KEY) === "on") {
      addEventListener("pointerdown", () => this.set(true), { once: true });
    }
  }

  set(on: boolean): void {
    this.on = on;
    sessionStorage.setItem(KEY, on ? "on" : "off");
    if (on) this.context ??= new AudioContext();
    this.play(on ? this.hz : 0);
  }

  hear(hz: number): void {
    if (hz === this.hz) return;
    this.hz = hz;
    if (this.on) this.play(hz);
  }

  private play(hz: number): void {
    this.tone?.stop();
    this.tone = null;
    if (!this.context || hz === 0) return;
    const loudness = this.context.createGain();
    loudness.gain.value = 0.05;
    loudness.connect(this.context.destination);
    this.tone = this.context.createOscillator();
    this.tone.type = "square";
    this.tone.frequency.value = hz;
    this.tone.connect(loudness);
    this.tone.start();
  }
}
