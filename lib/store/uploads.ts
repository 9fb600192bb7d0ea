import { Fault } from "@/lib/value/fault.ts";
import { discard, takeIn } from "./intake.ts";
import type { Hold, Ledger } from "./ledger.ts";
import type { AppendOptions, BeginOptions, BlobRecord, Upload } from "./port.ts";

/** The bytes of uploads, as an adapter keeps them. */
export interface Parts {
  /** Makes place for the bytes of an upload; there are none yet. */
  create(note: UploadNote): Promise<void>;
  /** Lets `fill` write behind what is there. The written part stays, even after a failure. */
  extend(
    id: string,
    fill: (write: (chunk: Uint8Array) => void | Promise<void>) => Promise<void>,
  ): Promise<void>;
  /** The first bytes, as many as `sniff()` wants to see. */
  head(id: string): Promise<Uint8Array>;
  /** Makes kept bytes of it. All of them or, when it fails, what was there before. */
  finish(record: BlobRecord): Promise<void>;
  /** Removes the bytes; nothing happens when there are none. */
  remove(id: string): Promise<void>;
}

/** The record of an upload, by which it goes on after a restart. */
export interface UploadNote extends Pick<Upload, "id" | "owner" | "size"> {
  /** The name that it came with. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  /** How long to keep the bytes once they are whole, in milliseconds. */
  readonly keepMs: number;
  /** The network of its sender, whose uploads are counted together. */
  readonly network?: string | undefined;
}

interface Going {
  readonly note: UploadNote;
  /** Gives its places among those of its owner and its network back. */
  readonly places: Disposable;
  readonly hold: Hold;
  offset: number;
  touchedMs: number;
  /** Whether there is no going on from `offset`. */
  lost?: boolean;
  /** The piece that is just coming. */
  writer?: { readonly stop: AbortController; readonly over: Promise<unknown> } | undefined;
}

/** The uploads of a store: their owners, their usage, their expiry. Adapters keep the bytes. */
export class Uploads {
  readonly #ledger: Ledger;
  readonly #parts: Parts;
  readonly #going = new Map<string, Going>();
  /** How many have begun, by owner and by network. */
  readonly #begun = { owner: new Map<string, number>(), network: new Map<string, number>() };

  /** Knows of none at first. */
  constructor(ledger: Ledger, parts: Parts) {
    this.#ledger = ledger;
    this.#parts = parts;
  }

  /** Enters an upload that was there before a restart. */
  recall(note: UploadNote, offset: number): void {
    const hold = this.#ledger.hold(note.owner, offset);
    const places = this.#take(note.owner, note.network);
    this.#going.set(note.id, { note, places, hold, offset, touchedMs: this.#ledger.options.now() });
  }

  /** See `Blobs.begin`. */
  async begin({ owner, name, size, maxBytes, keepMs, network }: BeginOptions): Promise<Upload> {
    const { now, keepMs: usualMs } = this.#ledger.options;
    this.#ledger.check(owner, size, maxBytes);
    this.#checkPlaces(owner, network);
    const createdMs = now();
    const note: UploadNote = {
      id: this.#ledger.newId(),
      owner,
      name,
      size,
      createdMs,
      keepMs: keepMs ?? usualMs,
      network,
    };
    using taken = new DisposableStack();
    const hold = taken.use(this.#ledger.hold(owner));
    const places = taken.use(this.#take(owner, network));
    await this.#parts.create(note);
    taken.move();
    const going: Going = { note, places, hold, offset: 0, touchedMs: createdMs };
    this.#going.set(note.id, going);
    return this.#tell(going);
  }

  /** See `Blobs.upload`. */
  find(id: string): Upload | undefined {
    const going = this.#live(id);
    return going && this.#tell(going);
  }

  /** See `Blobs.settle`. */
  async settle(id: string): Promise<Upload | undefined> {
    await this.#stop(this.#live(id));
    return this.find(id);
  }

  /** See `Blobs.append`. */
  async append(
    id: string,
    body: Uint8Array | ReadableStream<Uint8Array>,
    options: AppendOptions,
  ): Promise<BlobRecord | undefined> {
    const going = this.#live(id);
    const refusal = refusalOf(going, options);
    if (going === undefined || refusal !== undefined) {
      await discard(body);
      throw refusal;
    }
    const stop = new AbortController();
    const over = Promise.withResolvers<void>();
    going.writer = { stop, over: over.promise };
    const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
    try {
      await this.#parts.extend(id, async (write) => {
        await takeIn(body, {
          maxBytes: Infinity,
          signal,
          write: (chunk) => this.#write(going, chunk, write),
        });
      });
      return options.last ? await this.#finish(going) : undefined;
    } catch (cause) {
      await discard(body);
      // A sender may come back with the rest; what has no room, or cannot be written, has no rest.
      const mayGoOn = cause instanceof Fault && cause.code !== "no_space" && !going.lost;
      if (!mayGoOn) await this.#forget(going);
      throw cause;
    } finally {
      going.touchedMs = this.#ledger.options.now();
      going.writer = undefined;
      over.resolve();
    }
  }

