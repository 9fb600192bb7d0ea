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

/** Who asked for a run. Headers are those of the request that started it, without cookies' secrets of the server. */
export interface RunRequest {
  /** Headers of the request. */
  readonly headers: Headers;
  /** Its whole address. */
  readonly url: string;
  /** What follows "?" in the address of the page as the person sees it. */
  readonly query: URLSearchParams;
  /** Cookies by name, without those that the server itself set. */
  readonly cookies: Readonly<Record<string, string>>;
  /** Address of the peer, without port. */
  readonly client: string;
  /** Who is logged in; `undefined` where nobody has to be. */
  readonly user?: User | undefined;
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

/** The second argument of every handler. `E` is what its action listens to. */
export interface RunContext<E = RunEvent> {
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
  /**
   * The event that started the run: its field, its name and its detail. In an action that follows another, the event that
   * started the first one. `undefined` where none is known: for a program, and for a form without script of an action
   * that more than one button starts.
   */
  readonly event: E | undefined;
}

/** What `on()` is told. */
export interface ActionSpec<I extends Slot, O extends Slot, B extends boolean = false, E = RunEvent> {
  /** The fields whose values the handler receives: one field, or a record of argument names. */
  readonly inputs?: I;
  /** The fields that the handler may write. */
  readonly outputs?: O;
  /** The handler: sync or async function or generator. Left out, the action only cancels others. */
  readonly fn?: Handler<I, O, NoInfer<B>, NoInfer<E>>;
  /**
   * Whether calls that wait are merged: the handler then receives a list of inputs and gives a list of outputs, in that
   * order. An error in the place of an output, such as a `Fault`, fails that call alone; one that is thrown fails all of
   * them. Default false.
   */
  readonly batch?: B;
  /** How many calls are merged at most, from 1. Default 4. */
  readonly maxBatchSize?: number;
  /** How many runs of its group may go on at once; `null` means no limit. Default is the server's setting, 16. */
  readonly concurrencyLimit?: number | null;
  /**
   * Actions that name the same group share its places, those of other demos too; the lowest limit counts. Default: a
   * group of its own.
   */
  readonly concurrencyGroup?: string;
  /** Calls of a higher priority leave the queue first. Default 0. */
  readonly priority?: number;
  /**
   * How long the handler may take from when it begins, in milliseconds, before it is aborted and fails with `timeout`;
   * `null` or `Infinity` is no limit. What it yields does not make it longer. Default: the server's setting, one minute;
   * for handlers of `remote()`, the time that is set there.
   */
  readonly timeoutMs?: number | null;
  /** How long a run goes on with nobody reading it, in milliseconds. Default: the server's setting, one minute. */
  readonly graceMs?: number;
  /**
   * Checks of the inputs, one for the only input or by name: functions that say what is wrong, or schemas (Standard
   * Schema). They come before the queue: where one objects, nothing runs and the messages are shown at the fields. Checks
   * that take time have 16 places for each action and 10 seconds for each call.
   */
  readonly validate?: NoInfer<Checks<I>>;
  /**
   * Whether a run that a crash of the server cut off is run again from its beginning. Default false: it ends as
   * `interrupted`. For handlers that may be run twice, three times at most; what they give is kept once. Needs a store
   * that outlives the crash.
   */
  readonly retry?: boolean;
  /** When it is raised while it runs: drop (`once`), run beside (`multiple`), run once more after (`alwaysLast`). */
  readonly triggerMode?: "once" | "multiple" | "alwaysLast";
  /** Actions whose runs it stops. The page does that when it starts the action, so one of its events has to. */
  readonly cancels?: readonly AnyAction[];
  /** Whether the action is part of the demo's public interface. Default true. */
  readonly api?: boolean;
  /**
   * Roles that may run it; one of them is enough. For everybody else it does not exist: they see neither it nor the
   * fields that only such actions use, and where it follows another action it is left out. What follows it in turn
   * names its own roles. Default: everybody who may see the page.
   */
  readonly allow?: string | readonly string[];
}

/** What a handler that takes several calls at once is told. */
export interface BatchContext {
  /** Aborts when nobody waits for any of the calls any more. */
  readonly signal: AbortSignal;
  /** Tells all who wait how far the handler is. */
  readonly progress: (done: number, total?: number, note?: string) => void;
}

/**
 * A handler: a sync or async function or generator. With `batch`, one that takes a list of inputs and gives as many
 * outputs, in that order, or an error for a call that fails.
 */
export type Handler<I extends Slot, O extends Slot, B extends boolean, E = RunEvent> = B extends true ? (
    inputs: readonly NoInfer<Taken<I>>[],
    run: BatchContext,
  ) => readonly (NoInfer<Given<O>> | Error)[] | Promise<readonly (NoInfer<Given<O>> | Error)[]>
  : (input: NoInfer<Taken<I>>, run: RunContext<E>) => Result<Given<O>>;

/** A declared action, whatever its types. */
export interface AnyAction {
  /** Raised after the handler has ended, well or not. */
  readonly done: EventRef;
  /**
   * Raised after the handler has ended well. An action that listens only to this runs only then: no client can call it by
   * itself, so what the handler has checked holds.
   */
  readonly success: EventRef;
  /** Raised after the handler has refused or broken. */
  readonly failure: EventRef;
  /** What starts it. */
  readonly when: readonly EventRef[];
  /** What it was told. */
  readonly spec: AnyActionSpec;
}

/** What `on()` was told, whatever the handler takes and gives. */
export interface AnyActionSpec extends Omit<ActionSpec<Slot, Slot, boolean>, "fn" | "validate"> {
  /** The handler. It is called with what the inputs give, whatever that is. */
  readonly fn?: (input: never, run: never) => unknown;
  /** Checks of the inputs. */
  readonly validate?: unknown;
}

/** A declared action: an edge between fields. `I` and `O` are kept for clients that are typed by the demo. */
export interface Action<I extends Slot, O extends Slot> extends AnyAction {
  /** What it was told. */
  readonly spec: AnyActionSpec & Pick<ActionSpec<I, O, boolean>, "inputs" | "outputs">;
}

/**
 * The only wiring function: when something happens, call a handler with the values of some fields and write others.
 * `action.done`, `.success` and `.failure` are events too; what hangs on them runs on the server, in the same run, and
 * cannot be called otherwise.
 *
 * @throws {TypeError} when `when` is no event.
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
 * Raised on the server when a page has been left: closed, or not heard of for half a minute. What listens to it takes
 * values that live on the server; there is no page any more that others could come from or be shown on.
 */
export const unload: EventRef<undefined, "unload"> = Object.freeze({ source: null, event: "unload" });

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
 *
 * @throws {Fault} `bad_output` when `props` is no object
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

/** What {@linkcode reset} gives. */
export const RESET: unique symbol = Symbol("atoll.reset");

/** Given to a field instead of a value, puts it back to the value it had when the page was new. */
export function reset(): { readonly update: Record<never, never> } {
  return RESET as unknown as { readonly update: Record<never, never> };
}
