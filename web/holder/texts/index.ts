/** Which language, and how it writes times, places and names. */

import { en, type Texts } from "./en.js";
import { provinces } from "./places.js";
import { zh } from "./zh.js";

export type Language = "zh" | "en";
export type { Texts };

const TEXTS: Record<Language, Texts> = { zh, en };

export const textsOf = (language: Language): Texts => TEXTS[language];
export const otherOf = (language: Language): Language => (language === "zh" ? "en" : "zh");

/** Chinese if the browser's first language that the page has is Chinese. */
export function ofBrowser(languages: readonly string[] = navigator.languages): Language {
  for (const language of languages) {
    const start = language.slice(0, 2).toLowerCase();
    if (start === "zh" || start === "en") return start;
  }
  return "en";
}

/** A place as people call it: "Shanghai" for CN-31, "Shanghai 310115" for CN-310115. */
export function placeName(place: string, language: Language): string {
  const [country = "", region = ""] = place.split("-");
  if (country === "CN" && region !== "") {
    const province = provinces[region.slice(0, 2)]?.[language];
    if (province !== undefined) return region.length > 2 ? `${province} ${region}` : province;
  }
  const name = countryName(country, language);
  return region === "" ? name : `${name} ${region}`;
}

function countryName(country: string, language: Language): string {
  try {
    return (
      new Intl.DisplayNames([TEXTS[language].locale], { type: "region" }).of(country) ?? country
    );
  } catch {
    return country; // not of the form of a country
  }
}

/** "14:05", with the day if that is not today. */
export function timeText(seconds: number, now: number, texts: Texts): string {
  const [moment, today] = [new Date(seconds * 1000), new Date(now * 1000)];
  const clock = { hour: "2-digit", minute: "2-digit" } as const;
  const day = moment.toDateString() === today.toDateString() ? {} : texts.dayForm;
  return new Intl.DateTimeFormat(texts.locale, { ...day, ...clock }).format(moment);
}

/** A day that counts from 1970-01-01. */
export function dayText(day: number, locale: string): string {
  const form = { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(locale, form).format(new Date(day * 86400_000));
}

/** "20 hr ago", "in 40 min": the largest unit of which there is at least one. */
export function agoText(seconds: number, now: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { style: "short", numeric: "always" });
  const difference = seconds - now;
  const size = Math.abs(difference);
  if (size >= 2 * 86400) return format.format(Math.trunc(difference / 86400), "day");
  if (size >= 3600) return format.format(Math.trunc(difference / 3600), "hour");
  return format.format(Math.trunc(difference / 60), "minute");
}