  /** Ends an upload and removes its bytes; false when there was none. */
  async drop(id: string): Promise<boolean> {
    await this.#stop(this.#going.get(id));
    const going = this.#going.get(id);
    if (going !== undefined) await this.#forget(going);
    return going !== undefined;
  }

  /** Removes the uploads whose next piece did not come in time, and says how many. */
  async sweep(): Promise<number> {
    const over = [...this.#going.values()].filter((going) => this.#isOver(going));
    for (const going of over) await this.#forget(going);
    return over.length;
  }

  /** Ends the pieces that are coming. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#going.values(), (going) => this.#stop(going)));
  }

  #checkPlaces(owner: string, network: string | undefined): void {
    const { quotaUploads, networkUploads } = this.#ledger.options;
    if ((this.#begun.owner.get(owner) ?? 0) >= quotaUploads) {
      throw new Fault(
        "rate_limited",
        `You have begun ${quotaUploads} uploads, as many as allowed. Finish some first`,
      );
    }
    if (network !== undefined && (this.#begun.network.get(network) ?? 0) >= networkUploads) {
      throw new Fault("rate_limited", "Too many uploads from your network have begun. Try again later");
    }
  }

  #take(owner: string, network: string | undefined): Disposable {
    const places = [[this.#begun.owner, owner], [this.#begun.network, network]] as const;
    const count = (by: number) => {
      for (const [begun, name] of places) {
        if (name === undefined) continue;
        const left = (begun.get(name) ?? 0) + by;
        if (left > 0) begun.set(name, left);
        else begun.delete(name);
      }
    };
    count(1);
    let isTaken = true;
    return {
      [Symbol.dispose]: () => {
        if (isTaken) count(-1);
        isTaken = false;
      },
    };
  }

  async #write(
    going: Going,
    chunk: Uint8Array,
    write: (chunk: Uint8Array) => void | Promise<void>,
  ): Promise<void> {
    if (going.offset + chunk.length > going.note.size) {
      throw new Fault("bad_request", `The upload has more than the ${going.note.size} bytes that were told`);
    }
    // Until they are written: a part of them may have been.
    going.lost = true;
    going.hold.grow(chunk.length);
    await write(chunk);
    going.lost = false;
    going.offset += chunk.length;
  }

  async #finish(going: Going): Promise<BlobRecord> {
    const { note, offset } = going;
    if (offset !== note.size) {
      throw new Fault("bad_request", `The upload has ${offset} of the ${note.size} bytes that were told`);
    }
    const head = await this.#parts.head(note.id);
    const record = await this.#ledger.record({ ...note, head });
    await this.#parts.finish(record);
    this.#going.delete(note.id);
    going.places[Symbol.dispose]();
    going.hold.keep(record);
    return record;
  }

  async #forget(going: Going): Promise<void> {
    this.#going.delete(going.note.id);
    going.places[Symbol.dispose]();
    going.hold[Symbol.dispose]();
    await this.#parts.remove(going.note.id);
  }

  async #stop(going: Going | undefined): Promise<void> {
    going?.writer?.stop.abort();
    await going?.writer?.over;
  }

  #live(id: string): Going | undefined {
    const going = this.#going.get(id);
    return going && !this.#isOver(going) ? going : undefined;
  }

  #isOver(going: Going): boolean {
    return going.writer === undefined && this.#expiresMs(going) <= this.#ledger.options.now();
  }

  // However often a piece comes, an upload is not kept longer than a file.
  #expiresMs({ note, touchedMs }: Going): number {
    return Math.min(
      touchedMs + this.#ledger.options.keepPartMs,
      note.createdMs + this.#ledger.options.keepMs,
    );
  }

  #tell(going: Going): Upload {
    const { id, owner, size } = going.note;
    return { id, owner, size, offset: going.offset, expiresMs: this.#expiresMs(going) };
  }
}

function refusalOf(going: Going | undefined, { offset }: AppendOptions): Fault | undefined {
  if (going === undefined) return new Fault("not_found", "There is no such upload, or it has expired");
  if (going.writer) return new Fault("conflict", "Another piece of this upload is just coming");
  if (offset === going.offset) return undefined;
  return new Fault(
    "conflict",
    `The upload has ${going.offset} bytes; a piece from ${offset} on does not fit`,
  );
}
