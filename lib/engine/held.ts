import { isDeepStrictEqual } from "node:util";
import type { Demo } from "@/lib/demo/blocks.tsx";
import { componentOf, type Keeping } from "@/lib/demo/component.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { AnyField } from "@/lib/value/field.ts";
import { isPromise } from "./result.ts";
import { type Linked, LinkedList } from "@/lib/value/linked_list.ts";
import { Lookup } from "@/lib/value/lookup.ts";
import { weigh } from "@/lib/value/weigh.ts";
import { plainCopy } from "./plain_copy.ts";

/** The values that the server holds for one page in one browser. */
export interface Session {
  /** Id, without its signature. */
  readonly id: string;
  /**
   * The value of a field that lives on the server. Plain data is a copy: changing it changes nothing here. Values
   * that are no plain data, or whose field has `onDelete`, are handed out as they are.
   */
  value(demo: Demo, key: string): unknown;
  /** As {@linkcode Session.write}, of one value. Says whether it is another than before. */
  setValue(demo: Demo, key: string, value: unknown): boolean;
  /** The props of a field as this session sees it: the author's, changed by `update()`. */
  props(demo: Demo, key: string): Readonly<Record<string, unknown>>;
  /** What {@linkcode Session.props} would be with these changed. @throws {Fault} `bad_output` when one is wrong. */
  propsWith(
    demo: Demo,
    key: string,
    props: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, unknown>>;
  /** As {@linkcode Session.write}, of the props of one field. */
  changeProps(demo: Demo, key: string, props: Readonly<Record<string, unknown>>): void;
  /**
   * Writes all of it or nothing.
   *
   * @throws {Fault} `bad_output` when props are wrong, or the session would hold too much.
   */
  write(demo: Demo, edits: readonly Edit[]): readonly Written[];
  /** Whether what is kept of the session at a page was looked up since it was last forgotten. */
  knows(page: string): boolean;
  /** Takes what was kept of the session at a page, but for what it holds already. */
  bring(demo: Demo, page: string, kept: KeptFields): void;
  /** Puts back what was there before, where nothing else was written since. */
  unwrite(demo: Demo, written: Iterable<Written>): void;
  /** Keeps the session from being forgotten for want of room until it is disposed of. */
  pin(): Disposable;
}

/** A change of what a session holds of one field. */
export interface Edit {
  /** Key of the field. */
  readonly key: string;
  /** Its props that change. */
  readonly props?: Readonly<Record<string, unknown>> | undefined;
  /** Its value, if that is written: it lives on the server. */
  readonly value?: { readonly given: unknown } | undefined;
}

/** The written value of one field, as it is held. */
export interface Written {
  /** Key of the field. */
  readonly key: string;
  /** Whether its value was written and is another than before. One that is the same object counts as another. */
  readonly changed: boolean;
  /** Its value, if that was written and can be kept: not where somebody is to be told of its end. */
  readonly value?: { readonly plain: unknown; readonly expiresMs: number } | undefined;
  /** All props that differ from the author's, if some were written. */
  readonly props?: Readonly<Record<string, unknown>> | undefined;
  /** What {@linkcode Session.unwrite} needs. */
  readonly undo: Undo;
}

/** What is held of a field, and what was before. */
export interface Undo {
  readonly value?: { readonly now: HeldValue; readonly before: HeldValue | undefined } | undefined;
  readonly props?: { readonly now: HeldProps; readonly before: HeldProps | undefined } | undefined;
}

/** What is kept of a session at a page, by key of the field. */
export interface KeptFields {
  /** Values, and in how many milliseconds their time is up. */
  readonly values: ReadonlyMap<string, { readonly value: unknown; readonly leftMs: number }>;
  /** Props that differ from the author's. */
  readonly props: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** Options of {@linkcode HeldSessions}. */
export interface HeldSessionsOptions {
  /** How many sessions hold values at most; the one that was idle longest is forgotten first. */
  readonly capacity: number;
  /** How many bytes the values of one session may take, roughly. */
  readonly sessionBytes: number;
  /** How many bytes those of all may take; past it the one that was idle longest is forgotten. */
  readonly totalBytes: number;
  /** Milliseconds, never going back. */
  readonly now: () => number;
  /** Calls back after some milliseconds, unless it is disposed of before. */
  readonly after: (ms: number, callback: () => void) => Disposable;
  /** Logs what those threw who were told of a value's end. */
  readonly broke: (error: unknown) => void;
}

/** How long a session is held after its page was left. */
const LEFT_MS = 60 * 60_000;
/** Values go in groups: nobody needs to know of their end to the millisecond. */
const SWEEP_MS = 1000;

/** The sessions that hold something. One that holds nothing takes no room: it is made whenever it is asked for. */
export class HeldSessions {
  readonly #options: HeldSessionsOptions;
  /** The one that was idle longest comes first. */
  readonly #held = new LinkedList<Held>();
  readonly #named = new Lookup<Held>();
  #bytes = 0;
  #sweepMs = Infinity;
  #timer: Disposable | undefined;

