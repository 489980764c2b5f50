/** What the person should know about the stored claims, one line each, the urgent ones marked. */

import { agoText, textsOf, type Language, type Texts } from "../texts/index.js";
import { fill, h, icon } from "../../common/dom.js";

export type Notice =
  | { kind: "expired"; names: string[] }
  | { kind: "early"; names: string[] }
  | { kind: "unreadable" }
  | { kind: "unkept" }
  | { kind: "ending"; at: number }
  | { kind: "clock"; ahead: number };

export function notices(
  element: HTMLElement,
  all: Notice[],
  now: number,
  language: Language,
): void {
  const texts = textsOf(language);
  fill(element, ...all.map((one) => h("p.notice", icon("warning"), words(one, now, texts))));
}

function words(notice: Notice, now: number, texts: Texts): string {
  const listed = (names: string[]) => [...new Set(names)].join(", ");
  switch (notice.kind) {
    case "expired":
      return texts.expiredSome(listed(notice.names));
    case "early":
      return texts.notYet(listed(notice.names));
    case "unreadable":
      return texts.unreadable;
    case "unkept":
      return texts.unkept;
    case "ending":
      return texts.expiresSoon(agoText(notice.at, now, texts.locale));
    case "clock":
      return notice.ahead > 0 ? texts.clockAhead(notice.ahead) : texts.clockBehind(-notice.ahead);
  }
}
