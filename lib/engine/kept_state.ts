import { Buffer } from "node:buffer";
import { deserialize, serialize } from "node:v8";
import type { Key, Op, Store } from "@/lib/store/records.ts";
import { tupleKey } from "@/lib/value/tuple_key.ts";
import type { KeptFields, Written } from "./held.ts";

/** Options of {@linkcode KeptState}. */
export interface KeptStateOptions {
  /** Where it is kept. Not closed here. */
  readonly store: Store;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long a value is kept after it was written, in milliseconds. Default 24 hours. */
  readonly keepMs?: number | undefined;
  /** Is told why a value cannot be kept, it lives on in memory then, or not be read. */
  readonly broke: (error: unknown) => void;
}

const DAY_MS = 24 * 60 * 60 * 1000;
// A record is bounded to a megabyte of text, in which bytes count 4/3.
const PIECE_BYTES = 700_000;
/** A session that keeps nothing asks again with every event. */
const MOST_EMPTY = 10_000;
const STATE = ["sessions", "state"];
/** Stands before the pieces of the props of a field. */
const PROPS = "props";

/**
 * What sessions hold on the server, kept so that it outlives the process: values that `structuredClone()` takes, and the
 * props that `update()` changed. The journal writes it, in the commit of the run that changed it.
 */
export class KeptState {
  readonly #options: KeptStateOptions;
  /** Sessions of pages for which nothing is kept, as far as is remembered. */
  readonly #empty = new Set<string>();
  #saves = 0;

  /** Reads and writes nothing yet. */
  constructor(options: KeptStateOptions) {
    this.#options = options;
  }

  /** Whether nothing is kept of a session at a page, as far as is remembered. */
  isEmpty(session: string, page: string): boolean {
    return this.#empty.has(tupleKey(session, page));
  }

  /** The data that has to be written so that it is kept. `nowMs`: the time by which values expire. */
  ops(session: string, page: string, written: readonly Written[], nowMs: number): Op[] {
    this.#saves++;
    this.#empty.delete(tupleKey(session, page));
    const ops: Op[] = [];
    for (const { key, value, props } of written) {
      const under = [...STATE, session, page, key];
      if (value) this.#add(ops, under, value.plain, value.expiresMs - nowMs);
      if (props) this.#add(ops, [...under, PROPS], props, Infinity);
    }
    return ops;
  }

  /** What was kept of a session at a page; `undefined`: nothing. Unreadable data counts as not kept. */
  async load(session: string, page: string): Promise<KeptFields | undefined> {
    const whose = tupleKey(session, page);
    if (this.#empty.has(whose)) return undefined;
    const { store, now, broke } = this.#options;
    const saves = this.#saves;
    const values = new Map<string, Pieces>();
    const props = new Map<string, Pieces>();
    for await (
      const { key, value, expiresMs = Infinity } of store.list({ prefix: [...STATE, session, page] })
    ) {
      const { total, bytes } = value as { total: number; bytes: Uint8Array };
      const kind = key[STATE.length + 3] === PROPS ? props : values;
      const name = String(key[STATE.length + 2]);
      const known = kind.get(name) ?? { total, expiresMs, bytes: [] };
      known.bytes.push(bytes);
      kind.set(name, known);
    }
    if (values.size === 0 && props.size === 0) {
      // Nothing was saved while it was looked for.
      if (saves !== this.#saves) return undefined;
      if (this.#empty.size >= MOST_EMPTY) this.#empty.clear();
      this.#empty.add(whose);
      return undefined;
    }
    const kept = { values: new Map(), props: new Map() };
    for (const [name, pieces] of values) {
      try {
        kept.values.set(name, { value: wholeOf(pieces), leftMs: pieces.expiresMs - now() });
      } catch (error) {
        broke(error);
      }
    }
    for (const [name, pieces] of props) {
      try {
        kept.props.set(name, wholeOf(pieces));
      } catch (error) {
        broke(error);
      }
    }
    return kept;
  }

  #add(ops: Op[], under: Key, value: unknown, leftMs: number): void {
    const { now, keepMs = DAY_MS, broke } = this.#options;
    try {
      const whole = serialize(value);
      const expiresMs = Math.round(now() + Math.min(leftMs, keepMs));
      for (let at = 0, piece = 0; at < whole.length; at += PIECE_BYTES, piece++) {
        const bytes = new Uint8Array(whole.subarray(at, at + PIECE_BYTES));
        ops.push({ type: "set", key: [...under, piece], value: { total: whole.length, bytes }, expiresMs });
      }
    } catch (error) {
      broke(error);
    }
  }
}

interface Pieces {
  readonly total: number;
  readonly expiresMs: number;
  readonly bytes: Uint8Array[];
}

// Pieces of a longer value before it may lie behind.
function wholeOf({ total, bytes }: Pieces): unknown {
  return deserialize(Buffer.concat(bytes).subarray(0, total));
}