  /** Nothing is held at first. */
  constructor(options: HeldSessionsOptions) {
    this.#options = options;
  }

  /** How many hold something. */
  get size(): number {
    return this.#held.size;
  }

  /** The session of an id. */
  find(id: string): Session {
    const held = this.#named.get(id);
    if (held) {
      held.leftMs = undefined;
      this.#held.remove(held);
      this.#held.add(held);
    }
    return new Handle(id, this.#host);
  }

  /** Says that nobody looks at a session any more, as far as is known. */
  leave(id: string): void {
    const held = this.#named.get(id);
    if (!held) return;
    held.leftMs = this.#options.now() + LEFT_MS;
    this.#wake(held.leftMs);
  }

  /** Releases all of them. */
  close(): void {
    this.#timer?.[Symbol.dispose]();
    for (const held of [...this.#held]) this.#drop(held);
  }

  readonly #host: HeldHost = {
    find: (id) => this.#named.get(id),
    now: () => this.#options.now(),
    room: () => this.#options.sessionBytes,
    grew: (held, bytes) => {
      this.#bytes += bytes;
      if (this.#named.get(held.id) !== held) {
        this.#named.set(held.id, held);
        this.#held.add(held);
      }
      for (const oldest of this.#held) {
        const { capacity, totalBytes } = this.#options;
        if (this.#held.size <= capacity && this.#bytes <= totalBytes || oldest === held) return;
        if (oldest.pins === 0) this.#drop(oldest);
      }
    },
    shrank: (bytes) => {
      this.#bytes -= bytes;
    },
    until: (ms) => this.#wake(ms),
    gone: (keeping, value) => this.#tell(keeping, value),
  };

  #wake(ms: number): void {
    if (ms >= this.#sweepMs) return;
    this.#timer?.[Symbol.dispose]();
    this.#sweepMs = ms;
    this.#timer = this.#options.after(Math.max(SWEEP_MS, ms - this.#options.now()), () => this.#sweep());
  }

  #sweep(): void {
    this.#sweepMs = Infinity;
    const now = this.#options.now();
    let next = Infinity;
    for (const held of [...this.#held]) {
      if (held.leftMs !== undefined && held.leftMs <= now && held.pins === 0) this.#drop(held);
      else next = Math.min(next, held.leftMs ?? Infinity, held.sweep(now));
    }
    if (next < Infinity) this.#wake(next);
  }

  #drop(held: Held): void {
    this.#named.delete(held.id);
    this.#held.remove(held);
    held.clear();
  }

  #tell({ onDelete }: Keeping, value: unknown): void {
    try {
      // Nobody waits for it; one that takes time may still fail.
      const given: unknown = onDelete?.(value);
      if (isPromise(given)) given.then(undefined, this.#options.broke);
    } catch (error) {
      this.#options.broke(error);
    }
  }
}

/** The parts of its holders that a session needs. */
interface HeldHost {
  readonly find: (id: string) => Held | undefined;
  readonly now: () => number;
  readonly room: () => number;
  readonly grew: (held: Held, bytes: number) => void;
  readonly shrank: (bytes: number) => void;
  readonly until: (ms: number) => void;
  readonly gone: (keeping: Keeping, value: unknown) => void;
}

/** A value as it is held. */
export interface HeldValue {
  readonly value: unknown;
  readonly bytes: number;
  readonly keeping: Keeping;
  readonly expiresMs: number;
}

/** Changed props as they are held. */
export interface HeldProps {
  readonly props: Readonly<Record<string, unknown>>;
  /** The changed ones. */
  readonly changes: Readonly<Record<string, unknown>>;
  readonly bytes: number;
}

/** An edit that has been checked. */
interface Checked {
  readonly key: string;
  readonly field: AnyField;
  readonly value: { readonly given: unknown; readonly bytes: number } | undefined;
  readonly props: HeldProps | undefined;
}

/**
 * A session as it is handed out. Two runs of one session may begin before either writes to it: what the one writes, the
 * other must find.
 */
class Handle implements Session {
  readonly id: string;
  readonly #host: HeldHost;

  constructor(id: string, host: HeldHost) {
    this.id = id;
    this.#host = host;
  }

  #held(): Held | undefined {
    return this.#host.find(this.id);
  }

  #open(): Held {
    return this.#held() ?? new Held(this.id, this.#host);
  }

