import { z } from "zod";
import type { ComponentType } from "preact";
import type { AnyComponent, AnyField, EventRef, Field } from "@/lib/value/field.ts";
import type { FileRef } from "@/lib/value/file_ref.ts";
import { isJson } from "@/lib/value/is_json.ts";
import type { Json, JsonObject } from "@/lib/value/json.ts";
import { kindOf } from "@/lib/value/kind_of.ts";
import { nearest } from "@/lib/value/nearest.ts";
import type { CommonProps, DoorProps, ViewProps } from "@/lib/value/page.ts";

/** Tools of a component for decoding and encoding wire values. */
export interface CodecContext {
  /** Aborts with the run. */
  readonly signal: AbortSignal;
  /** Reads a file that the session may read. @throws {Fault} `bad_input` for an unknown or foreign one. */
  readonly open: (ref: FileRef) => Promise<StoredFile>;
  /**
   * Encrypts a value for the browser. Only this server can decrypt it, under the same `name` and for the same user.
   */
  readonly seal: (value: Json, name: string) => Promise<string>;
  /** Decrypts a sealed value; `undefined` if it is invalid, changed, or sealed with another secret. */
  readonly unseal: (sealed: string, name: string) => Promise<Json | undefined>;
  /** Stores bytes for the session and returns their reference. The bytes decide the media type. */
  readonly keep: (bytes: Uint8Array | ReadableStream<Uint8Array>, name: string) => Promise<FileRef>;
}

/** The events of a component: `null` for an event without data, otherwise the schema of its data. */
export type EventSpecs = Readonly<Record<string, z.ZodType | null>>;

/** Types of the details of events, by the name of the event. Events without a detail are left out. */
export type Details<E extends EventSpecs> = {
  readonly [K in keyof E as E[K] extends null ? never : K]: E[K] extends z.ZodType<infer D> ? D : never;
};

