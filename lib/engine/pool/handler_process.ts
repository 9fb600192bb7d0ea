import type { Profile } from "./profile.ts";

/** How a process ended. */
export interface ProcessEnd {
  /** What it gave. */
  readonly code: number;
  /** What ended it, unless it did so itself. */
  readonly signal: string | null;
}

/** A process of handlers, wherever it was started. */
export interface HandlerProcess {
  /** What it hears. */
  readonly stdin: WritableStream<Uint8Array<ArrayBuffer>>;
  /** What it says to the server. */
  readonly stdout: AsyncIterable<Uint8Array>;
  /** What it prints. */
  readonly stderr: AsyncIterable<Uint8Array>;
  /** Settles when it is gone. */
  readonly status: Promise<ProcessEnd>;
  /** Kills it. */
  kill(): void;
}

/** Starts a process of handlers. */
export type StartProcess = (profile: Profile) => HandlerProcess;
