/** The dialog: renew, add a code, prove for one gate only, this phone's key, delete everything. */

import { fitsProof } from "../oc1/code.js";
import type { Texts } from "../texts/index.js";
import { find } from "../../common/dom.js";
import { draw } from "../../common/qr.js";

const MAX_FILE = 8192; // bytes
const REQUEST_WIDTH = 196; // pixels

type Problem = keyof Texts["problems"];

export interface Actions {
  renew(): Promise<Problem | null>;
  add(text: string): Promise<Problem | null>;
  setGate(gate: string | null): Promise<void>;
  forget(): Promise<void>;
}

export interface State {
  canRenew: boolean;
  gate: string | null;
}

export class SettingsView {
  private readonly dialog = find("settings", HTMLDialogElement);
  private readonly pasted = find("pasted", HTMLTextAreaElement);
  private readonly gate = find("gate", HTMLInputElement);
  private texts: Texts | null = null;

  constructor(private readonly actions: Actions) {
    this.on("renew", () => this.tell(actions.renew(), "renewed"));
    this.on("add", () => this.add(this.pasted.value));
    this.on("copy-request", () => this.copy());
    this.on("forget", () => this.forget());
    find("file", HTMLInputElement).addEventListener("change", (event) => this.read(event));
    this.gate.addEventListener("change", () => this.setGate());
  }

  /** failed: what was tried before, and is to be told. */
  open(failed: Problem | null = null): void {
    this.say(failed && this.texts ? this.texts.problems[failed] : "", failed !== null);
    this.dialog.showModal();
  }

  /** What issuers need of this phone, to read by eye, by camera or from a file. */
  showRequest(text: string): void {
    const shown = find("request", HTMLElement);
    if (shown.textContent === text) return;
    shown.textContent = text;
    draw(find("request-qr", HTMLCanvasElement), text, REQUEST_WIDTH, devicePixelRatio || 1);
    const link = find("save-request", HTMLAnchorElement);
    URL.revokeObjectURL(link.href);
    link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
  }

  draw(texts: Texts, state: State): void {
    this.texts = texts;
    const labels: [string, string][] = [
      ["settings-title", texts.settings],
      ["renew", texts.renew],
      ["renew-hint", texts.renewHint],
      ["pasted-label", texts.paste],
      ["pasted-hint", texts.pasteHint],
      ["add", texts.add],
      ["file-label", texts.file],
      ["gate-label", texts.gate],
      ["gate-hint", texts.gateHint],
      ["request-title", texts.request],
      ["request-hint", texts.requestHint],
      ["copy-request", texts.copy],
      ["save-request", texts.save],
      ["forget", texts.forget],
      ["forget-hint", texts.forgetHint],
    ];
    for (const [id, text] of labels) find(id, HTMLElement).textContent = text;
    find("request-qr", HTMLCanvasElement).setAttribute("aria-label", texts.request);
    find("close", HTMLButtonElement).setAttribute("aria-label", texts.close);
    find("renew-part", HTMLElement).hidden = !state.canRenew;
    if (document.activeElement !== this.gate) this.gate.value = state.gate ?? "";
  }

  private on(id: string, action: () => Promise<void>): void {
    const button = find(id, HTMLButtonElement);
    button.addEventListener("click", async () => {
      button.disabled = true;
      await action().finally(() => (button.disabled = false));
    });
  }

  private say(text: string, bad = false): void {
    const line = find("outcome", HTMLElement);
    line.textContent = text;
    line.classList.toggle("bad", bad);
  }

  private async tell(action: Promise<Problem | null>, good: "added" | "renewed"): Promise<void> {
    const failed = await action;
    if (this.texts) this.say(failed ? this.texts.problems[failed] : this.texts[good], !!failed);
  }

  private async add(text: string): Promise<void> {
    // A line end is not part of a code; a space is.
    await this.tell(this.actions.add(text.replace(/^\s+|[\r\n\t]+/g, "")), "added");
    if (!find("outcome", HTMLElement).classList.contains("bad")) this.pasted.value = "";
  }

  private async read(event: Event): Promise<void> {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    if (!file) return;
    await this.add(file.size > MAX_FILE ? "" : await file.text());
    input.value = "";
  }

  private async setGate(): Promise<void> {
    const gate = this.gate.value.trim();
    if (gate === "") await this.actions.setGate(null);
    else if (fitsProof(gate)) await this.actions.setGate(gate);
  }

  private async copy(): Promise<void> {
    await navigator.clipboard.writeText(find("request", HTMLElement).textContent ?? "");
    if (this.texts) this.say(this.texts.copied);
  }

  private async forget(): Promise<void> {
    if (this.texts && window.confirm(this.texts.forgetSure)) await this.actions.forget();
  }
}
