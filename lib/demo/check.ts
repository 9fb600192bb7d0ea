import { Fault } from "@/lib/value/fault.ts";
import type { AnyField, InOf, Slot } from "@/lib/value/field.ts";

/** A schema of any library with Standard Schema: Zod, Valibot, ArkType ... https://standardschema.dev */
export interface StandardSchema<T = unknown> {
  /** The common part. */
  readonly "~standard": {
    /** Version of the interface. */
    readonly version: 1;
    /** Name of the library. */
    readonly vendor: string;
    /** Checks a value. */
    readonly validate: (value: unknown) => SchemaResult | Promise<SchemaResult>;
    /** Only in types: its input and output. */
    readonly types?: { readonly input: T; readonly output: unknown } | undefined;
  };
}

/** The result of a schema for a value. */
export interface SchemaResult {
  /** The problems; absent for a valid value. */
  readonly issues?: readonly { readonly message: string }[] | undefined;
}

/**
 * Checks the value of one field before its action waits or runs: a schema, or a function that returns a message or
 * `undefined`. `V` is the value as the handler receives it, `I` are all inputs.
 */
export type Check<V, I = unknown> =
  | ((value: V, input: I) => string | undefined | void | Promise<string | undefined | void>)
  | StandardSchema<V>;

/** The checks of an action: one for one input, by name for a record. */
export type Checks<I extends Slot> = I extends AnyField ? Check<InOf<I>, InOf<I>>
  : { readonly [K in keyof I]?: Check<InOf<I[K]>, { readonly [N in keyof I]: InOf<I[N]> }> };

/** Checks by argument name, as an action is bound to them; under `""` that of the only input. */
export type BoundChecks = Readonly<Record<string, (value: unknown, input: unknown) => unknown>>;

/**
 * Makes the checks of an action callable.
 *
 * @throws {TypeError} when a check belongs to no input, or is neither function nor schema.
 */
export function bindChecks(
  checks: unknown,
  { single, names }: { readonly single: boolean; readonly names: Readonly<Record<string, string>> },
  at: string,
): BoundChecks | undefined {
  if (checks === undefined) return undefined;
  if (single) return { [Object.keys(names)[0] as string]: callable(checks, at) };
  if (typeof checks !== "object" || checks === null || "~standard" in checks) {
    throw new TypeError(`Cannot validate ${at}: with several inputs, checks are given by name`);
  }
  const bound: Record<string, (value: unknown, input: unknown) => unknown> = {};
  for (const [name, check] of Object.entries(checks as Readonly<Record<string, unknown>>)) {
    if (check === undefined) continue;
    if (!Object.hasOwn(names, name)) {
      const known = Object.keys(names).join(", ") || "none";
      throw new TypeError(`Cannot validate "${name}" of ${at}: its inputs are ${known}`);
    }
    bound[name] = callable(check, at);
  }
  return bound;
}

/**
 * Runs the checks of an action over the input of its handler. It returns the problems, or `undefined`.
 * `names`: field key by argument name.
 */
export function runChecks(
  checks: BoundChecks,
  input: unknown,
  { single, names }: { readonly single: boolean; readonly names: Readonly<Record<string, string>> },
): Fault | undefined | Promise<Fault | undefined> {
  const found: Record<string, string> = {};
  let waits: Promise<void>[] | undefined;
  for (const name in checks) {
    const key = names[name] as string;
    const value = single ? input : (input as Record<string, unknown>)[name];
    const note = (message: unknown) => {
      if (typeof message === "string" && message !== "") found[key] = message;
    };
    const message = (checks[name] as (value: unknown, input: unknown) => unknown)(value, input);
    if (isThenable(message)) (waits ??= []).push(Promise.resolve(message).then(note));
    else note(message);
  }
  return waits ? Promise.all(waits).then(() => faultOf(found)) : faultOf(found);
}

function faultOf(found: Readonly<Record<string, string>>): Fault | undefined {
  const [first, ...others] = Object.entries(found);
  if (first === undefined) return undefined;
  const [field, message] = first;
  return new Fault("bad_input", message, others.length === 0 ? { field } : { field, fields: found });
}

function callable(check: unknown, at: string): (value: unknown, input: unknown) => unknown {
  if (typeof check === "function" && !("~standard" in check)) {
    return check as (value: unknown, input: unknown) => unknown;
  }
  const standard = (check as Partial<StandardSchema> | null)?.["~standard"];
  if (typeof standard?.validate !== "function") {
    throw new TypeError(`Cannot validate ${at}: a check is a function or a schema (Standard Schema)`);
  }
  return (value) => {
    const result = standard.validate(value);
    return isThenable(result) ? Promise.resolve(result).then(messageOf) : messageOf(result as SchemaResult);
  };
}

// Not every library that one can wait for makes Promises: taken for an answer, those would let everything pass.
function isThenable(value: unknown): value is PromiseLike<never> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

function messageOf({ issues }: SchemaResult): string | undefined {
  return issues?.map(({ message }) => message).join(". ") || (issues ? "This is not right" : undefined);
}
