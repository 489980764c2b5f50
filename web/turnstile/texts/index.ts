/** Which language the page speaks: the person's choice, else the browser's. */

import { en, type Texts } from "./en.js";
import { zh } from "./zh.js";

export type Language = "zh" | "en";
export type { Texts };

const KEY = "language";
const TEXTS: Record<Language, Texts> = { zh, en };

let language: Language =
  (localStorage.getItem(KEY) as Language | null) ??
  (navigator.languages.some((one, at) => at === 0 && one.toLowerCase().startsWith("zh"))
    ? "zh"
    : "en");
if (!(language in TEXTS)) language = "en";

export const texts = (): Texts => TEXTS[language];
export const current = (): Language => language;

export function switchLanguage(): void {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem(KEY, language);
}

/** A word of a table, or the word itself where the table has none. */
export const word = (table: Record<string, string>, key: string): string => table[key] ?? key;
