import type { FaultJson } from "@/lib/value/fault.ts";
import type { Json, JsonObject } from "@/lib/value/json.ts";
import type { ActionPlan, FieldStatus } from "@/lib/value/page.ts";
import { firstWords } from "@/lib/value/first_words.ts";
import { readFrames } from "@/lib/wire/event_stream.ts";
import type { Frame } from "@/lib/wire/frame.ts";

/** An event that starts an action. */
export interface Raised {
  /** The field that it is of; `""` for the page. */
  readonly id: string;
  /** Which event it was, and what it carried. */
  readonly event?: { readonly when: string; readonly detail?: Json | undefined } | undefined;
  /** For the change that an answer made: the time of the event that the answer is to. */
  readonly at?: number | undefined;
  /** The field whose change by the person began it all, see `answers.ts`. */
  readonly from?: string | undefined;
}

/** A run as the page sees it. */
export interface Going {
  /** Chosen by the page, so that an event can be sent again without starting twice. */
  readonly id: string;
  /** Key of the action. */
  readonly key: string;
  readonly plan: ActionPlan;
  /** `seq` of the last frame that the page has. */
  seq: number;
  /** What the fields show that it fills. */
  status: FieldStatus;
  /** What started it. */
  readonly raised: Raised;
  /** When the values were taken that it was sent with, or those of the event that began it all. */
  at: number;
  /** What it has given each field so far, shown or not: what is added later is added to this. */
  readonly given: Record<string, Json>;
  /** The fields, and props as `field.prop`, that a later run of the same action has given something. */
  readonly late: Set<string>;
  /** Key of the action of a chain that told its progress last. */
  step?: string | undefined;
  /** The last event that came meanwhile, if its action is to be started once more when this run is over. */
  again?: Raised | undefined;
  /** Whether nobody wants to hear of it any more. */
  over?: boolean;
  /** Ends the request that is under way. */
  end?: () => void;
}

/** What its fields show of a run. */
export type Shown = Pick<Going, "plan" | "status" | "step">;

/** What following a run needs of its page. */
export interface Follower {
  /** Sends a body to the page's server. */
  post(body: JsonObject, signal?: AbortSignal): Promise<Response>;
  /** Takes the next frame. */
  apply(going: Going, frame: Frame): void | Promise<void>;
  /** Shows whether the connection is being made again. */
  waits(going: Going, message?: string): void;
}

// The server says every 15 s that it is still there.
const SILENCE_MS = 40_000;
/** How often one frame is asked for again when the page could not take it. */
const MOST_FAILURES = 3;
/** How often something else than the server may answer, one time after the other. */
const MOST_STRANGE = 9;

/**
 * Follows a run to its end, however often the connection breaks: each frame is taken once and in order. Without
 * `body`, the event that starts the run, it is one that is there already. Gives what the server refuses.
 */
export async function follow(
  page: Follower,
  going: Going,
  body?: JsonObject,
): Promise<FaultJson | undefined> {
  let failures = 0;
  let strange = 0;
  for (let tries = 0; !going.over; tries++) {
    const request = new AbortController();
    const end = going.end = () => request.abort();
    let silence: ReturnType<typeof setTimeout> | undefined;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(end, SILENCE_MS);
    };
    heard();
    try {
      const first = going.seq ? undefined : body;
      const answer = await page.post(first ?? { resume: going.id, after: going.seq }, request.signal);
      const { ok, status } = answer;
      if (ok) {
        if (tries) page.waits(going);
        // A proxy may answer in the server's place, and go on doing so.
        if (!/event-stream/.test(answer.headers.get("content-type") ?? "")) throw new SyntaxError();
        for await (const frame of readFrames(answer.body as ReadableStream<Uint8Array>, "", heard)) {
          if (going.over) return;
          if (frame.seq <= going.seq) continue;
          // A gap: what is missing is asked for, unless this stands for it.
          if (frame.seq > going.seq + 1 && !(frame as { whole?: true }).whole) break;
          failures++;
          await page.apply(going, frame);
          going.seq = frame.seq;
          tries = failures = strange = 0;
          if (frame.type === "done") return;
        }
      } else {
        if (!first && (status === 404 || status === 410)) return going.seq ? lost : undefined;
        // What stands between may answer for a server that is not there at the moment.
        const { error } = await answer.json().catch(() => ({})) as { error?: FaultJson };
        if (first && (error || status < 500)) return error ?? offline;
        // Nobody is logged in any more, for example.
        if (error && (status === 401 || status === 403)) return error;
      }
    } catch (error) {
      if (error instanceof SyntaxError && ++strange > MOST_STRANGE) return garbled;
      // The connection broke: what fetch says of it helps nobody. Or a script that the frame needs is gone.
      if (failures > MOST_FAILURES) return gone;
    } finally {
      clearTimeout(silence);
    }
    if (going.over) return;
    page.waits(going, firstWords.reconnecting);
    const later = await import("./later.ts").catch(() => undefined);
    await (later?.pause(tries, going) ?? new Promise((resolve) => setTimeout(resolve, 1000)));
  }
}

const offline: FaultJson = {
  code: "offline",
  message: "The server cannot be reached. Try again",
};
/** For a page whose scripts the server has no more, after many builds. */
export const gone: FaultJson = {
  code: "expired",
  message: "Part of this page could not be loaded. Reload the page",
};
const garbled: FaultJson = {
  code: "offline",
  message: "Something other than the server is answering. Reload the page",
};
const lost: FaultJson = {
  code: "expired",
  message: "This run is no longer available. Start it again",
};
