import { deserialize, serialize } from "node:v8";
import type { Op, Store } from "@/lib/store/records.ts";

/** What {@linkcode KeptState} is told. */
export interface KeptStateOptions {
  /** Where it is kept. Not closed here. */
  readonly store: Store;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long a value is kept after it was written, in milliseconds. Default 24 hours. */
  readonly keepMs?: number | undefined;
  /** Is told why a value could not be kept, it lives on in memory then, or not be read. */
  readonly broke: (error: unknown) => void;
}

/** A value of a session, by the key of its field. */
export interface KeptValue {
  /** Key of the field. */
  readonly key: string;
  /** What it holds. */
  readonly value: unknown;
  /** How long it may be kept, in milliseconds, if its field says. */
  readonly ms: number | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;
// A record is bounded to a megabyte of text, in which bytes count 4/3.
const PIECE_BYTES = 700_000;
/** A session that keeps nothing asks again with every event. */
const MOST_EMPTY = 10_000;
const STATE = ["sessions", "state"];

/** What sessions hold on the server, kept so that it outlives the process: any value that `structuredClone()` takes. */
export class KeptState {
  readonly #options: KeptStateOptions;
  /** Sessions of pages for which nothing is kept, as far as is remembered. */
  readonly #empty = new Set<string>();
  #saves = 0;

  /** Reads and writes nothing yet. */
  constructor(options: KeptStateOptions) {
    this.#options = options;
  }

  /** Keeps values, those of one call all or none. Does not wait: what is kept later is kept after it. */
  save(session: string, page: string, values: readonly KeptValue[]): void {
    const { store, broke } = this.#options;
    this.#saves++;
    this.#empty.delete(`${session} ${page}`);
    try {
      const ops = values.flatMap((value) => this.#ops([...STATE, session, page, value.key], value));
      store.commit(ops).catch(broke);
    } catch (error) {
      broke(error);
    }
  }

  /** What was kept of a session at a page, by key of the field. What cannot be read any more counts as not kept. */
  async load(session: string, page: string): Promise<Map<string, unknown>> {
    const whose = `${session} ${page}`;
    if (this.#empty.has(whose)) return new Map();
    const saves = this.#saves;
    const pieces = new Map<string, { readonly total: number; readonly bytes: Uint8Array[] }>();
    for await (const { key, value } of this.#options.store.list({ prefix: [...STATE, session, page] })) {
      const { total, bytes } = value as { total: number; bytes: Uint8Array };
      const name = String(key[STATE.length + 2]);
      const known = pieces.get(name) ?? { total, bytes: [] };
      known.bytes.push(bytes);
      pieces.set(name, known);
    }
    // Nothing was saved while it was looked for.
    if (pieces.size === 0 && saves === this.#saves) {
      if (this.#empty.size >= MOST_EMPTY) this.#empty.clear();
      this.#empty.add(whose);
    }
    const values = new Map<string, unknown>();
    for (const [name, { total, bytes }] of pieces) {
      const whole = await new Blob(bytes as BlobPart[]).bytes();
      // Pieces of a longer value before it may lie behind.
      try {
        values.set(name, deserialize(whole.subarray(0, total)));
      } catch (error) {
        this.#options.broke(error);
      }
    }
    return values;
  }

  #ops(key: readonly string[], { value, ms = Infinity }: KeptValue): Op[] {
    const { now, keepMs = DAY_MS } = this.#options;
    const whole = serialize(value);
    const expiresMs = now() + Math.min(ms, keepMs);
    const ops: Op[] = [];
    for (let at = 0, piece = 0; at < whole.length; at += PIECE_BYTES, piece++) {
      const bytes = new Uint8Array(whole.subarray(at, at + PIECE_BYTES));
      ops.push({ type: "set", key: [...key, piece], value: { total: whole.length, bytes }, expiresMs });
    }
    return ops;
  }
}
