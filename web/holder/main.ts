/**
 * The holder's page: starts everything, and redraws what is due. A new code is signed every PERIOD
 * seconds and whenever the page comes back to the front; the clock ticks each second.
 */

import { enrol, EnrolError } from "./enrol.js";
import { sign, type HolderKey } from "./keys.js";
import {
  CodeError,
  compose,
  fitsProof,
  holderBlock,
  parse,
  request,
  type Body,
} from "./oc1/code.js";
import type { Said } from "./oc1/claims.js";
import { summarise } from "./summary.js";
import { ofBrowser, otherOf, textsOf, type Language } from "./texts/index.js";
import { CodeView } from "./view/code.js";
import { details } from "./view/details.js";
import { fill, find, h, icon } from "../common/dom.js";
import { band, tiles } from "./view/glance.js";
import { notices, type Notice } from "./view/notices.js";
import { SettingsView } from "./view/settings.js";
import * as wallets from "./wallet.js";
import { keepAwake, reachable, registerWorker } from "./worker.js";

const PERIOD = 10; // seconds
const CLOCK_TOLERANCE = 20; // seconds that a phone's clock may be wrong before it is said

type Problem = keyof ReturnType<typeof textsOf>["problems"];

const main = find("main", HTMLElement);
let key: HolderKey;
let wallet = wallets.EMPTY;
let settings: wallets.Settings = { language: null, gate: null };
let visited: string | null = null; // the gate whose link was opened; for this visit alone
let isKept = true; // whether the page opens again without a network
let online = true; // as far as is known
let signed = 0; // codes so far, for whoever watches
let problem: Problem | null = null; // of the start: shown instead of everything else
const code = new CodeView(PERIOD);
const dialog = new SettingsView({ renew, add, setGate, forget });

const now = () => Math.floor(Date.now() / 1000);
const language = (): Language => settings.language ?? ofBrowser();
const gateOf = () => visited ?? settings.gate;
const nameOf = (said: Said) =>
  wallet.names[said.kid] ?? said.iss ?? textsOf(language()).unnamed(said.kid);

/** Draws everything but the QR code; cheap, and leaves alone what has not changed. */
function draw(): void {
  const texts = textsOf(language());
  const all = wallets.kept(wallet.body);
  const current = wallets.current(all, now());
  const summary = summarise(current, nameOf);
  document.documentElement.lang = texts.locale;
  document.title = texts.title;
  find("title", HTMLElement).textContent = texts.title;
  const toggle = find("language", HTMLButtonElement);
  toggle.textContent = texts.other;
  toggle.lang = textsOf(otherOf(language())).locale;
  toggle.setAttribute("aria-label", texts.otherLabel);
  find("open-settings", HTMLButtonElement).setAttribute("aria-label", texts.settings);
  fill(find("network", HTMLElement), ...networkState());
  find("details-title", HTMLElement).textContent = texts.details;

  main.dataset.state = problem ? "broken" : current.length ? "live" : all.length ? "over" : "empty";
  band(find("band", HTMLElement), summary, now(), language());
  tiles(find("tiles", HTMLElement), summary, now(), language());
  details(find("details", HTMLElement), all, nameOf, now(), language());
  notices(find("notices", HTMLElement), noticesOf(all), now(), language());
  empty();
  code.describe(texts, gateOf());
  dialog.draw(texts, { canRenew: wallet.ticket !== null, gate: gateOf() });
}

function noticesOf(all: wallets.Kept[]): Notice[] {
  const found: Notice[] = [];
  const at = now();
  const names = (these: wallets.Kept[]) =>
    these.flatMap(({ said }) => (said ? [nameOf(said)] : []));
  const expired = all.filter(({ said }) => said !== null && said.expires <= at);
  const early = all.filter(({ said }) => said !== null && (said.notBefore ?? 0) > at);
  if (expired.length && expired.length < all.length) {
    found.push({ kind: "expired", names: names(expired) });
  }
  if (early.length) found.push({ kind: "early", names: names(early) });
  if (all.some(({ said }) => said === null)) found.push({ kind: "unreadable" });
  if (!isKept) found.push({ kind: "unkept" });
  if (Math.abs(wallet.ahead) > CLOCK_TOLERANCE) {
    found.push({ kind: "clock", ahead: Math.round(wallet.ahead) });
  }
  const ends = wallets.current(all, at).map(({ said }) => said.expires);
  if (ends.length && Math.min(...ends) - at < 2 * 3600) {
    found.push({ kind: "ending", at: Math.min(...ends) });
  }
  return found;
}

/** Without a network it says that nothing is wrong. */
function networkState(): Node[] {
  const texts = textsOf(language());
  return online ? [] : [icon("offline"), h("span", texts.offline)];
}

/** What stands in place of the code when there is none. */
function empty(): void {
  const texts = textsOf(language());
  const over = main.dataset.state === "over";
  const title = problem ? texts.problems[problem] : over ? texts.expiredAll : texts.emptyTitle;
  find("empty-title", HTMLElement).textContent = title;
  const hint = problem ? "" : over ? texts.expiredAllHint : texts.emptyHint;
  find("empty-hint", HTMLElement).textContent = hint;
  const action = find("empty-action", HTMLButtonElement);
  action.textContent = over && wallet.ticket !== null ? texts.renew : texts.addCode;
  action.hidden = problem !== null && problem !== "ticket" && problem !== "unreachable";
}

