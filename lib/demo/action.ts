import type {
  EventRef,
  Events,
  Given,
  Raised,
  Result,
  RunEvent,
  Slot,
  Taken,
  Update,
} from "@/lib/value/field.ts";
import { Fault, type FaultJson } from "@/lib/value/fault.ts";
import type { Checks } from "./check.ts";
import { note } from "./made.ts";
import type { User } from "@/lib/value/user.ts";

/** The request that started a run, without the server's own cookies. */
export interface RunRequest {
  /** Headers of the request. */
  readonly headers: Headers;
  /** Its whole address. */
  readonly url: string;
  /** The part after "?" in the address of the page, as the person sees it. */
  readonly query: URLSearchParams;
  /** Cookies by name, without those that the server itself set. */
  readonly cookies: Readonly<Record<string, string>>;
  /** Address of the peer, without port. */
  readonly client: string;
  /** The logged-in user; `undefined` for pages without a guard. */
  readonly user?: User | undefined;
}

/** Messages to the person, shown in a corner of the page. */
export interface RunLog {
  /** Shows a message. `seconds` is how long it stays; 0 keeps it until it is closed. */
  info(text: string, options?: { title?: string; seconds?: number }): void;
  /** Like `info`, for a success. */
  success(text: string, options?: { title?: string; seconds?: number }): void;
  /** Like `info`, for a problem that needs attention. */
  warning(text: string, options?: { title?: string; seconds?: number }): void;
}

/** Reports the progress of a handler. */
export interface Progress {
  /** `done` of `total`, or without `total` a share from 0 to 1. `note` names the current step. */
  (done: number, total?: number, note?: string): void;
  /** Yields the items one by one and reports the count after each. For an array it knows the total. */
  each<T>(items: Iterable<T> | AsyncIterable<T>, note?: string): AsyncGenerator<T, void, undefined>;
}

/** The second argument of every handler. `E` is what its action listens to. */
export interface RunContext<E = RunEvent> {
  /** Aborts when the run is cancelled or nobody is left to see it. */
  readonly signal: AbortSignal;
  /** Reports the progress of the handler. */
  readonly progress: Progress;
  /** Shows messages beside the outputs. */
  readonly log: RunLog;
  /** The request that started the run. */
  readonly request: RunRequest;
  /** Id of the session, the same for all runs of one page. */
  readonly session: string;
  /** For a handler that follows a failure: the key of the failed action, and its refusal. */
  readonly failure?: (FaultJson & { readonly action: string }) | undefined;
  /**
   * The event that started the run: its field, its name and its detail. In an action that follows another, the
   * event that started the first one. It is `undefined` for calls of programs, and for forms without script in which
   * several buttons start the action.
   */
  readonly event: E | undefined;
}

/** Options for {@linkcode on}. */
export interface ActionSpec<I extends Slot, O extends Slot, B extends boolean = false, E = RunEvent> {
  /** The fields whose values the handler receives: one field, or a record of argument names. */
  readonly inputs?: I;
  /** The fields that the handler may write. */
  readonly outputs?: O;
  /** The handler: sync or async function or generator. Left out, the action only cancels others. */
  readonly fn?: Handler<I, O, NoInfer<B>, NoInfer<E>>;
  /**
   * Whether calls that wait are merged: the handler then receives a list of inputs and gives a list of outputs, in that
   * order. An error in place of an output, such as a `Fault`, fails that call alone; a thrown error fails all of
   * them. Default false.
   */
  readonly batch?: B;
  /** How many calls are merged at most, from 1. Default 4. */
  readonly maxBatchSize?: number;
  /** How many runs of its group may go on at once; `null` means no limit. Default: the server's setting, 16. */
  readonly concurrencyLimit?: number | null;
  /**
   * Actions that name the same group share its places, those of other demos too; the lowest limit counts. Default: a
   * group of its own.
   */
  readonly concurrencyGroup?: string;
  /** Calls of a higher priority leave the queue first. Default 0. */
  readonly priority?: number;
  /**
   * The longest time of the handler from its start, in milliseconds; `null` or `Infinity` means no limit. After
   * that it is aborted and fails with `timeout`. Yields do not extend the time. Default: the server's setting, one
   * minute; for handlers of `remote()`, the time set there.
   */
  readonly timeoutMs?: number | null;
  /** How long a run continues without a reader, in milliseconds. Default: the server's setting, one minute. */
  readonly graceMs?: number;
  /**
   * Checks of the inputs, one for the only input or by name: functions that return a message, or schemas (Standard
   * Schema). They come before the queue: if one objects, nothing runs, and the messages appear at the fields.
   * Asynchronous checks have 16 places per action and 10 seconds per call.
   */
  readonly validate?: NoInfer<Checks<I>>;
  /**
   * Whether a run that a crash interrupted starts again from its beginning, three times at most. Default false: it
   * ends as `interrupted`. The handler must be safe to run twice; its result is stored once. It needs a store that
   * survives the crash.
   */
  readonly retry?: boolean;
  /**
   * The effect of an event while it runs. `once` drops an event that brings nothing new. If the person has changed an
   * input, or the event has another detail, the action runs once more afterwards. `multiple` runs in parallel.
   * `alwaysLast` always runs once more afterwards.
   */
  readonly triggerMode?: "once" | "multiple" | "alwaysLast";
  /**
   * Actions whose runs it stops. The page does that when it starts the action, so an event of the page must start it.
   */
  readonly cancels?: readonly AnyAction[];
  /** Whether the action is part of the demo's public interface. Default true. */
  readonly api?: boolean;
  /**
   * Roles that may run it; one of them is enough. For everybody else it does not exist: they see neither the action
   * nor the fields that only such actions use. A chain skips it for them. Actions that follow it name their own
   * roles. Default: everybody who may see the page.
   */
  readonly allow?: string | readonly string[];
}

