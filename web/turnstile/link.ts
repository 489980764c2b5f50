/** The line to the server: news come in, commands go out. It finds its way back by itself. */

import type { News } from "./picture.js";

const TOKEN = "token";

/** The token of the link that was opened; the tab keeps it over a reload, the address does not. */
function takeToken(): string | null {
  const said = new URLSearchParams(location.hash.slice(1)).get(TOKEN);
  if (said !== null) {
    sessionStorage.setItem(TOKEN, said);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(TOKEN);
}

export interface Told {
  news: (news: News) => void;
  connected: (is: boolean) => void;
  refused: (why: string) => void;
}

export class Link {
  private token = takeToken();

  constructor(private told: Told) {
    const source = new EventSource("api/events");
    source.addEventListener("open", () => told.connected(true));
    source.addEventListener("error", () => told.connected(false));
    source.addEventListener("message", (message: MessageEvent<string>) =>
      told.news(JSON.parse(message.data) as News),
    );
    addEventListener("hashchange", () => (this.token = takeToken()));
  }

  /** Whether this page may move the gate. */
  get mayAct(): boolean {
    return this.token !== null;
  }

  async ask(command: Record<string, unknown>): Promise<void> {
    try {
      const answer = await fetch("api/do", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ ...command, token: this.token }),
      });
      if (!answer.ok) {
        this.told.refused(((await answer.json()) as { error: string }).error);
      }
    } catch {
      this.told.connected(false);
    }
  }
}