/** Signs a code of this moment and shows it. */
async function refresh(): Promise<void> {
  const texts = textsOf(language());
  const statements = wallets.current(wallets.kept(wallet.body), now());
  if (!wallet.body || statements.length === 0) {
    code.clear();
    return;
  }
  const body = { holder: wallet.body.holder, statements: statements.map((one) => one.statement) };
  const moment = { at: now(), gate: gateOf() ?? undefined };
  try {
    code.show(await compose(body, (message) => sign(key, message), moment));
    signed += 1;
    document.documentElement.dataset.signed = String(signed);
  } catch (error) {
    if (!(error instanceof CodeError)) throw error;
    code.fail(texts.tooLarge);
  }
}

async function tick(): Promise<void> {
  setTimeout(tick, 1000 - (Date.now() % 1000));
  if (document.hidden) return;
  if (code.tick(textsOf(language()))) await refresh();
  if (now() % 15 === 0) draw();
}

async function changed(): Promise<void> {
  draw();
  dialog.showRequest(request(wallet.body?.holder ?? holderBlock(key.subject, key.point)));
  await refresh();
}

async function keep(body: Body): Promise<void> {
  wallet = { ...wallet, body: wallets.add(wallet.body, body, key) };
  await wallets.saveWallet(wallet);
  problem = null;
  await changed();
}

/** Asks the server; null if all went well. */
async function renew(): Promise<Problem | null> {
  if (wallet.ticket === null) return "ticket";
  try {
    const answer = await enrol(wallet.ticket, key);
    wallet = {
      ...wallet,
      names: { ...wallet.names, ...answer.names },
      ahead: Date.now() / 1000 - answer.now,
    };
    await keep(answer.body);
    return null;
  } catch (error) {
    return problemOf(error);
  }
}

async function add(text: string): Promise<Problem | null> {
  try {
    await keep(parse(text));
    return null;
  } catch (error) {
    return problemOf(error);
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof EnrolError) return error.problem;
  if (error instanceof CodeError) {
    return error.message === "bound to another key" ? "otherKey" : "noCode";
  }
  throw error;
}

async function setGate(gate: string | null): Promise<void> {
  visited = null;
  settings = { ...settings, gate };
  await wallets.saveSettings(settings);
  await changed();
}

async function forget(): Promise<void> {
  await wallets.forget();
  location.reload();
}

/** Finds out whether there is a network; only the badge and the renewal depend on it. */
async function lookAround(): Promise<void> {
  online = await reachable();
  draw();
}

/** What a link says beside the page's own address: who the person is to the server, which gate. */
async function takeLink(): Promise<void> {
  const said = new URLSearchParams(location.hash.slice(1));
  const ticket = said.get("ticket");
  const gate = said.get("gate");
  if (ticket === null && gate === null) return;
  history.replaceState(null, "", location.pathname + location.search);
  if (gate !== null && fitsProof(gate)) visited = gate;
  if (ticket === null) return;
  wallet = { ...wallet, ticket };
  const failed = await renew();
  if (failed === null) problem = null;
  else if (wallet.body === null) problem = failed;
}

async function start(): Promise<void> {
  if (!window.isSecureContext || !crypto.subtle) {
    problem = "insecure";
    draw();
    return;
  }
  try {
    ({ wallet, settings } = await wallets.load());
    key = await wallets.holderKey();
  } catch {
    problem = "storage";
    draw();
    return;
  }
  listen();
  await changed();
  await takeLink();
  await changed();
  void tick();
  // None of these need be waited for: the browser may ask the person, or never say that it is done.
  void keepAwake();
  void navigator.storage?.persist?.();
  void registerWorker().then((is) => {
    isKept = is;
    document.documentElement.dataset.ready = String(is);
    draw();
  });
  await lookAround();
  if (wallet.ticket !== null && online) {
    if (wallets.ageing(wallets.kept(wallet.body), now())) {
      const failed = await renew();
      document.documentElement.dataset.renewed = failed ?? "true";
    }
  }
}

function listen(): void {
  find("language", HTMLButtonElement).addEventListener("click", async () => {
    settings = { ...settings, language: otherOf(language()) };
    await wallets.saveSettings(settings);
    await changed();
  });
  find("open-settings", HTMLButtonElement).addEventListener("click", () => dialog.open());
  find("empty-action", HTMLButtonElement).addEventListener("click", async () => {
    if (main.dataset.state !== "over" || wallet.ticket === null) return dialog.open();
    const failed = await renew();
    if (failed !== null) dialog.open(failed);
  });
  addEventListener("online", lookAround);
  addEventListener("offline", lookAround);
  addEventListener("hashchange", async () => {
    await takeLink();
    await changed();
  });
  addEventListener("resize", () => code.redraw());
  document.addEventListener("visibilitychange", async () => {
    if (document.hidden) return;
    await keepAwake();
    await changed();
    await lookAround();
  });
}

void start();
