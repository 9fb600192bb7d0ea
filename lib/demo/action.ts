import type { EventRef, Given, Result, Slot, Taken, Update } from "@/lib/value/field.ts";
import type { FaultJson } from "@/lib/value/fault.ts";
import type { Json } from "@/lib/value/json.ts";

/** Who asked for a run. Headers are those of the request that started it, without cookies' secrets of the server. */
export interface RunRequest {
  /** Headers of the request. */
  readonly headers: Headers;
  /** Its whole address. */
  readonly url: string;
  /** Address of the peer, without port. */
  readonly client: string;
}

/** Messages to the person, shown in a corner of the page. */
export interface RunLog {
  /** Tells something. `seconds`: how long it stays; 0 until it is closed. */
  info(text: string, options?: { title?: string; seconds?: number }): void;
  /** As `info`, for what went well. */
  success(text: string, options?: { title?: string; seconds?: number }): void;
  /** As `info`, for what the person should look at. */
  warning(text: string, options?: { title?: string; seconds?: number }): void;
}

/** Tells how far a handler is. */
export interface Progress {
  /** `done` of `total`, or without `total` a share from 0 to 1; `note` says what is being done. */
  (done: number, total?: number, note?: string): void;
  /** Hands the items on one by one and tells after each how many are done. An array tells the total by itself. */
  each<T>(items: Iterable<T> | AsyncIterable<T>, note?: string): AsyncGenerator<T, void, undefined>;
}

/** The second argument of every handler. */
export interface RunContext {
  /** Aborts when the run is cancelled or nobody is left to see it. */
  readonly signal: AbortSignal;
  /** Tells how far the handler is. */
  readonly progress: Progress;
  /** Tells the person something beside the outputs. */
  readonly log: RunLog;
  /** Who asked, and how. */
  readonly request: RunRequest;
  /** Id of the session, the same for all runs of one page. */
  readonly session: string;
  /** What failed before, for a handler that follows a failure: the key of the action and its refusal. */
  readonly failure?: (FaultJson & { readonly action: string }) | undefined;
  /** What the event that started the run carried, for example what was selected. */
  readonly event: Json | undefined;
}

/** What `on()` is told. */
export interface ActionSpec<I extends Slot, O extends Slot> {
  /** The fields whose values the handler receives: one field, or a record of argument names. */
  readonly inputs?: I;
  /** The fields that the handler may write. */
  readonly outputs?: O;
  /** The handler: sync or async function or generator. Left out, the action only cancels others. */
  readonly fn?: (input: NoInfer<Taken<I>>, run: RunContext) => Result<NoInfer<Given<O>>>;
  /** How many runs of its group may go on at once; `null` means no limit. Default is the server's setting, 16. */
  readonly concurrencyLimit?: number | null;
  /** Actions that name the same group share its places; the lowest limit counts. Default: a group of its own. */
  readonly concurrencyGroup?: string;
  /** Calls of a higher priority leave the queue first. Default 0. */
  readonly priority?: number;
  /** How long the handler may take, in milliseconds, before it is aborted and fails with `timeout`. Default: no limit. */
  readonly timeoutMs?: number;
  /** How long a run goes on with nobody reading it, in milliseconds. Default: the server's setting, one minute. */
  readonly graceMs?: number;
  /** When it is raised while it runs: drop (`once`), run beside (`multiple`), run once more after (`alwaysLast`). */
  readonly triggerMode?: "once" | "multiple" | "alwaysLast";
  /** Actions whose runs it stops. */
  readonly cancels?: readonly AnyAction[];
  /** Whether the action is part of the demo's public interface. Default true. */
  readonly api?: boolean;
}

/** A declared action, whatever its types. */
export interface AnyAction {
  /** Raised after the handler has ended, well or not. */
  readonly done: EventRef;
  /** Raised after the handler has ended well. */
  readonly success: EventRef;
  /** Raised after the handler has refused or broken. */
  readonly failure: EventRef;
  /** What starts it. */
  readonly when: readonly EventRef[];
  /** What it was told. */
  readonly spec: AnyActionSpec;
}

/** What `on()` was told, whatever the handler takes and gives. */
export interface AnyActionSpec extends Omit<ActionSpec<Slot, Slot>, "fn"> {
  /** The handler. It is called with what the inputs give, whatever that is. */
  readonly fn?: (input: never, run: RunContext) => unknown;
}

/** A declared action: an edge between fields. `I` and `O` are kept for clients that are typed by the demo. */
export interface Action<I extends Slot, O extends Slot> extends AnyAction {
  /** What it was told. */
  readonly spec: ActionSpec<I, O>;
}

/**
 * The only wiring function: when something happens, call a handler with the values of some fields and write others.
 * `action.done`, `.success` and `.failure` are events too; what hangs on them runs on the server, in the same run.
 *
 * @throws {TypeError} when `when` is no event.
 */
export function on<const I extends Slot = Record<never, never>, const O extends Slot = Record<never, never>>(
  when: EventRef | readonly EventRef[],
  spec: ActionSpec<I, O>,
): Action<I, O> {
  const events = Array.isArray(when) ? when as readonly EventRef[] : [when as EventRef];
  for (const event of events) {
    if (typeof event?.event !== "string" || event.source === undefined) {
      throw new TypeError(
        `Cannot listen to ${String(event)}: on() takes events such as go.click or action.success`,
      );
    }
  }
  if (events.length === 0) {
    throw new TypeError("Cannot make an action that nothing starts: on() takes at least one event");
  }
  const made: Record<string, unknown> = { when: events, spec };
  for (const event of ["done", "success", "failure"]) made[event] = Object.freeze({ source: made, event });
  return Object.freeze(made) as unknown as Action<I, O>;
}

/** Raised once when a page has opened. */
export const load: EventRef = Object.freeze({ source: null, event: "load" });

/** What {@linkcode update} makes. */
export class Updated {
  readonly update: Readonly<Record<string, unknown>>;
  constructor(props: Readonly<Record<string, unknown>>) {
    this.update = props;
  }
}

/**
 * Given to a field instead of a value, changes its props: `visible`, `label`, `choices`, `interactive`, `value` ...
 * What is not named stays.
 */
export function update<P extends object>(props: P): Update<P> {
  return new Updated(props as Record<string, unknown>) as unknown as Update<P>;
}

/** What {@linkcode reset} gives. */
export const RESET: unique symbol = Symbol("atoll.reset");

/** Given to a field instead of a value, puts it back to the value it had when the page was new. */
export function reset(): { readonly update: Record<never, never> } {
  return RESET as unknown as { readonly update: Record<never, never> };
}
