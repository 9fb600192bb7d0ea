import type { Progress, RunContext, RunLog, RunRequest } from "@/lib/demo/action.ts";
import type { RunEvent } from "@/lib/value/field.ts";
import type { FrameBody, LogFrame } from "@/lib/wire/frame.ts";
import { type Attempt, each, signalOf } from "./attempt.ts";
import { type RaisedEvent, seenEvent } from "./call.ts";
import { shareOf } from "./share.ts";

/** The parts of a context. */
export interface ContextParts {
  readonly attempt: Attempt;
  readonly emit: (frame: FrameBody) => void;
  readonly request: RunRequest;
  readonly session: string;
  readonly failure: RunContext["failure"];
  readonly event: RaisedEvent | undefined;
}

/** The second argument of a handler. What it offers is made when it is asked for: most handlers ask for nothing. */
export class Context implements RunContext {
  readonly #parts: ContextParts;

  constructor(parts: ContextParts) {
    this.#parts = parts;
  }

  get signal(): AbortSignal {
    return signalOf(this.#parts.attempt);
  }

  get progress(): Progress {
    const { attempt, emit } = this.#parts;
    const progress = (done: number, total?: number, note?: string) => {
      const share = shareOf(done, total);
      if (!attempt.over) emit({ type: "progress", action: attempt.action.key, ...share, note });
    };
    return Object.assign(progress, {
      each: <T>(items: Iterable<T> | AsyncIterable<T>, note?: string) => each(items, progress, note),
    });
  }

  get log(): RunLog {
    const { attempt, emit } = this.#parts;
    const log =
      (level: LogFrame["level"]) => (text: string, options: { title?: string; seconds?: number } = {}) => {
        if (!attempt.over) emit({ type: "log", level, text: String(text), ...options });
      };
    return { info: log("info"), success: log("success"), warning: log("warning") };
  }

  get request(): RunRequest {
    return this.#parts.request;
  }

  get session(): string {
    return this.#parts.session;
  }

  get failure(): RunContext["failure"] {
    return this.#parts.failure;
  }

  get event(): RunEvent | undefined {
    const { event } = this.#parts;
    return event && seenEvent(event);
  }
}
