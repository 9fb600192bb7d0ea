import type { Key, Op } from "@/lib/store/records.ts";
import type { FaultJson } from "@/lib/value/fault.ts";
import type { Json } from "@/lib/value/json.ts";
import type { DoneFrame, FrameBody } from "@/lib/wire/frame.ts";
import { piecesOf, setPieces } from "./journal_text.ts";

/** The data that is kept of a run from its acceptance to its end. Enough to run it again. */
export interface AcceptedRun {
  /** Id of the run. */
  readonly id: string;
  /** Id of the session that asked. */
  readonly session: string;
  /** What the client calls this call, if it does: {@linkcode Journal.runOf} finds the run by it. At most 500 letters. */
  readonly call?: string | undefined;
  /** Path by which the demo is found again. */
  readonly demo: string;
  /** Key of the action. */
  readonly action: string;
  /** Path of the page, under which its files are reached. */
  readonly page: string;
  /** Wire values by argument name. */
  readonly input: Readonly<Record<string, Json | undefined>>;
  /** Wire values of further fields by key. */
  readonly rest?: Readonly<Record<string, Json | undefined>> | undefined;
  /** The event that started it. */
  readonly event?: Json | undefined;
  /** The parts of the request that a handler sees when it runs again. Leave secrets out: it is kept as it is. */
  readonly request?: Json | undefined;
  /** Whether it may be run again after a crash. Default false: it ends as interrupted. */
  readonly retry?: boolean | undefined;
}

/** A run that was accepted, and has no end. */
export interface UnfinishedRun extends AcceptedRun {
  /** When it was accepted, in milliseconds since 1970. */
  readonly acceptedMs: number;
  /** Its place among all that were accepted: the later, the higher, also among those of one millisecond. */
  readonly order: number;
  /** How often a handler was begun for it. Its acceptance counts as a begin, unless it was left before it had begun. */
  readonly attempt: number;
  /** Whether the process that stopped had not begun it: it may be begun once, whatever its action says. */
  readonly left?: boolean | undefined;
  /** Whether it had begun when its process ended, as far as is known. */
  readonly begun?: boolean | undefined;
}

/** A run that is over. Its input is not kept any longer. */
export interface FinishedRun {
  /** Id of the run. */
  readonly id: string;
  /** Id of the session that asked: nobody else may read it. */
  readonly session: string;
  /** Path of the demo. */
  readonly demo: string;
  /** Key of the action. */
  readonly action: string;
  /** How it ended. */
  readonly outcome: DoneFrame["outcome"];
  /** When it ended, in milliseconds since 1970. */
  readonly endedMs: number;
  /** The frames after the one that was named, to the last. */
  readonly frames: readonly NumberedFrame[];
}

/** A frame with its place in its run. */
export type NumberedFrame = FrameBody & { readonly seq: number };

/** What is told in the place of an end that a crash took away. */
export const INTERRUPTED: FaultJson = {
  code: "interrupted",
  message: "The server restarted before this finished. Start it again",
};

/**
 * The name that a run is kept under: what its client calls it, so that a call that is sent again is found by one look;
 * its own id where the client calls it nothing.
 */
export function nameFor(session: string, call: string): string {
  return `${session}/${call}`;
}

/** The name that a run is kept under. */
export function nameOf({ id, session, call }: AcceptedRun): string {
  return call === undefined ? id : nameFor(session, call);
}

/** Runs that were accepted and have no end: an {@linkcode UnfinishedRun} as JSON, in pieces. */
export const OPEN = ["runs", "open"] as const;
/** Runs that are over: an {@linkcode Over}. */
export const OVER = ["runs", "over"] as const;
/** By the time of their end, the runs whose frames were kept before it: those have no time of expiry yet. */
export const LONG = ["runs", "long"] as const;
/** How many processes have found runs without an end here. Frames of runs that go on in another one are numbered by it. */
export const LIFE = ["runs", "life"] as const;
/** Lines of JSON, one frame each, cut into pieces: the frame of line `n` has `seq` `n`. */
export const frameKey = (name: string): Key => ["runs", "frames", name];

/** The data that is kept of the end of a run. */
export interface Over {
  /** Id of the run. */
  readonly id: string;
  readonly session: string;
  readonly demo: string;
  readonly action: string;
  readonly outcome: DoneFrame["outcome"];
  readonly endedMs: number;
  /** The last of its lines. Most runs have no others. */
  readonly tail: string;
}

/** How a run ends, for {@linkcode endOps}. */
export interface Ending {
  /** How it ended. */
  readonly outcome: DoneFrame["outcome"];
  /** The frames that are not kept yet. */
  readonly frames: readonly FrameBody[];
  /** The `seq` of the first of them. */
  readonly fromSeq: number;
  /** How many records its acceptance takes. */
  readonly parts: number;
  /** Milliseconds since 1970. */
  readonly endedMs: number;
  /** When all of it may go. */
  readonly expiresMs: number;
  /** Whether some of its frames were kept before its end. */
  readonly long: boolean;
}

/** The ops that turn an unfinished run into a finished one. */
export function endOps(run: UnfinishedRun, ending: Ending): Op[] {
  const { id, session, demo, action } = run;
  const name = nameOf(run);
  const { outcome, frames, fromSeq, parts, endedMs, expiresMs, long } = ending;
  const pieces = piecesOf(linesOf(frames));
  const tail = pieces.pop() ?? "";
  const over: Over = { id, session, demo, action, outcome, endedMs, tail };
  return [
    { type: "set", key: [...OVER, name], value: { ...over }, expiresMs },
    ...pieces.length > 0 ? setPieces([...frameKey(name), fromSeq], pieces, expiresMs) : [],
    ...long ? [{ type: "set", key: [...LONG, endedMs, name], value: null } as const] : [],
    ...deletes([...OPEN, name], parts),
  ];
}

/** The ops that keep frames before the end of their run. */
export function frameOps(name: string, fromSeq: number, frames: readonly FrameBody[]): Op[] {
  return setPieces([...frameKey(name), fromSeq], piecesOf(linesOf(frames)));
}

/** The ops that delete pieces by their number. */
export function deletes(under: Key, count: number): Op[] {
  return Array.from({ length: count }, (_, part) => ({ type: "delete", key: [...under, part] }));
}

function linesOf(frames: readonly FrameBody[]): string {
  return frames.map((frame) => JSON.stringify(frame) + "\n").join("");
}
