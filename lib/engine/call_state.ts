import { componentOf } from "@/lib/demo/component.ts";
import type { Call } from "./call.ts";
import type { KeptState } from "./kept_state.ts";

/** What the session of a call holds, brought from and to where it outlives the process. */
export class CallState {
  readonly #kept: KeptState | undefined;

  /** `kept`: where it is kept; left out, what a session holds lives in memory. */
  constructor(kept: KeptState | undefined) {
    this.#kept = kept;
  }

  /** Whether a call may find something there that its session does not hold. */
  mayBring({ demo, session }: Call): boolean {
    return this.#kept !== undefined && demo.holds.length > 0 && !session.holds(demo);
  }

  /** Has the session of a call hold what is kept for it. */
  async bring(call: Call): Promise<void> {
    if (!this.#kept || !this.mayBring(call)) return;
    const { demo, page, session } = call;
    const values = await this.#kept.load(session.id, page);
    // Somebody was faster, and may have changed it since.
    if (session.holds(demo)) return;
    for (const key of demo.holds) if (values.has(key)) session.setValue(demo, key, values.get(key));
  }

  /** Keeps what an action has changed, by key. Who wants to know of a value's end holds something that is no plain value. */
  keep({ demo, page, session }: Call, keys: ReadonlySet<string>): void {
    const values = [...keys].flatMap((key) => {
      const field = demo.fields[key];
      const keeping = field && componentOf(field).keeps(field.props);
      return keeping && !keeping.onDelete ? [{ key, value: session.value(demo, key), ms: keeping.ms }] : [];
    });
    if (values.length > 0) this.#kept?.save(session.id, page, values);
  }
}
