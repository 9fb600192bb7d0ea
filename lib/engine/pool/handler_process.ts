import type { Profile } from "./profile.ts";

/** How a process ended. */
export interface ProcessEnd {
  /** Its exit code. */
  readonly code: number;
  /** The signal that ended it, if any. */
  readonly signal: string | null;
}

/** A process of handlers, wherever it was started. */
export interface HandlerProcess {
  /** Its standard input. */
  readonly stdin: WritableStream<Uint8Array<ArrayBuffer>>;
  /** Its messages to the server. */
  readonly stdout: AsyncIterable<Uint8Array>;
  /** Its standard error. */
  readonly stderr: AsyncIterable<Uint8Array>;
  /** Settles when it is gone. */
  readonly status: Promise<ProcessEnd>;
  /** Kills it. */
  kill(): void;
}

/** Starts a process of handlers. */
export type StartProcess = (profile: Profile) => HandlerProcess;