/** The second argument of a handler with `batch`. */
export interface BatchContext {
  /** Aborts when nobody waits for any of the calls. */
  readonly signal: AbortSignal;
  /** Reports the progress to all waiting callers. */
  readonly progress: (done: number, total?: number, note?: string) => void;
}

/**
 * A handler: a sync or async function or generator. With `batch`, it takes a list of inputs and gives as many
 * outputs, in that order. An error in the list fails that call.
 */
export type Handler<I extends Slot, O extends Slot, B extends boolean, E = RunEvent> = B extends true ? (
    inputs: readonly NoInfer<Taken<I>>[],
    run: BatchContext,
  ) => readonly (NoInfer<Given<O>> | Error)[] | Promise<readonly (NoInfer<Given<O>> | Error)[]>
  : (input: NoInfer<Taken<I>>, run: RunContext<E>) => Result<Given<O>>;

/** A declared action, whatever its types. */
export interface AnyAction {
  /** Raised after the handler has ended, with or without success. */
  readonly done: EventRef;
  /**
   * Raised after the handler has succeeded. An action that listens only to this event runs only then, and no client
   * can call it directly. So the checks in the handler protect it.
   */
  readonly success: EventRef;
  /** Raised after the handler has failed. */
  readonly failure: EventRef;
  /** The events that start it. */
  readonly when: readonly EventRef[];
  /** Its options. */
  readonly spec: AnyActionSpec;
}

/** Options for `on()`, for handlers of any type. */
export interface AnyActionSpec extends Omit<ActionSpec<Slot, Slot, boolean>, "fn" | "validate"> {
  /** The handler. It is called with the values of the inputs. */
  readonly fn?: (input: never, run: never) => unknown;
  /** Checks of the inputs. */
  readonly validate?: unknown;
}

/** A declared action: an edge between fields. `I` and `O` are kept for clients that are typed by the demo. */
export interface Action<I extends Slot, O extends Slot> extends AnyAction {
  /** Its options. */
  readonly spec: AnyActionSpec & Pick<ActionSpec<I, O, boolean>, "inputs" | "outputs">;
}

/**
 * The only wiring function: when something happens, call a handler with the values of some fields and write others.
 * `action.done`, `.success` and `.failure` are events too. Actions on these events run on the server, in the same
 * run, and cannot be called directly.
 *
 * @throws {TypeError} when `when` is not an event.
 */
export function on<
  const I extends Slot = Record<never, never>,
  const O extends Slot = Record<never, never>,
  const B extends boolean = false,
  const W extends Events = Events,
>(
  when: W,
  spec: ActionSpec<I, O, B, Raised<NoInfer<W>>>,
): Action<I, O> {
  const events: readonly EventRef[] = Array.isArray(when) ? when : [when];
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
  const action = Object.freeze(made) as unknown as Action<I, O>;
  note(action);
  return action;
}

/** Raised once when a page has opened. */
export const load: EventRef<undefined, "load"> = Object.freeze({ source: null, event: "load" });

/**
 * Raised on the server when a page has been left: closed, or silent for half a minute. Its actions can only use
 * values that live on the server, because the page no longer exists.
 */
export const unload: EventRef<undefined, "unload"> = Object.freeze({ source: null, event: "unload" });

/** The result of {@linkcode update}. */
export class Updated {
  readonly update: Readonly<Record<string, unknown>>;
  constructor(props: Readonly<Record<string, unknown>>) {
    this.update = props;
  }
}

/**
 * Changes the props of a field: `visible`, `label`, `choices`, `interactive`, `value` ... A handler gives it
 * instead of a value. Other props stay as they are.
 *
 * @throws {Fault} `bad_output` when `props` is not an object
 */
export function update<const P extends object>(props: P): Update<P> {
  if (typeof props !== "object" || props === null || Array.isArray(props)) {
    throw new Fault(
      "bad_output",
      `Cannot change a field by ${
        nameOfType(props)
      }: update() takes its props, as in update({ label: "New" })`,
    );
  }
  return new Updated(props as Record<string, unknown>) as unknown as Update<P>;
}

function nameOfType(value: unknown): string {
  return Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
}

/** The result of {@linkcode reset}. */
export const RESET: unique symbol = Symbol("atoll.reset");

/** Restores the value that a field had when the page was new. A handler gives it instead of a value. */
export function reset(): { readonly update: Record<never, never> } {
  return RESET as unknown as { readonly update: Record<never, never> };
}
