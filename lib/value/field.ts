import type { Json } from "./json.ts";

/** Type-level key: what a handler receives from a field. */
export declare const In: unique symbol;
/** Type-level key: what a handler may give to a field. */
export declare const Out: unique symbol;
/** Type-level key: the props that `update()` may change. */
export declare const Props: unique symbol;
/** Type-level key: marks a container. */
export declare const Contains: unique symbol;
/** Type-level key: the data of an event. */
export declare const Carries: unique symbol;

/** An event that may start an action: `go.click`, `blur.success`, `load`. `D` is its data, `N` its name. */
export interface EventRef<D = unknown, N extends string = string> {
  /** The field or action that raises it; `null` for the page itself. */
  readonly source: object | null;
  /** Name in the source's vocabulary: `click`, `change`, `success` ... */
  readonly event: N;
  /** Only in types: its data. */
  readonly [Carries]?: D;
}

/** The events that start an action: one or several. */
export type Events = EventRef | readonly EventRef[];

/** The event that started a run. `N` is its name, `D` the type of its detail. */
export interface RunEvent<N extends string = string, D = Json | undefined> {
  /** Key of the field that raised it; `""` for the page itself. */
  readonly field: string;
  /** Name in the vocabulary of its field: `click`, `change`, `load` ... */
  readonly name: N;
  /**
   * The data of the event, for example the selection; `undefined` for an event without data. It has passed the schema
   * of its event, but a client can send any value that the schema allows.
   */
  readonly detail: D;
}

/**
 * The events that may start an action, as its handler sees them. For an event of another action, it is the event that
 * started that action.
 */
export type Raised<W> = W extends readonly (infer One)[] ? Raised<One>
  : W extends EventRef<infer D, infer N> ? unknown extends D ? RunEvent : RunEvent<N, D>
  : never;

/** The declaration behind a field, as shared code sees it. See `component()`. */
export interface AnyComponent {
  /** Name in the registry and in stored data. */
  readonly kind: string;
}

/** Any declared field. */
export interface AnyField {
  /** Only in types: what a handler receives. */
  readonly [In]: unknown;
  /** Only in types: what a handler may give. */
  readonly [Out]: unknown;
  /** Only in types: the props that `update()` may change. */
  readonly [Props]: object;
  /** The component that this field is one of. */
  readonly component: AnyComponent;
  /** The author's props after validation, defaults filled in, without `value`. */
  readonly props: Readonly<Record<string, unknown>>;
  /** Wire value at the start. */
  readonly initial: Json;
}

/**
 * A declared field. Handlers receive `I` and may give `O`. `E` are its events, `P` its props, `D` the data of its
 * events, by name. Events without a name in `D` carry nothing.
 */
export type Field<
  I,
  O = I,
  E extends string = never,
  P extends object = object,
  D = Record<never, never>,
> =
  & AnyField
  & { readonly [In]: I; readonly [Out]: O; readonly [Props]: P }
  & { readonly [K in E]: EventRef<K extends keyof D ? D[K] : undefined, K> };

/**
 * A declared container: a field with other fields inside. It has props `P` and events `E` with data `D`, but no value.
 */
export type ContainerField<E extends string, P extends object, D = Record<never, never>> =
  & Field<never, never, E, P, D>
  & { readonly [Contains]: true };

/** Fields by key. The keys are ids: of the page, of the API, of stored flags. */
export type Fields = Readonly<Record<string, AnyField>>;

/** One field or a record of them: what `inputs` and `outputs` accept. */
export type Slot = AnyField | Fields;

/** The value that a handler receives from a field. */
export type InOf<F> = F extends { readonly [In]: infer I } ? I : never;
/** The value that a handler may give to a field. */
export type OutOf<F> = F extends { readonly [Out]: infer O } ? O : never;
/** The props of one field that `update()` may change. */
export type PropsOf<F> = F extends { readonly [Props]: infer P } ? P : never;

/** The result of `update()`: a change of the props `P`. */
export interface Update<P> {
  /** The props to change, and `value`. */
  readonly update: P;
}

/** The input of a handler for a slot: the bare value of one field, or a record. */
export type Taken<T> = T extends AnyField ? InOf<T> : { readonly [K in keyof T]: InOf<T[K]> };

/** A value that may also be read-only, like the argument of `update()`. */
export type Fixed<T> = T extends readonly unknown[] ? { readonly [K in keyof T]: Fixed<T[K]> } : T;

/** The changes that {@linkcode Update} may make to a field: its props, and its value. */
export type Changes<F> = {
  readonly [K in keyof PropsOf<F> | "value"]?: Fixed<
    K extends "value" ? OutOf<F> : PropsOf<F>[K & keyof PropsOf<F>]
  >;
};

/**
 * The output of a handler for a slot. In a record an absent key leaves that field unchanged. A handler without
 * outputs gives nothing.
 */
// Written out, not by an alias: the compiler's messages then begin with the type of the value.
export type Given<T> = T extends AnyField ? OutOf<T> | Update<Changes<T>>
  : keyof T extends never ? void | NoOutputs
  // Not `keyof T` itself: TypeScript would then infer the fields from the handler's result.
  : { readonly [K in (T extends AnyField ? never : keyof T)]?: OutOf<T[K]> | Update<Changes<T[K]>> };

/** The output of a handler without outputs: nothing, or a record without keys. */
export interface NoOutputs {
  /** There are no keys. */
  readonly [name: string]: never;
}

/** A handler's result: a value, a promise of one, or a generator whose every yield replaces the value. */
export type Result<T> =
  | T
  | Promise<T>
  | AsyncGenerator<T, T | void, unknown>
  | Generator<T, T | void, unknown>;
