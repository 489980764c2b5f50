/** The page of `gatectl sim serve`: news from the gate are drawn, clicks become commands. */

import { find } from "../common/dom.js";
import { GateClock } from "./clock.js";
import { Link } from "./link.js";
import { ControlsPanel } from "./panels/controls.js";
import { drawFront, sentence } from "./panels/front.js";
import { LanePicture } from "./panels/lane.js";
import { LogPanel } from "./panels/log.js";
import { nameOf, PhonePanel } from "./panels/phone.js";
import { Timeline } from "./panels/timeline.js";
import type { Actor, News, Picture } from "./picture.js";
import { Sound } from "./sound.js";
import { Stage } from "./stage/stage.js";
import { switchLanguage, texts, word, type Texts } from "./texts/index.js";

const THEME = "theme";
const clock = new GateClock();
const sound = new Sound();
const link = new Link({ news, connected, refused });
const stage = new Stage(clock, actorName);
const phone = new PhonePanel({
  show: (person, reader) => void link.ask({ do: "show", person, reader }),
  paste: (code, reader) => void link.ask({ do: "paste", code, reader }),
});
const controls = new ControlsPanel(
  find("controls", HTMLElement),
  (command) => void link.ask(command),
);
const timeline = new Timeline(clock);
const log = new LogPanel();
const machines: LanePicture[] = [];
let picture: Picture | null = null;
let online = false;

function news(fresh: News): void {
  clock.hear(fresh.now_us);
  picture = fresh.picture;
  timeline.show(picture);
  timeline.hear(fresh.lines);
  if (fresh.lines.length > 0) log.hear(fresh.lines, fresh.missed);
  draw();
}

function connected(is: boolean): void {
  online = is;
  draw();
}

let why = "";
function refused(reason: string): void {
  why = reason;
  draw();
  setTimeout(() => {
    why = "";
    draw();
  }, 4000);
}

function draw(): void {
  const said = texts();
  document.documentElement.lang = said.locale;
  document.title = said.title;
  for (const element of document.querySelectorAll<HTMLElement>("[data-text]")) {
    const text = said[element.dataset.text as keyof Texts];
    if (typeof text === "string" && element.textContent !== text) element.textContent = text;
  }
  for (const element of document.querySelectorAll<HTMLElement>("[data-label]")) {
    const text = said[element.dataset.label as keyof Texts];
    if (typeof text === "string") element.setAttribute("aria-label", text);
  }
  const other = find("language", HTMLButtonElement);
  other.textContent = said.other;
  other.setAttribute("aria-label", said.otherLabel);
  find("sound", HTMLButtonElement).setAttribute("aria-pressed", String(sound.on));
  notice();
  if (!picture) return;
  about(picture);
  stage.show(picture, `${said.stage}: ${verdict(picture)}`);
  banner(picture);
  phone.draw(picture);
  drawFront(picture);
  controls.draw(picture, link.mayAct);
  for (const id of ["show", "paste-send"]) {
    find(id, HTMLButtonElement).disabled = !link.mayAct || !picture.power;
  }
  lanes(picture);
  log.draw();
  sound.hear(picture.power ? (picture.buzzer?.hz ?? 0) : 0);
  document.documentElement.dataset.ready = String(online);
}

/** What stands in the way of using the page, the gravest first. */
function notice(): void {
  const said = texts();
  const bar = find("notice", HTMLElement);
  const problem = picture?.start?.problem;
  let text = why;
  if (!online) text = said.offline;
  else if (picture?.ended) text = `${said.ended} ${picture.ended.split("\n")[0] ?? ""}`;
  else if (picture && !picture.power) text = said.noPower;
  else if (problem) text = `${said.problem} ${problem}`;
  else if (!why && !link.mayAct) text = said.watching;
  bar.hidden = text === "";
  if (bar.textContent !== text) bar.textContent = text;
}

function about(shown: Picture): void {
  const said = texts();
  const start = shown.start ?? {};
  const parts = [
    shown.board,
    `${shown.gate}`,
    start.site ?? "",
    start.version ? `${said.bundle} ${start.version}` : "",
  ];
  find("about", HTMLElement).textContent = parts.filter(Boolean).join(" · ");
}

/** What the gate says to people, in words. */
function verdict(shown: Picture): string {
  return shown.power ? sentence(shown.display ?? {}) : texts().noPower;
}

function banner(shown: Picture): void {
  const element = find("banner", HTMLElement);
  const text = verdict(shown);
  if (element.textContent !== text) element.textContent = text;
  element.dataset.show = shown.power ? (shown.display?.show ?? "") : "off";
  const alarm = (shown.lanes ?? []).find((lane) => lane.state === "alarm");
  document.body.dataset.mood = !shown.power
    ? "off"
    : shown.display?.show === "fire"
      ? "fire"
      : alarm
        ? "alarm"
        : "";
}

function lanes(shown: Picture): void {
  const place = find("machines", HTMLElement);
  const now = shown.lanes ?? [];
  const choice = find("lane-choice", HTMLElement);
  choice.hidden = now.length < 2;
  while (machines.length < now.length) {
    const machine = new LanePicture();
    machines.push(machine);
    place.append(machine.element);
  }
  now.forEach((lane, number) =>
    machines[number]?.draw(lane, texts().laneOf(number + 1), now.length === 1),
  );
}

function actorName(actor: Actor): string {
  const said = texts();
  const person = picture?.people.find((one) => one.slug === actor.who);
  const name = person ? nameOf(person) : word(said.figures, actor.who);
  if (actor.phase !== "refused" || actor.reason === null) return name;
  return `${name}: ${word(said.phases, actor.reason)}`;
}

find("language", HTMLButtonElement).addEventListener("click", () => {
  switchLanguage();
  draw();
});
find("sound", HTMLButtonElement).addEventListener("click", () => {
  sound.set(!sound.on);
  draw();
});
find("lane", HTMLSelectElement).addEventListener("change", (event) => {
  controls.lane = Number((event.target as HTMLSelectElement).value);
  draw();
});

const theme = localStorage.getItem(THEME);
if (theme) document.documentElement.dataset.theme = theme;
find("theme", HTMLButtonElement).addEventListener("click", () => {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = document.documentElement.dataset.theme ?? (dark ? "dark" : "light");
  const next = now === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  localStorage.setItem(THEME, next);
});
draw();
