import type { Fields, Slot } from "@/lib/value/field.ts";
import { rolesOf } from "@/lib/value/user.ts";
import type { AnyAction, AnyActionSpec } from "./action.ts";
import { type Cache, cacheOf } from "./cached.ts";
import { bindChecks, type BoundChecks } from "./check.ts";
import { componentOf } from "./component.ts";
import { remoteOf } from "./remote.ts";

/** Argument names to field keys. `single` when the handler takes or gives a bare value. */
export interface Binding {
  /** Whether the handler's value is bare. */
  readonly single: boolean;
  /** Argument name to field key. */
  readonly names: Readonly<Record<string, string>>;
}

/** Prefix of the groups of handlers in a pool. */
export const REMOTE_GROUP = "remote ";

const MOST_MS = 2 ** 31 - 1;

/** An action as the engine sees it: fields by key. */
export interface BoundAction {
  /** Key of the action: its name in the API. */
  readonly key: string;
  /** Where its arguments come from. */
  readonly inputs: Binding;
  /** Where its results go. */
  readonly outputs: Binding;
  /** The handler. */
  readonly fn: AnyAction["spec"]["fn"];
  /** Group whose places it takes. */
  readonly group: string;
  /** Places of the group; `undefined` is the server's setting, `null` no limit. */
  readonly limit: number | null | undefined;
  /** Order in the queue: higher before lower. */
  readonly priority: number;
  /** Longest time of the handler, in milliseconds; `undefined` is the server's setting, `null` no limit. */
  readonly timeoutMs: number | null | undefined;
  /** How long it goes on unread, in milliseconds; `undefined` is the server's setting. */
  readonly graceMs: number | undefined;
  /** Checks of its inputs by argument name. */
  readonly checks: BoundChecks | undefined;
  /** The cache of its handler. */
  readonly cache: Cache | undefined;
  /** How many calls its handler takes at once; `undefined` without batches. */
  readonly batch: number | undefined;
  /** Whether it may be run again after a crash. */
  readonly retry: boolean;
  /**
   * Keys of the fields on the server that it both takes and gives: runs of one session change them one after the
   * other.
   */
  readonly owns: readonly string[];
  /** Whether it is part of the public interface. */
  readonly api: boolean;
  /** Roles that may run it; `undefined`: everybody. */
  readonly allow: readonly string[] | undefined;
  /** The actions that follow it. */
  readonly then: Following;
}

/** Keys of the actions that follow another, by how it ended. */
export interface Following {
  /** After it ended well. */
  readonly success: readonly string[];
  /** After it refused or broke. */
  readonly failure: readonly string[];
  /** Whether one of these follows only failures, so that a failure counts as dealt with. */
  readonly mends: boolean;
}

/** The surroundings of an action, for {@linkcode bindAction}. */
export interface Surroundings {
  /** The fields of its demo. */
  readonly fields: Fields;
  /** Their keys. */
  readonly fieldKeys: ReadonlyMap<object, string>;
  /** All actions of its demo. */
  readonly actions: Readonly<Record<string, AnyAction>>;
  /** The actions that follow it. */
  readonly then: Following;
  /** Its name in messages. */
  readonly at: string;
}

/**
 * Binds one action to the keys of its demo's fields.
 *
 * @throws {TypeError} when it names a field of another demo, or options that do not fit together.
 * @throws {RangeError} when an option is out of its range.
 */
export function bindAction(
  key: string,
  { spec }: AnyAction,
  { fields, fieldKeys, actions, then, at }: Surroundings,
): BoundAction {
  const inputs = bindSlot(spec.inputs, fieldKeys, at);
  const outputs = bindSlot(spec.outputs, fieldKeys, at);
  const bound: BoundAction = {
    key,
    inputs,
    outputs,
    fn: spec.fn,
    group: groupOf(spec, key),
    limit: lowest(checkLimit(spec.concurrencyLimit, at), spec.concurrencyGroup, actions),
    priority: spec.priority ?? 0,
    timeoutMs: timeoutOf(spec, at),
    graceMs: checkMs(spec.graceMs, "graceMs", at),
    checks: bindChecks(spec.validate, inputs, at),
    cache: cacheOf(spec.fn),
    batch: checkBatch(spec, at),
    retry: spec.retry ?? false,
    owns: spec.batch ? [] : owned(inputs, outputs, fields),
    api: spec.api ?? true,
    allow: spec.allow === undefined ? undefined : rolesOf(spec.allow, `allow of ${at}`),
    then,
  };
  checkCached(bound, fields, at);
  return bound;
}

/** Whether a field's value lives on the server. */
export function heldByServer(fields: Fields, key: string): boolean {
  const field = fields[key];
  return field !== undefined && componentOf(field).holds === "session";
}