  value(demo: Demo, key: string): unknown {
    const field = fieldOf(demo, key);
    const held = this.#held()?.value(field);
    if (held) return held.keeping.onDelete ? held.value : plainCopy(held.value);
    // The next session must not find the author's own object changed.
    const { initial } = field;
    return isObject(initial) ? structuredClone(initial) : initial;
  }

  setValue(demo: Demo, key: string, value: unknown): boolean {
    return this.write(demo, [{ key, value: { given: value } }])[0]?.changed ?? false;
  }

  props(demo: Demo, key: string): Readonly<Record<string, unknown>> {
    const field = fieldOf(demo, key);
    return this.#held()?.props(field) ?? field.props;
  }

  propsWith(
    demo: Demo,
    key: string,
    props: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, unknown>> {
    return propsWith(key, fieldOf(demo, key), this.props(demo, key), props);
  }

  changeProps(demo: Demo, key: string, props: Readonly<Record<string, unknown>>): void {
    this.write(demo, [{ key, props }]);
  }

  write(demo: Demo, edits: readonly Edit[]): readonly Written[] {
    return this.#open().write(edits, (key) => fieldOf(demo, key));
  }

  knows(page: string): boolean {
    return this.#held()?.pages.has(page) ?? false;
  }

  bring(demo: Demo, page: string, { values, props }: KeptFields): void {
    const held = this.#open();
    this.#host.grew(held, 0);
    held.pages.add(page);
    for (const [key, kept] of values) {
      const field = Object.hasOwn(demo.fields, key) ? demo.fields[key] : undefined;
      if (field && componentOf(field).holds === "session") held.bringValue(key, field, kept);
    }
    for (const [key, changes] of props) {
      const field = Object.hasOwn(demo.fields, key) ? demo.fields[key] : undefined;
      if (field) held.bringProps(key, field, changes);
    }
  }

  unwrite(demo: Demo, written: Iterable<Written>): void {
    const held = this.#held();
    for (const { key, undo } of written) held?.unwrite(fieldOf(demo, key), undo);
  }

  pin(): Disposable {
    const held = this.#held();
    if (held) held.pins++;
    return {
      [Symbol.dispose]: () => {
        if (held) held.pins--;
      },
    };
  }
}

class Held implements Linked<Held> {
  before: Held | undefined;
  after: Held | undefined;
  readonly id: string;
  /** When it is forgotten, if its page was left. */
  leftMs: number | undefined;
  /** How many want it not to be forgotten for want of room. */
  pins = 0;
  /** Pages of which what was kept is here. */
  readonly pages = new Set<string>();
  readonly #host: HeldHost;
  readonly #values = new Map<AnyField, HeldValue>();
  readonly #props = new Map<AnyField, HeldProps>();
  #bytes = 0;

  constructor(id: string, host: HeldHost) {
    this.id = id;
    this.#host = host;
  }

  value(field: AnyField): HeldValue | undefined {
    const held = this.#values.get(field);
    return held && held.expiresMs > this.#host.now() ? held : undefined;
  }

  props(field: AnyField): Readonly<Record<string, unknown>> | undefined {
    return this.#props.get(field)?.props;
  }

