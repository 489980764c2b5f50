/** The log, newest first, with a filter. What came is kept to a bound. */

import { find, h } from "../../common/dom.js";
import type { Line } from "../picture.js";
import { texts, word } from "../texts/index.js";

const KEPT = 300;
const HIDDEN = ["event", "zh", "en", "zh_advice", "en_advice", "claim", "do"];

type Filter = "all" | "decision" | "alarm" | "lane" | "other";
const FILTERS: Filter[] = ["all", "decision", "alarm", "lane", "other"];

export class LogPanel {
  private lines: (Line | number)[] = []; // a number: so many were missed
  private filter: Filter = "all";
  private buttons = new Map<Filter, HTMLButtonElement>();

  constructor() {
    for (const filter of FILTERS) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.filter = filter;
      button.addEventListener("click", () => {
        this.filter = filter;
        this.draw();
      });
      this.buttons.set(filter, button);
      find("filters", HTMLElement).append(button);
    }
  }

  hear(lines: Line[], missed: number): void {
    if (missed > 0 && this.lines.length > 0) this.lines.unshift(missed);
    for (const line of lines) if (line.source !== "relay") this.lines.unshift(line);
    this.lines.length = Math.min(this.lines.length, KEPT);
    this.draw();
  }

  draw(): void {
    const said = texts();
    for (const [filter, button] of this.buttons) {
      button.textContent = word(said.filters, filter);
      button.setAttribute("aria-pressed", String(filter === this.filter));
    }
    const shown = this.lines.filter((line) => typeof line === "number" || this.wants(line));
    const rows = shown.map((line) =>
      typeof line === "number" ? h("li.missed", said.missed(line)) : row(line),
    );
    find("log", HTMLElement).replaceChildren(
      ...(rows.length ? rows : [h("li.missed", said.empty)]),
    );
  }

  private wants(line: Line): boolean {
    return this.filter === "all" || kindOf(line) === this.filter;
  }
}

function kindOf(line: Line): Filter {
  const event = String(line.fields.event ?? "");
  if (event === "decision") return "decision";
  if (/alarm|fire|fault|stuck/.test(event)) return "alarm";
  if (line.source === "ended" || line.source === "reset") return "alarm";
  if (event === "lane" && line.fields.state === "alarm") return "alarm";
  return /^(lane|passage|annulled)$/.test(event) ? "lane" : "other";
}

function row(line: Line): HTMLElement {
  const verdict = line.fields.verdict;
  const bad = verdict === "refused" || kindOf(line) === "alarm";
  const tone = verdict === "granted" ? ".good" : bad ? ".bad" : "";
  const what = line.source === "did" ? texts().did : String(line.fields.event ?? line.source);
  return h(
    `li${tone}${line.source === "did" ? ".did" : ""}`,
    h("time", (line.at_us / 1e6).toFixed(2)),
    h("strong", what),
    h("span", details(line)),
  );
}

function details({ source, fields }: Line): string {
  if (typeof fields.text === "string") return fields.text;
  const parts = source === "did" ? [String(fields.do)] : [];
  for (const [name, value] of Object.entries(fields)) {
    if (HIDDEN.includes(name) || value === null || value === undefined) continue;
    parts.push(`${name}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`);
  }
  return parts.join(" · ");
}
