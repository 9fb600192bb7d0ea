// Uploads against a model of them: whatever is done in whatever order, on disk with restarts in between.
import assert from "node:assert/strict";
import fc from "fast-check";
import { Fault, type FaultCode } from "@/lib/value/fault.ts";
import { bytes } from "./blobs_contract.ts";
import { diskBlobs } from "./blobs_disk.ts";
import { memoryBlobs } from "./blobs_memory.ts";
import type { Blobs, BlobsOptions } from "./port.ts";

const SEED = 20261121;
const QUOTA_BYTES = 1000;
const PART_MS = 100;
const KEEP_MS = 1000;
const WHOLE = bytes(QUOTA_BYTES);

/** What an upload is, as far as anybody can tell. */
interface Modelled {
  readonly id: string;
  readonly size: number;
  readonly begunMs: number;
  offset: number;
  touchedMs: number;
  state: "going" | "whole" | "gone";
}

type Step =
  | { readonly do: "begin"; readonly size: number }
  | {
    readonly do: "append";
    readonly which: number;
    readonly shift: number;
    /** Default all that is missing. */
    readonly length: number | undefined;
    readonly last: boolean;
    /** The sender goes away after the bytes. */
    readonly cut: boolean;
  }
  | { readonly do: "delete"; readonly which: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "sweep" }
  | { readonly do: "restart" };

const which = fc.nat(5);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("begin" as const), size: fc.nat(400) }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant("append" as const),
      which,
      shift: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: -5, max: 5 })),
      length: fc.option(fc.nat(200), { nil: undefined }),
      last: fc.boolean(),
      cut: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("delete" as const), which }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1, 50, 99, 100, 1000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("sweep" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
);

/** A store that can be closed and opened again with all that it holds. */
interface Restartable extends AsyncDisposable {
  readonly now: Blobs;
  restart(): Promise<void>;
}

Deno.test("memoryBlobs() does with uploads what the model says", async () => {
  await check(400, (options) => {
    const now = memoryBlobs(options);
    return Promise.resolve({
      now,
      restart: async () => {},
      [Symbol.asyncDispose]: () => now[Symbol.asyncDispose](),
    });
  });
});

Deno.test("diskBlobs() does with uploads what the model says, restarts and all", async () => {
  await check(150, async (options) => {
    const root = await Deno.makeTempDir();
    let now = diskBlobs({ ...options, root });
    return {
      get now() {
        return now;
      },
      restart: async () => {
        await now[Symbol.asyncDispose]();
        now = diskBlobs({ ...options, root });
      },
      [Symbol.asyncDispose]: async () => {
        await now[Symbol.asyncDispose]();
        await Deno.remove(root, { recursive: true });
      },
    };
  });
});

async function check(numRuns: number, open: (options: BlobsOptions) => Promise<Restartable>): Promise<void> {
  const seen = new Set<string>();
  const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
    const clock = { ms: 1_000_000 };
    const options = { now: () => clock.ms, quotaBytes: QUOTA_BYTES, keepMs: KEEP_MS, keepPartMs: PART_MS };
    await using store = await open({ ...options, maxBytes: 300 });
    const world = new World(store, clock, seen);
    for (const step of steps) {
      await world.take(step);
      await world.compare();
    }
  });
  await fc.assert(property, { seed: SEED, numRuns });
  // A model that never gets anywhere proves nothing.
  const all = [
    "begun",
    "too_large",
    "conflict",
    "not_found",
    "bad_request",
    "cancelled",
    "grown",
    "whole",
    "over",
  ];
  assert.deepEqual([...seen].sort(), all.sort());
}

class World {
  readonly #store: Restartable;
  readonly #clock: { ms: number };
  readonly #seen: Set<string>;
  readonly #uploads: Modelled[] = [];

