import type { Call } from "./call.ts";
import type { Written } from "./held.ts";
import type { Left } from "./journal.ts";
import type { KeptState } from "./kept_state.ts";

/** Values and props of a call's session: brought from the store before the call, and kept there with its end. */
export class CallState {
  readonly #kept: KeptState | undefined;
  /** Milliseconds, never going back. */
  readonly #now: () => number;

  /** `kept`: where it is kept; left out, what a session holds lives in memory. */
  constructor(kept: KeptState | undefined, now: () => number) {
    this.#kept = kept;
    this.#now = now;
  }

  /** Whether a call may find something there that its session does not hold. */
  mayBring({ page, session }: Call): boolean {
    return this.#kept !== undefined && !this.#kept.isEmpty(session.id, page) && !session.knows(page);
  }

  /** Has the session of a call hold what is kept for it. */
  async bring(call: Call): Promise<void> {
    if (!this.#kept || !this.mayBring(call)) return;
    const { demo, page, session } = call;
    const kept = await this.#kept.load(session.id, page);
    // Somebody may have been faster.
    if (kept && !session.knows(page)) session.bring(demo, page, kept);
  }

  /** What a run leaves, as it is kept with its end. Its session is not forgotten before that. */
  left({ page, session }: Call, written: readonly Written[]): Left | undefined {
    if (!this.#kept) return undefined;
    const ops = this.#kept.ops(session.id, page, written, this.#now());
    const pin = session.pin();
    return { session: session.id, ops, settled: () => pin[Symbol.dispose]() };
  }

  /** Undoes what a run has written that was not accepted after all. */
  undo({ demo, session }: Call, written: readonly Written[]): void {
    session.unwrite(demo, written);
  }
}
