import type {
  CommitOptions,
  Key,
  ListOptions,
  Op,
  RecordSize,
  Store,
  StoredRecord,
  WatchOptions,
} from "@/lib/store/records.ts";
import { Fault } from "@/lib/value/fault.ts";
import { LONG, OPEN, OVER } from "./journal_run.ts";

/** Options for {@linkcode RecordQuota}. */
export interface RecordQuotaOptions {
  /** Where records are kept. Closed with this. */
  readonly store: Store;
  /** Bytes that the runs and the state of one session may take. */
  readonly sessionBytes: number;
  /** Logs why no room could be made. */
  readonly broke: (error: unknown) => void;
}

/** The known figures of one session. */
interface Usage {
  /** Bytes of its records, about. What was replaced counts twice until they are looked up. */
  bytes: number;
  /** Whether they were looked up: an earlier process may have kept some. */
  isKnown: boolean;
  /** Whether it has too much that may not be deleted: new runs are refused. */
  isFull: boolean;
  /** Whether room is being made. */
  making: Promise<void> | undefined;
  /** Its finished runs that are kept under their own ids, the oldest first. */
  readonly unnamed: { readonly name: string; bytes: number }[];
}

const FRAMES = ["runs", "frames"] as const;
const STATE = ["sessions", "state"] as const;
/** Sessions of which something is remembered. */
const MOST_SESSIONS = 10_000;
/** The bytes of a record besides its value. */
const RECORD_BYTES = 256;
const DELETES = 500;

/**
 * A store in which each session has a quota: of runs, finished or not, and of state. Past it the oldest finished runs of the
 * same session are deleted, never those of others. Where that is not enough, new runs of the session are refused, and ends
 * and state of those that go on are still kept.
 *
 * Bytes are counted as they are written, and looked up when there seem to be too many: what was deleted, replaced or has
 * expired is noticed then. A commit waits for nothing here.
 */
export class RecordQuota implements Store {
  readonly #options: RecordQuotaOptions;
  readonly #used = new Map<string, Usage>();

  /** Looks at nothing yet. */
  constructor(options: RecordQuotaOptions) {
    this.#options = options;
  }

  get(key: Key): Promise<StoredRecord | undefined> {
    return this.#options.store.get(key);
  }

  list(options: ListOptions): AsyncIterableIterator<StoredRecord> {
    return this.#options.store.list(options);
  }

  sizes(options: ListOptions): AsyncIterableIterator<RecordSize> {
    return this.#options.store.sizes(options);
  }

  /** As the store. @throws {Fault} `no_space` when the run of a session is new that has no room left, too. */
  commit(ops: readonly Op[], options?: CommitOptions): Promise<number | undefined> {
    const { store, sessionBytes } = this.#options;
    let crowded: Map<string, Usage> | undefined;
    for (const op of ops) {
      const session = sessionOf(op);
      if (session === undefined) continue;
      const usage = this.#usageOf(session);
      if (usage.isFull && isNew(ops)) return Promise.reject(tooMuch(sessionBytes));
      const bytes = sizeOf(op);
      usage.bytes += bytes;
      if (isUnder(op.key, OVER)) this.#note(usage, String(op.key[OVER.length]), bytes, ops);
      if (usage.bytes > (usage.isKnown ? sessionBytes : sessionBytes / 16)) {
        crowded ??= new Map();
        crowded.set(session, usage);
      }
    }
    const committed = store.commit(ops, options);
    if (!crowded) return committed;
    for (const [session, usage] of crowded) {
      const make = () => this.#makeRoom(session, usage);
      usage.making ??= committed.then(make, make);
    }
    return committed;
  }

  watch(prefix: Key, options?: WatchOptions): AsyncIterableIterator<Key> {
    return this.#options.store.watch(prefix, options);
  }