  constructor(store: Restartable, clock: { ms: number }, seen: Set<string>) {
    this.#store = store;
    this.#clock = clock;
    this.#seen = seen;
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case "begin":
        return await this.#begin(step.size);
      case "append":
        return await this.#append(step);
      case "delete": {
        const upload = this.#uploads[step.which];
        if (!upload) return;
        await this.#store.now.delete(upload.id);
        upload.state = "gone";
        return;
      }
      case "wait":
        this.#clock.ms += step.ms;
        return this.#expire();
      case "sweep":
        return void await this.#store.now.sweep();
      case "restart":
        await this.#store.now.sweep();
        return await this.#restart();
      default:
        step satisfies never;
    }
  }

  /** Sees whether the store tells of each upload what the model does. */
  async compare(): Promise<void> {
    const blobs = this.#store.now;
    for (const { id, size, state, offset } of this.#uploads) {
      const upload = await blobs.upload(id);
      assert.equal(upload?.offset, state === "going" ? offset : undefined);
      const body = await blobs.read(id);
      assert.equal(body !== undefined, state === "whole");
      if (body) assert.deepEqual(await new Response(body).bytes(), WHOLE.slice(0, size));
    }
  }

  async #begin(size: number): Promise<void> {
    const begun = this.#store.now.begin({ owner: "ann", name: "x", size });
    // What is over counts until it is swept away, so only what cannot fit anyway is sure to be refused.
    if (size > 300) return await this.#refuses(begun, "too_large");
    try {
      const { id } = await begun;
      const ms = this.#clock.ms;
      this.#uploads.push({ id, size, begunMs: ms, touchedMs: ms, offset: 0, state: "going" });
      this.#seen.add("begun");
    } catch (error) {
      assert.ok(error instanceof Fault && error.code === "too_large", `${error}`);
      assert.ok(await this.#used() + size > QUOTA_BYTES);
    }
  }

  async #append({ which, shift, length, last, cut }: Step & { do: "append" }): Promise<void> {
    const upload = this.#uploads[which];
    if (!upload) return;
    const from = Math.max(0, upload.offset + shift);
    const piece = WHOLE.slice(from, from + (length ?? Math.max(0, upload.size - from)));
    const body = cut ? broken(piece) : ReadableStream.from([piece]);
    const sent = this.#store.now.append(upload.id, body, { offset: from, last });
    if (upload.state !== "going") return await this.#refuses(sent, "not_found");
    if (from !== upload.offset) return await this.#refuses(sent, "conflict");
    upload.touchedMs = this.#clock.ms;
    if (from + piece.length > upload.size) return await this.#refuses(sent, "bad_request");
    const used = await this.#used();
    upload.offset += piece.length;
    if (used + piece.length > QUOTA_BYTES) {
      upload.state = "gone";
      return await this.#refuses(sent, "too_large");
    }
    if (cut) return await this.#refuses(sent, "cancelled");
    if (last && upload.offset < upload.size) return await this.#refuses(sent, "bad_request");
    const record = await sent;
    assert.equal(record !== undefined, last);
    this.#seen.add(last ? "whole" : "grown");
    if (last) [upload.state, upload.touchedMs] = ["whole", this.#clock.ms];
  }

  async #refuses(promise: Promise<unknown>, code: FaultCode): Promise<void> {
    await assert.rejects(promise, (error) => error instanceof Fault && error.code === code);
    this.#seen.add(code);
  }

  /** Bytes that count for the quota: what is there, once what is over is swept away. */
  async #used(): Promise<number> {
    await this.#store.now.sweep();
    return this.#uploads.reduce((sum, { state, offset }) => sum + (state === "gone" ? 0 : offset), 0);
  }

  #expire(): void {
    for (const upload of this.#uploads) {
      const { state, touchedMs, begunMs } = upload;
      const untilMs = state === "whole"
        ? touchedMs + KEEP_MS
        : Math.min(touchedMs + PART_MS, begunMs + KEEP_MS);
      if (state === "gone" || untilMs > this.#clock.ms) continue;
      upload.state = "gone";
      this.#seen.add("over");
    }
  }

  async #restart(): Promise<void> {
    const going = [];
    for (const upload of this.#uploads) if (upload.state === "going") going.push(upload);
    await this.#store.restart();
    // Nobody knows when the last piece came: after a restart it waits for the next one from then on.
    for (const upload of going) {
      const told = await this.#store.now.upload(upload.id);
      if (told) {
        upload.touchedMs = Math.max(upload.touchedMs, Math.min(told.expiresMs - PART_MS, this.#clock.ms));
      }
    }
  }
}

/** A body that breaks off after its bytes were taken. */
function broken(piece: Uint8Array): ReadableStream<Uint8Array> {
  let given = false;
  return new ReadableStream({
    pull(controller) {
      if (given) return controller.error(new Error("connection reset"));
      given = true;
      controller.enqueue(piece);
    },
  }, { highWaterMark: 0 });
}