  /** As {@linkcode Session.write}: all is checked before any of it is written. */
  write(edits: readonly Edit[], fieldOf: (key: string) => AnyField): readonly Written[] {
    let room = this.#host.room() - this.#bytes;
    const checked: Checked[] = [];
    for (const { key, props, value } of edits) {
      const field = fieldOf(key);
      const next = props && this.#nextProps(key, field, props);
      const bytes = value ? weigh(value.given, this.#host.room()) : 0;
      if (value) room -= bytes - (this.#values.get(field)?.bytes ?? 0);
      if (next) room -= next.bytes - (this.#props.get(field)?.bytes ?? 0);
      if (room < 0) throw tooMuch(key, this.#host.room());
      checked.push({ key, field, value: value && { given: value.given, bytes }, props: next });
    }
    return checked.map((one) => this.#write(one));
  }

  /** Takes a value that was kept. One that is held is newer. */
  bringValue(
    key: string,
    field: AnyField,
    { value, leftMs }: { readonly value: unknown; readonly leftMs: number },
  ): void {
    if (this.#values.has(field) || leftMs <= 0) return;
    try {
      this.write([{ key, value: { given: value } }], () => field);
    } catch {
      // There is no room for it any more.
      return;
    }
    const held = this.#values.get(field);
    if (held && held.expiresMs < Infinity) {
      this.#values.set(field, { ...held, expiresMs: this.#host.now() + leftMs });
      this.#host.until(this.#host.now() + leftMs);
    }
  }

  /** Takes props that were kept. Data that does not fit the author's any more counts as not kept. */
  bringProps(key: string, field: AnyField, props: Readonly<Record<string, unknown>>): void {
    if (this.#props.has(field)) return;
    try {
      this.write([{ key, props }], () => field);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }

  /** Puts back what was there before, if what was written is still there. */
  unwrite(field: AnyField, { value, props }: Undo): void {
    if (value && this.#values.get(field) === value.now) {
      if (value.before) this.#values.set(field, value.before);
      else this.#values.delete(field);
      this.#grow((value.before?.bytes ?? 0) - value.now.bytes);
    }
    if (!props || this.#props.get(field) !== props.now) return;
    if (props.before) this.#props.set(field, props.before);
    else this.#props.delete(field);
    this.#grow((props.before?.bytes ?? 0) - props.now.bytes);
  }

  #write({ key, field, value, props }: Checked): Written {
    const old = this.#props.get(field);
    const undoProps = props && { now: props, before: old };
    if (props) {
      this.#props.set(field, props);
      this.#grow(props.bytes - (old?.bytes ?? 0));
    }
    const changes = props?.changes;
    if (!value) return { key, changed: false, props: changes, undo: { props: undoProps } };
    const { changed, now, before } = this.#setValue(field, value);
    const undo = { value: { now, before }, props: undoProps };
    // Whoever wants to know of a value's end holds something that is no plain value.
    if (now.keeping.onDelete) return { key, changed, props: changes, undo: { props: undoProps } };
    return { key, changed, value: { plain: now.value, expiresMs: now.expiresMs }, props: changes, undo };
  }

  #setValue(
    field: AnyField,
    { given, bytes }: { readonly given: unknown; readonly bytes: number },
  ): { readonly changed: boolean; readonly now: HeldValue; readonly before: HeldValue | undefined } {
    let before = this.#values.get(field);
    if (before && before.expiresMs <= this.#host.now()) {
      // Whoever wrote this could not see it any more.
      this.#remove(field, before);
      before = undefined;
    }
    const was = before ? before.value : field.initial;
    const keeping = componentOf(field).keeps(field.props);
    // The handler may go on to change what it gave.
    const value = keeping.onDelete ? given : plainCopy(given);
    const changed = isObject(value) && value === was || !isDeepStrictEqual(value, was);
    if (!changed && before && keeping.ms === undefined) return { changed, now: before, before };
    const expiresMs = keeping.ms === undefined ? Infinity : this.#host.now() + keeping.ms;
    const now: HeldValue = { value, bytes, keeping, expiresMs };
    this.#values.set(field, now);
    this.#grow(bytes - (before?.bytes ?? 0));
    if (expiresMs < Infinity) this.#host.until(expiresMs);
    return { changed, now, before };
  }

  #nextProps(key: string, field: AnyField, changes: Readonly<Record<string, unknown>>): HeldProps {
    const old = this.#props.get(field);
    const props = propsWith(key, field, old?.props ?? field.props, changes);
    return { props, changes: { ...old?.changes, ...changes }, bytes: weigh(props, this.#host.room()) };
  }

  /** Releases values whose time is up, and says when that of the next is. */
  sweep(now: number): number {
    let next = Infinity;
    for (const [field, held] of this.#values) {
      if (held.expiresMs > now) next = Math.min(next, held.expiresMs);
      else this.#remove(field, held);
    }
    return next;
  }

  /** Releases everything. */
  clear(): void {
    for (const [field, held] of this.#values) this.#remove(field, held);
    this.#props.clear();
    this.pages.clear();
    this.#host.shrank(this.#bytes);
    this.#bytes = 0;
  }

  #remove(field: AnyField, { bytes, keeping, value }: HeldValue): void {
    this.#values.delete(field);
    this.#bytes -= bytes;
    this.#host.shrank(bytes);
    this.#host.gone(keeping, value);
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    this.#host.grew(this, bytes);
  }
}

function propsWith(
  key: string,
  field: AnyField,
  before: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const next = componentOf(field).spec.safeParse({ ...before, ...changes });
  if (next.success) return Object.freeze(next.data) as Readonly<Record<string, unknown>>;
  const [issue] = next.error.issues;
  throw new Fault("bad_output", `Cannot update "${key}": ${issue?.path.join(".")} ${issue?.message}`, {
    field: key,
  });
}

function tooMuch(key: string, room: number): Fault {
  const most = Math.floor(room / 1024 / 1024);
  return new Fault("bad_output", `The state of one page would take more than ${most} MiB`, {
    field: key,
  });
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function fieldOf(demo: Demo, key: string): AnyField {
  const field = demo.fields[key];
  if (!field) throw new Fault("not_found", `There is no field "${key}"`);
  return field;
}