  async sweep(): Promise<number> {
    const count = await this.#options.store.sweep();
    // The room of expired records is free again.
    for (const [session, usage] of this.#used) {
      if (usage.isFull) await (usage.making ??= this.#makeRoom(session, usage));
    }
    return count;
  }

  /** Waits for the room that is being made. */
  async settled(): Promise<void> {
    await Promise.all(Array.from(this.#used.values(), ({ making }) => making));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.settled();
    await this.#options.store[Symbol.asyncDispose]();
  }

  #usageOf(session: string): Usage {
    const known = this.#used.get(session);
    if (known) return known;
    const usage: Usage = { bytes: 0, isKnown: false, isFull: false, making: undefined, unnamed: [] };
    this.#used.set(session, usage);
    // The session that came first is forgotten first. When it comes again, its count begins at zero.
    for (const old of this.#used.keys()) {
      if (this.#used.size <= MOST_SESSIONS) break;
      if (!this.#used.get(old)?.making) this.#used.delete(old);
    }
    return usage;
  }

  /** A run that is kept under its own id is found again by its place here, and so are the frames that were kept before. */
  #note(usage: Usage, name: string, bytes: number, ops: readonly Op[]): void {
    if (name.includes("/")) return;
    const unnamed = { name, bytes };
    usage.unnamed.push(unnamed);
    if (ops.some(({ key }) => isUnder(key, LONG))) {
      this.#weighFrames(usage, unnamed).catch(this.#options.broke);
    }
  }

  async #weighFrames(usage: Usage, unnamed: Usage["unnamed"][number]): Promise<void> {
    for await (const { sizeBytes } of this.#options.store.sizes({ prefix: [...FRAMES, unnamed.name] })) {
      usage.bytes += sizeBytes + RECORD_BYTES;
      unnamed.bytes += sizeBytes + RECORD_BYTES;
    }
  }

  async #makeRoom(session: string, usage: Usage): Promise<void> {
    const { store, sessionBytes, broke } = this.#options;
    const beforeBytes = usage.bytes;
    try {
      // Frames first: those of a run that ends meanwhile are not taken for what may not be deleted.
      const frames = await Array.fromAsync(store.sizes(namesOf(FRAMES, session)));
      const over = await Array.fromAsync(store.sizes(namesOf(OVER, session)));
      const others = [
        ...await Array.fromAsync(store.sizes(namesOf(OPEN, session))),
        ...await Array.fromAsync(store.sizes({ prefix: [...STATE, session] })),
      ];
      let bytes = [...over, ...frames, ...others, ...usage.unnamed.map(({ bytes }) => ({ sizeBytes: bytes }))]
        .reduce((sum, { sizeBytes }) => sum + sizeBytes + RECORD_BYTES, 0);
      usage.isKnown = true;
      // Room for an eighth more, or this would be done with every run from now on.
      const most = bytes > sessionBytes ? sessionBytes / 8 * 7 : sessionBytes;
      const framesOf = Map.groupBy(frames, ({ key }) => String(key[FRAMES.length]));
      const gone: Key[] = [];
      while (bytes > most && usage.unnamed.length > 0) {
        const { name, bytes: freed } = usage.unnamed.shift() as Usage["unnamed"][number];
        gone.push([...OVER, name]);
        for await (const { key } of store.sizes({ prefix: [...FRAMES, name] })) gone.push(key);
        bytes -= freed + RECORD_BYTES;
      }
      for (const one of over.sort((a, b) => a.version - b.version)) {
        if (bytes <= most) break;
        for (const { key, sizeBytes } of [one, ...framesOf.get(String(one.key[OVER.length])) ?? []]) {
          gone.push(key);
          bytes -= sizeBytes + RECORD_BYTES;
        }
      }
      for (let at = 0; at < gone.length; at += DELETES) {
        await store.commit(gone.slice(at, at + DELETES).map((key) => ({ type: "delete", key })));
      }
      // And what was written meanwhile.
      usage.bytes = bytes + usage.bytes - beforeBytes;
      usage.isFull = bytes > sessionBytes;
    } catch (error) {
      broke(error);
    } finally {
      usage.making = undefined;
    }
  }
}

/** The records of a session under a key that goes on with a name: the session, a slash, and more. */
function namesOf(prefix: Key, session: string): ListOptions {
  // "0" is the letter after "/".
  return { prefix, start: [...prefix, `${session}/`], end: [...prefix, `${session}0`] };
}

function isUnder(key: Key, prefix: Key): boolean {
  return prefix.every((part, at) => key[at] === part);
}

/** The session whose quota a record counts for. Unfinished runs that are kept under their own ids say none. */
function sessionOf(op: Op): string | undefined {
  if (op.type !== "set") return undefined;
  const { key, value } = op;
  if (isUnder(key, STATE)) return String(key[STATE.length]);
  if (isUnder(key, OVER)) return (value as { readonly session: string }).session;
  if (!isUnder(key, OPEN) && !isUnder(key, FRAMES)) return undefined;
  const name = String(key[OPEN.length]);
  const end = name.lastIndexOf("/");
  return end < 0 ? undefined : name.slice(0, end);
}

/** Whether a commit takes a new run in: it puts none in the place of another record of it. */
function isNew(ops: readonly Op[]): boolean {
  return ops.some(({ type, key }) => type === "set" && (isUnder(key, OPEN) || isUnder(key, OVER))) &&
    !ops.some(({ type, key }) => type === "delete" && isUnder(key, OPEN));
}

function sizeOf(op: Op): number {
  if (op.type !== "set") return 0;
  const { value } = op;
  const text = value !== null && typeof value === "object" && "tail" in value ? value.tail : value;
  if (typeof text === "string") return text.length + RECORD_BYTES;
  const bytes = text !== null && typeof text === "object" && "bytes" in text ? text.bytes : text;
  return RECORD_BYTES + (bytes instanceof Uint8Array ? Math.ceil(bytes.length / 3) * 4 : 0);
}

function tooMuch(sessionBytes: number): Fault {
  const most = Math.max(1, Math.floor(sessionBytes / 1024 / 1024));
  return new Fault(
    "no_space",
    `More than ${most} MiB would be kept for you. Reload the page, or try again tomorrow`,
  );
}
