import type { CodecContext } from "@/lib/demo/component.ts";
import type { DoneFrame, FrameBody } from "@/lib/wire/frame.ts";
import type { Batches } from "./batches.ts";
import type { Written } from "./held.ts";
import type { LogRoom } from "./log_room.ts";
import type { Observer } from "./observer.ts";
import type { Queue } from "./queue.ts";
import type { Run } from "./run.ts";
import type { RunLimit } from "./run_limit.ts";
import type { Turns } from "./turns.ts";

/** The parts of the engine that a run needs. */
export interface RunHost {
  /** Hands out the places of concurrency groups. */
  readonly queue: Queue;
  /** How many calls each pool of workers or processes takes at once. */
  readonly seats: number | undefined;
  /** Lets the runs of a session change a value on the server one after the other. */
  readonly turns: Turns;
  /** Merges calls of actions that take several at once. */
  readonly batches: Batches;
  /** The limit of time of handlers that name none of their own; `undefined` is no limit. */
  readonly limit: RunLimit | undefined;
  /** The room for the logs of all runs. */
  readonly logs: LogRoom;
  /** Milliseconds, never going back. */
  readonly now: () => number;
  /** Calls back after some milliseconds, unless it is disposed of before. */
  readonly after: (ms: number, callback: () => void) => Disposable;
  /** Makes the codec context of one run: how its components read and keep files. */
  readonly codec: (run: Run) => CodecContext;
  /** Logs what broke inside; gives back what the client may read. */
  readonly broke: (error: unknown) => string;
  /** Called with each frame but the last, when it is in the log. */
  readonly said: ((run: Run, frame: FrameBody) => void) | undefined;
  /**
   * Keeps the end of a run, and what it has written to its session with it. Its readers are told of it when that has been
   * done, or has failed.
   */
  readonly keepEnd:
    | ((run: Run, done: DoneFrame, written: readonly Written[] | undefined) => Promise<void>)
    | undefined;
  /** Called once, when the last frame is in the log. */
  readonly ended: (run: Run) => void;
  /** Is told how it goes. */
  readonly observer: Observer | undefined;
}