function bindSlot(slot: Slot | undefined, keys: ReadonlyMap<object, string>, at: string): Binding {
  if (slot === undefined) return { single: false, names: {} };
  checkSlot(slot, at);
  const single = keys.get(slot);
  if (single !== undefined) return { single: true, names: { [single]: single } };
  if ("component" in slot && "initial" in slot) {
    throw new TypeError(`Cannot use a field in ${at} that is not one of its fields: list it under fields`);
  }
  const names: Record<string, string> = Object.create(null);
  for (const [name, field] of Object.entries(slot as Fields)) {
    const key = keys.get(field);
    if (key === undefined) {
      throw new TypeError(`Cannot use "${name}" in ${at}: it is not one of the demo's fields`);
    }
    names[name] = key;
  }
  return { single: false, names };
}

/**
 * Refuses what is neither a field nor a record of them.
 *
 * @throws {TypeError} what to write instead.
 */
export function checkSlot(slot: unknown, at: string): asserts slot is Slot {
  if (Array.isArray(slot)) {
    throw new TypeError(
      `Cannot use a list of fields in ${at}: write a record, as in { a, b }; its keys name the values`,
    );
  }
  if (typeof slot === "object" && slot !== null) return;
  const given = typeof slot === "string" ? `the text "${slot}"` : String(slot);
  throw new TypeError(
    `Cannot use ${given} for a field in ${at}: fields are made by functions, as in textbox()`,
  );
}

function owned(inputs: Binding, outputs: Binding, fields: Fields): readonly string[] {
  const taken = Object.values(inputs.names);
  return Object.values(outputs.names).filter((key) => taken.includes(key) && heldByServer(fields, key));
}

function checkBatch({ batch, maxBatchSize, fn }: AnyActionSpec, at: string): number | undefined {
  if (!batch) return undefined;
  if (cacheOf(fn)) throw new TypeError(`Cannot merge calls of ${at}: its handler is cached, call by call`);
  const size = maxBatchSize ?? 4;
  if (Number.isInteger(size) && size > 0) return size;
  throw new RangeError(`Cannot give ${at} a maxBatchSize of ${size}: it is a whole number from 1`);
}

// The value of a state may be other than plain data, and another value may lead to another answer.
function checkCached({ cache, inputs }: BoundAction, fields: Fields, at: string): void {
  if (!cache || cache.key) return;
  const held = Object.values(inputs.names).find((key) => heldByServer(fields, key));
  if (held === undefined) return;
  throw new TypeError(`Cannot cache ${at} without a key: it takes "${held}", which lives on the server`);
}

// Calls of remote handlers wait for a place in their pool: one group for each kind of place.
function groupOf({ concurrencyGroup, concurrencyLimit, fn }: AnyActionSpec, key: string): string {
  const place = concurrencyLimit === undefined ? remoteOf(fn)?.options.runs : undefined;
  // By their first letters, so an author's group never equals an internal one.
  if (concurrencyGroup !== undefined) return `named ${concurrencyGroup}`;
  return place ? `${REMOTE_GROUP}${place}` : `:${key}`;
}

// Known from the start, and not only once the action that names it has been called.
function lowest(
  own: number | null | undefined,
  group: string | undefined,
  actions: Readonly<Record<string, AnyAction>>,
): number | null | undefined {
  if (group === undefined) return own;
  const named = Object.values(actions).filter(({ spec }) => spec.concurrencyGroup === group)
    .flatMap(({ spec }) => typeof spec.concurrencyLimit === "number" ? [spec.concurrencyLimit] : []);
  return named.length > 0 ? Math.min(...named) : own;
}

function checkLimit(limit: number | null | undefined, at: string): number | null | undefined {
  if (limit === undefined || limit === null || (Number.isInteger(limit) && limit > 0)) return limit;
  throw new RangeError(
    `Cannot give ${at} a concurrencyLimit of ${limit}: it is a whole number from 1, or null`,
  );
}

// Handlers that run elsewhere have a time of their own, which their pool watches.
function timeoutOf({ timeoutMs, fn }: AnyActionSpec, at: string): number | null | undefined {
  if (timeoutMs === undefined) return remoteOf(fn) ? null : undefined;
  return timeoutMs === null || timeoutMs === Infinity ? null : checkMs(timeoutMs, "timeoutMs", at);
}

function checkMs(ms: number | undefined, name: string, at: string): number | undefined {
  // A timer of more would be due at once.
  if (ms === undefined || (ms >= 0 && ms <= MOST_MS)) return ms;
  throw new RangeError(
    `Cannot give ${at} a ${name} of ${ms}: it is a number of milliseconds from 0 to ${MOST_MS}`,
  );
}
