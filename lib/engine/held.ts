import { isDeepStrictEqual } from "node:util";
import type { Demo } from "@/lib/demo/blocks.tsx";
import { componentOf, type Keeping } from "@/lib/demo/component.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { AnyField } from "@/lib/value/field.ts";
import { type Linked, LinkedList } from "@/lib/value/linked_list.ts";
import { Lookup } from "@/lib/value/lookup.ts";
import { weigh } from "@/lib/value/weigh.ts";

/** What the server holds for one page in one browser. */
export interface Session {
  /** Id, without its signature. */
  readonly id: string;
  /** Whether one of a demo's values was written that live on the server. */
  holds(demo: Demo): boolean;
  /** Values of fields that live on the server, by demo and key. */
  value(demo: Demo, key: string): unknown;
  /**
   * Writes a value that lives on the server, and says whether it is another than before. One that is the same object
   * counts as another: it may have been changed.
   *
   * @throws {Fault} `bad_output` when the session would hold too much.
   */
  setValue(demo: Demo, key: string, value: unknown): boolean;
  /** The props of a field as this session sees it: the author's, changed by `update()`. */
  props(demo: Demo, key: string): Readonly<Record<string, unknown>>;
  /** Changes props. @throws {Fault} `bad_output` when one is wrong. */
  changeProps(demo: Demo, key: string, props: Readonly<Record<string, unknown>>): void;
}

/** What holding sessions needs. */
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

  /** Holds none at first. */
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

  /** Lets go of all of them. */
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
        this.#drop(oldest);
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
      if (held.leftMs !== undefined && held.leftMs <= now) this.#drop(held);
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
      onDelete?.(value);
    } catch (error) {
      this.#options.broke(error);
    }
  }
}

/** What a session needs of those that hold it. */
interface HeldHost {
  readonly find: (id: string) => Held | undefined;
  readonly now: () => number;
  readonly room: () => number;
  readonly grew: (held: Held, bytes: number) => void;
  readonly shrank: (bytes: number) => void;
  readonly until: (ms: number) => void;
  readonly gone: (keeping: Keeping, value: unknown) => void;
}

interface HeldValue {
  readonly value: unknown;
  readonly bytes: number;
  readonly keeping: Keeping;
  readonly expiresMs: number;
}

interface HeldProps {
  readonly props: Readonly<Record<string, unknown>>;
  readonly bytes: number;
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

  holds(demo: Demo): boolean {
    const held = this.#held();
    return held !== undefined && demo.holds.some((key) => held.value(fieldOf(demo, key)));
  }

  value(demo: Demo, key: string): unknown {
    const field = fieldOf(demo, key);
    const kept = this.#held()?.value(field);
    // A handler may change what it is handed: the next run must not find the author's own object changed.
    return kept ? kept.value : structuredClone(field.initial);
  }

  setValue(demo: Demo, key: string, value: unknown): boolean {
    return this.#open().setValue(key, fieldOf(demo, key), value);
  }

  props(demo: Demo, key: string): Readonly<Record<string, unknown>> {
    const field = fieldOf(demo, key);
    return this.#held()?.props(field) ?? field.props;
  }

  changeProps(demo: Demo, key: string, props: Readonly<Record<string, unknown>>): void {
    this.#open().changeProps(key, fieldOf(demo, key), props);
  }
}

class Held implements Linked<Held> {
  before: Held | undefined;
  after: Held | undefined;
  readonly id: string;
  /** When it is forgotten, if its page was left. */
  leftMs: number | undefined;
  readonly #host: HeldHost;
  readonly #values = new Map<AnyField, HeldValue>();
  readonly #props = new Map<AnyField, HeldProps>();
  #bytes = 0;

  constructor(id: string, host: HeldHost) {
    this.id = id;
    this.#host = host;
  }

  value(field: AnyField): { readonly value: unknown } | undefined {
    const held = this.#values.get(field);
    return held && held.expiresMs > this.#host.now() ? held : undefined;
  }

  setValue(key: string, field: AnyField, value: unknown): boolean {
    let old = this.#values.get(field);
    const bytes = this.#weigh(key, value, old);
    if (old && old.expiresMs <= this.#host.now()) {
      // Whoever wrote this could not see it any more.
      this.#remove(field, old);
      old = undefined;
    }
    const before = old ? old.value : field.initial;
    const keeping = componentOf(field).keeps(field.props);
    const expiresMs = keeping.ms === undefined ? Infinity : this.#host.now() + keeping.ms;
    this.#values.set(field, { value, bytes, keeping, expiresMs });
    this.#grow(bytes - (old?.bytes ?? 0));
    if (expiresMs < Infinity) this.#host.until(expiresMs);
    return isObject(value) && value === before || !isDeepStrictEqual(value, before);
  }

  props(field: AnyField): Readonly<Record<string, unknown>> | undefined {
    return this.#props.get(field)?.props;
  }

  changeProps(key: string, field: AnyField, props: Readonly<Record<string, unknown>>): void {
    const old = this.#props.get(field);
    const next = componentOf(field).spec.safeParse({ ...old?.props ?? field.props, ...props });
    if (!next.success) {
      const [issue] = next.error.issues;
      throw new Fault("bad_output", `Cannot update "${key}": ${issue?.path.join(".")} ${issue?.message}`, {
        field: key,
      });
    }
    const bytes = this.#weigh(key, next.data, old);
    this.#props.set(field, { props: Object.freeze(next.data), bytes });
    this.#grow(bytes - (old?.bytes ?? 0));
  }

  /** Lets go of values whose time is up, and says when that of the next is. */
  sweep(now: number): number {
    let next = Infinity;
    for (const [field, held] of this.#values) {
      if (held.expiresMs > now) next = Math.min(next, held.expiresMs);
      else this.#remove(field, held);
    }
    return next;
  }

  /** Lets go of everything. */
  clear(): void {
    for (const [field, held] of this.#values) this.#remove(field, held);
    this.#props.clear();
    this.#host.shrank(this.#bytes);
    this.#bytes = 0;
  }

  /** How many bytes something takes that comes in place of what was. @throws {Fault} when there is no room for it. */
  #weigh(key: string, one: unknown, old: { readonly bytes: number } | undefined): number {
    const room = this.#host.room();
    const bytes = weigh(one, room);
    if (this.#bytes - (old?.bytes ?? 0) + bytes <= room) return bytes;
    const most = Math.floor(room / 1024 / 1024);
    throw new Fault("bad_output", `What is kept for one page would take more than ${most} MiB`, {
      field: key,
    });
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

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function fieldOf(demo: Demo, key: string): AnyField {
  const field = demo.fields[key];
  if (!field) throw new Fault("not_found", `There is no field "${key}"`);
  return field;
}