/** A file for a handler. */
export interface StoredFile extends FileRef {
  /** All of it. */
  readonly bytes: () => Promise<Uint8Array<ArrayBuffer>>;
  /** All of it, piece by piece. */
  readonly stream: () => ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** An example, read from what its author wrote. */
export interface ReadExample<O> {
  /** The value, as a handler gives it. */
  readonly value: O;
  /** Its cell in a dataset: text, or a picture with `url` and `mime`. */
  readonly shown: Json;
  /** The example in words; `""` where it has none. */
  readonly words: string;
}

/** The entries of one field in a form without script. */
export interface FormEntries {
  /** Text entries under the field's name, in order. */
  readonly texts: readonly string[];
  /** Files under the field's name, already kept. */
  readonly files: readonly FileRef[];
}

/** How long a value on the server is kept. */
export interface Keeping {
  /** From its last writing on, in milliseconds; `undefined`: as long as the session. */
  readonly ms?: number | undefined;
  /** Called once with each discarded value: its time is over, its session is forgotten, or the server ends. */
  readonly onDelete?: ((value: unknown) => void) | undefined;
}

/**
 * The declaration of a component. Authors write the props `A`; `P` are the props after validation. `W` is the wire
 * value. Handlers receive `I` and may give `O`.
 */
export interface ComponentSpec<A, P, W, I, O, E extends EventSpecs> {
  /** Name in the registry and in stored data; never changes. */
  readonly kind: string;
  /**
   * An object schema of the author's props. `label`, `showLabel`, `info`, `visible` and `interactive` are added to
   * every component.
   */
  readonly props: z.ZodType<P, A>;
  /** Schema of the wire value. Depends on the props, so that JSON Schema has their limits. */
  readonly wire: (props: NoInfer<P>) => z.ZodType<NoInfer<W>>;
  /**
   * Schema of a wire value that a page sends, where that may be less than what a handler gives, or costs less to check.
   * Default: `wire`.
   */
  readonly taken?: (props: NoInfer<P>) => z.ZodType<NoInfer<W>>;
  /** The wire value when the author gives none. */
  readonly empty: (props: NoInfer<P>) => NoInfer<W>;
  /**
   * Events with Gradio's names: `null` for an event without data, otherwise the schema of its data. Data from a
   * client must match that schema before a handler sees it.
   */
  readonly events: E;
  /** Draws it. */
  readonly view: ComponentType<ViewProps<NoInfer<P>, W>>;
  /** The view behind its door; absent for a component that never lives in the browser. */
  readonly island?: ComponentType<DoorProps>;
  /** The place of the value: in the page, or on the server, one for each session. Default `page`. */
  readonly holds?: "page" | "session";
  /** For values on the server: their lifetime and a callback at its end. Default: as long as the session. */
  readonly keeps?: (props: NoInfer<P>) => Keeping;
  /**
   * Whether the whole wire value is computed for each state that a handler yields. States that come faster than
   * they can be sent are then skipped; the last one never is. Default false.
   */
  readonly anew?: boolean;
  /** Whether a person can give it a value at all. Default true. */
  readonly input?: boolean;
  /** Whether the view lives by itself even if no action needs it. */
  readonly alive?: (props: NoInfer<P>) => boolean;
  /** Whether it is invisible, so a layout may leave it out: it is then drawn at the end. Default false. */
  readonly unseen?: boolean;
  /** Decodes a wire value for handlers. `field` is its key, for later faults. Default: unchanged. */
  readonly decode?: (
    wire: NoInfer<W>,
    context: CodecContext,
    props: NoInfer<P>,
    field?: string,
  ) => I | Promise<I>;
  /** Encodes a handler's value to a wire value. Default: unchanged. */
  readonly encode?: (out: O, context: CodecContext, props: NoInfer<P>) => NoInfer<W> | Promise<NoInfer<W>>;
  /** Reads the field from a form sent without script; the result is checked by `wire`. Default: the first text. */
  readonly form?: (entries: FormEntries, props: NoInfer<P>) => unknown;
  /** The value in a few words, for example rows and logs. Default: its text or JSON, shortened. */
  readonly summary?: (wire: NoInfer<W>) => string;
  /** Reads an example that an author gives. Default: a value as a handler gives it, shown by its summary. */
  readonly example?: (given: unknown) => ReadExample<O>;
  /** Brings a stored wire value of an older version up to date. */
  readonly migrate?: (stored: unknown) => unknown;
}

/** A component as shared code sees it: every question answered, no kind named. */
export interface Component extends AnyComponent {
  /** Schema of its props, those of every field included. */
  readonly spec: z.ZodObject;
  /** Schema of its wire value under these props. */
  readonly wire: (props: Readonly<Record<string, unknown>>) => z.ZodType<Json>;
  /** Schema of a wire value that a page sends. */
  readonly taken: (props: Readonly<Record<string, unknown>>) => z.ZodType<Json>;
  /** Its events, with the schemas of their data. */
  readonly events: Readonly<Record<string, z.ZodType<Json> | null>>;
  /** Draws it. */
  readonly view: ComponentType<ViewProps<object, Json>>;
  /** The view behind its door. */
  readonly island: ComponentType<DoorProps> | undefined;
  /** The place of its value. */
  readonly holds: "page" | "session";
  /** How long its values on the server are kept. */
  readonly keeps: (props: Readonly<Record<string, unknown>>) => Keeping;
  /** Whether the whole wire value is computed for each state. */
  readonly anew: boolean;
  /** Whether a person can give it a value. */
  readonly input: boolean;
  /** Whether it is a container. A container has no value. */
  readonly contains: boolean;
  /** Reads from a form without script which props of a container the person changed. */
  readonly moved: ((entries: FormEntries) => Readonly<Record<string, unknown>> | undefined) | undefined;
  /** Whether its view lives by itself. */
  readonly alive: (props: Readonly<Record<string, unknown>>) => boolean;
  /** Whether it is invisible. */
  readonly unseen: boolean;
  /** Decodes a wire value for handlers. */
  readonly decode:
    | ((
      wire: Json,
      context: CodecContext,
      props: Readonly<Record<string, unknown>>,
      field?: string,
    ) => unknown)
    | undefined;
  /** Encodes a handler's value to a wire value. */
  readonly encode:
    | ((out: unknown, context: CodecContext, props: Readonly<Record<string, unknown>>) => unknown)
    | undefined;
  /** Reads it from a form without script. */
  readonly form: (entries: FormEntries, props: Readonly<Record<string, unknown>>) => unknown;
  /** The value in a few words. */
  readonly summary: (wire: Json) => string;
  /** Reads an example that an author gives. */
  readonly example: ((given: unknown) => ReadExample<unknown>) | undefined;
  /** Brings a stored value up to date. */
  readonly migrate: (stored: unknown) => unknown;
  /** The JSON Schema of the wire value under these props. */
  readonly jsonSchema: (props: Readonly<Record<string, unknown>>) => JsonObject;
}

const forever: Keeping = Object.freeze({});

const common = {
  label: z.string().optional(),
  showLabel: z.boolean().optional(),
  info: z.string().optional(),
  visible: z.union([z.boolean(), z.literal("hidden")]).optional(),
  interactive: z.boolean().optional(),
};

/** The props that an author may write: those of the component and of every field. */
export type PropsInput<A> = string extends keyof A ? CommonProps : A & CommonProps;

/** A function that declares a field of one component. */
export interface Declare<P, I, O, E extends string, D = Record<never, never>> {
  /**
   * Declares a field. @throws {TypeError} when a prop is wrong; the message names it and says what would be right.
   */
  (...props: Record<never, never> extends P ? [props?: P] : [props: P]): Field<I, O, E, P & object, D>;
  /** The component behind it. */
  readonly component: Component;
}

/**
 * Declares a component: one object that answers every question the engine, the page, the API and the docs ask.
 *
 * @example
 * ```ts ignore
 * export const rating = component({
 *   kind: "rating",
 *   props: z.object({ max: z.number().int().default(5), value: z.number().optional() }),
 *   wire: ({ max }) => z.number().int().min(0).max(max),
 *   empty: () => 0,
 *   events: { change: null },
 *   view: RatingView,
 *   island: Rating,
 * });
 * ```
 */
export function component<A, P, W, const E extends EventSpecs, I = W, O = I>(
  spec: ComponentSpec<A, P, W, I, O, E>,
): Declare<PropsInput<A>, I, O, keyof E & string, Details<E>> {
  if (!(spec.props instanceof z.ZodObject)) {
    throw new TypeError(`Cannot declare component "${spec.kind}": props must be a z.object()`);
  }
  const schema = spec.props.extend(common).strict();
  const wire = remember(spec.wire as (props: object) => unknown);
  const shared = {
    kind: spec.kind,
    spec: schema,
    wire,
    taken: spec.taken ? remember(spec.taken as (props: object) => unknown) : wire,
    events: spec.events,
    view: spec.view,
    island: spec.island,
    holds: spec.holds ?? "page",
    keeps: spec.keeps ?? (() => forever),
    anew: spec.anew ?? false,
    input: spec.input ?? true,
    contains: false,
    alive: spec.alive ?? (() => false),
    unseen: spec.unseen ?? false,
    decode: spec.decode,
    encode: spec.encode,
    form: spec.form ?? (({ texts }: FormEntries) => texts[0]),
    summary: spec.summary ?? shorten,
    example: spec.example,
    migrate: spec.migrate ?? ((stored: unknown) => stored),
    jsonSchema: (props: P) => z.toJSONSchema(spec.wire(props)),
  } as unknown as Component;

  type Made = Field<I, O, keyof E & string, PropsInput<A>, Details<E>>;
  const declare = (given?: PropsInput<A>): Made => {
    const parsed = schema.safeParse(given ?? {});
    if (!parsed.success) {
      throw new TypeError(`Cannot declare ${spec.kind}: ${explain(parsed.error, Object.keys(schema.shape))}`);
    }
    const { value, ...props } = parsed.data as Record<string, unknown>;
    const initial = value === undefined ? spec.empty(props as P) : value;
    const right = shared.wire(props).safeParse(initial);
    if (value !== undefined && !right.success) {
      throw new TypeError(`Cannot declare ${spec.kind} with value ${quote(value)}: ${explain(right.error)}`);
    }
    // The page gets the output of the schema, also for the first value.
    return field(shared, props, (right.success ? right.data : initial) as Json) as Made;
  };
  return Object.assign(declare, { component: shared }) as Declare<
    PropsInput<A>,
    I,
    O,
    keyof E & string,
    Details<E>
  >;
}

/** Makes a field of a component from props that are known to be right. */
export function field(of: Component, props: Readonly<Record<string, unknown>>, initial: Json): AnyField {
  // State of a session may be any value; everything else is data that all pages of the demo share.
  const first = of.holds === "session" ? initial : deepFreeze(structuredClone(initial));
  const made: Record<string, unknown> = { component: of, props: deepFreeze(props), initial: first };
  for (const event of Object.keys(of.events)) {
    made[event] = Object.freeze({ source: made, event }) satisfies EventRef;
  }
  return Object.freeze(made) as unknown as AnyField;
}

/** Freezes a value and all that it holds. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const key of Object.keys(value)) deepFreeze((value as Record<string, unknown>)[key]);
  return Object.freeze(value);
}

/** The component of a field, with all its answers. */
export function componentOf(field: AnyField): Component {
  return field.component as Component;
}

/** Says in one line what a schema refuses and where. Of `names`, the one that a misspelt name stands for is suggested. */
export function explain(error: z.ZodError, names: Iterable<string> = []): string {
  const [first] = error.issues;
  if (!first) return "it is not valid";
  if (first.code === "unrecognized_keys" && first.path.length === 0) {
    const [stray = ""] = first.keys;
    const meant = nearest(stray, names);
    if (meant !== undefined) return `unrecognized key: "${stray}", did you mean "${meant}"?`;
  }
  const where = first.path.length === 0 ? "" : `"${first.path.join(".")}": `;
  return where + first.message.charAt(0).toLowerCase() + first.message.slice(1);
}

/** A value for a message: its JSON, at most 60 characters, or what it is where it has no JSON. */
export function quote(value: unknown): string {
  const text = isJson(value) ? JSON.stringify(value) : kindOf(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function shorten(wire: unknown): string {
  const text = typeof wire === "string" ? wire : wire === null ? "" : JSON.stringify(wire);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

// A schema is built once for each props object: fields keep theirs for life, sessions keep their changed copies.
function remember<P extends object, T>(make: (props: P) => T): (props: P) => T {
  const known = new WeakMap<P, T>();
  return (props) => {
    let schema = known.get(props);
    if (schema === undefined) known.set(props, schema = make(props));
    return schema;
  };
}
