/** What the server tells: the gate as it is now, and what has happened since. */

export interface Person {
  slug: string;
  name: string;
  story: string;
  claims: string[];
  expected: string | null;
}

export interface Actor {
  number: number;
  who: string;
  lane: number;
  reader: number;
  reverse: boolean;
  phase:
    "coming" | "showing" | "cleared" | "refused" | "walking" | "standing" | "through" | "turning";
  since_us: number;
  code: string | null;
  reason: string | null;
}

export interface Lane {
  state: string;
  alarm: string | null;
  open: boolean;
  readers: number[];
  relays: number[];
}

export interface Display {
  show?: string;
  reason?: string | null;
  zh?: string;
  zh_advice?: string;
  en?: string;
  en_advice?: string;
}

export interface Panel {
  width: number;
  height: number;
  version: number;
}

export type TerminalInput = "fire" | "tamper" | "lock" | "maintenance";
export type LaneInput = "passage" | "door" | "request-to-exit";
export type Inputs = { [name in TerminalInput]?: boolean } & {
  [name in LaneInput]: (boolean | null)[];
};

/** Everything that is about the gate's hardware is missing while its process has ended. */
export interface Picture {
  board: string;
  chip: string;
  gate: string;
  people: Person[];
  updates: boolean;
  power: boolean;
  ended: string | null;
  start?: { site?: string; version?: number; reset?: string; problem?: string | null };
  lanes?: Lane[];
  relays?: boolean[];
  inputs?: Inputs;
  lamp?: { green?: boolean; red?: boolean; pixels?: string[] };
  buzzer?: { hz: number } | null;
  display?: Display;
  panel?: Panel | null;
  readers?: { state: string | null; dead: boolean }[];
  auto?: boolean;
  actors?: Actor[];
}

export interface Line {
  number: number;
  source: "log" | "relay" | "did" | "reset" | "ended";
  at_us: number;
  fields: Record<string, unknown>;
}

export interface News {
  now_us: number;
  picture: Picture;
  lines: Line[];
  missed: number;
}
