import assert from "node:assert/strict";
import { Fault, type FaultCode } from "@/lib/value/fault.ts";
import { BLOB_ID, type Blobs, type BlobsOptions } from "./port.ts";
import { testUploads } from "./uploads_contract.ts";

/** Opens an empty store for one test. Disposing of it removes it. */
export type OpenBlobs = (options: BlobsOptions) => Promise<Blobs>;

/**
 * Registers a test of an empty store. A file may have 300,000 bytes, an owner 500,000 bytes and 60 files, the store
 * 900,000 bytes. Files are kept for a second, uploads for a tenth. An owner may have 40 uploads, a network 50.
 */
export type RegisterTest = (
  sentence: string,
  run: (blobs: Blobs, clock: { ms: number }) => Promise<void>,
) => void;

/** Registers the tests that every adapter of {@linkcode Blobs} passes. */
export function testBlobs(name: string, open: OpenBlobs): void {
  const test: RegisterTest = (sentence, run) =>
    Deno.test(`${name} ${sentence}`, async () => {
      const clock = { ms: 1_000_000 };
      await using blobs = await open({
        now: () => clock.ms,
        keepMs: 1000,
        maxBytes: 300_000,
        quotaBytes: 500_000,
        quotaFiles: 60,
        totalBytes: 900_000,
        keepPartMs: 100,
        quotaUploads: 40,
        networkUploads: 50,
      });
      await run(blobs, clock);
    });

  test("gives back the bytes it was given, and what it knows of them", async (blobs) => {
    const record = await blobs.put(bytes(200_000), { owner: "ann", name: "../a b.bin" });
    assert.match(record.id, BLOB_ID);
    assert.deepEqual({ ...record, id: "" }, {
      id: "",
      owner: "ann",
      name: "a b.bin",
      size: 200_000,
      mime: "application/octet-stream",
      createdMs: 1_000_000,
      expiresMs: 1_001_000,
    });
    assert.deepEqual(await blobs.get(record.id), record);
    assert.deepEqual(await all(blobs, record.id), bytes(200_000));
  });

  test("keeps a stream of chunks of any size, and of none", async (blobs) => {
    const whole = bytes(100_000);
    const cuts = [0, 1, 3, 4099, 4101, 70_000, 70_000, 100_000];
    const parts = cuts.map((cut, index) => whole.subarray(cuts[index - 1] ?? 0, cut));
    const record = await blobs.put(ReadableStream.from(parts), { owner: "ann", name: "x" });
    assert.deepEqual(await all(blobs, record.id), whole);
    const empty = await blobs.put(ReadableStream.from<Uint8Array>([]), { owner: "ann", name: "" });
    assert.deepEqual([empty.size, empty.name, empty.mime], [0, "file", "application/octet-stream"]);
    assert.deepEqual(await all(blobs, empty.id), bytes(0));
  });

  test("reads a part, both ends counted", async (blobs) => {
    const { id } = await blobs.put(bytes(200_000), { owner: "ann", name: "x" });
    for (
      const [start, end] of [[0, 0], [5, 9], [65_535, 65_536], [199_999, 199_999], [0, 199_999]] as const
    ) {
      assert.deepEqual(await all(blobs, id, { start, end }), bytes(200_000).subarray(start, end + 1));
    }
  });

  test("lets go of a reader that stops early", async (blobs) => {
    const { id } = await blobs.put(bytes(200_000), { owner: "ann", name: "x" });
    await (await blobs.read(id))?.cancel();
    await (await blobs.read(id, { start: 1, end: 199_999 }))?.cancel();
    const reader = (await blobs.read(id, { start: 1, end: 199_999 }))?.getReader();
    await reader?.read();
    await reader?.cancel();
  });

  test("finds the media type in the bytes, not in the name", async (blobs) => {
    const { mime } = await blobs.put(new TextEncoder().encode("<html>"), { owner: "ann", name: "x.png" });
    assert.equal(mime, "text/html");
  });

  test("knows no id but those it made", async (blobs) => {
    const { id } = await blobs.put(bytes(1), { owner: "ann", name: "x" });
    const flipped = [...id].map((letter, at) =>
      id.slice(0, at) + (letter === "A" ? "B" : "A") + id.slice(at + 1)
    );
    const odd = [
      "",
      ".",
      "..",
      "../x",
      `${id}/`,
      `${id}.json`,
      `${id}\0`,
      `./${id}`,
      id.toLowerCase() + "A",
      "new",
    ];
    const wild = [
      "__proto__",
      "constructor",
      "/etc/passwd",
      "x".repeat(10_000),
      "CON",
      "\u0000",
      `${id}/../${id}`,
    ];
    for (const wrong of [...flipped, ...odd, ...wild]) {
      assert.equal(await blobs.get(wrong), undefined, wrong);
      assert.equal(await blobs.read(wrong), undefined, wrong);
      await blobs.delete(wrong);
    }
    assert.equal((await blobs.get(id))?.id, id);
  });

  test("gives the same bytes of two owners two ids", async (blobs) => {
    const one = await blobs.put(bytes(9), { owner: "ann", name: "x" });
    const two = await blobs.put(bytes(9), { owner: "bob", name: "x" });
    assert.notEqual(one.id, two.id);
    await blobs.delete(one.id);
    assert.deepEqual(await all(blobs, two.id), bytes(9));
  });

  test("forgets what is deleted", async (blobs) => {
    const { id } = await blobs.put(bytes(1), { owner: "ann", name: "x" });
    await blobs.delete(id);
    await blobs.delete(id);
    assert.equal(await blobs.get(id), undefined);
    assert.equal(await blobs.read(id), undefined);
    assert.equal(await blobs.sweep(), 0);
  });

  test("has nothing to show once the time is up, and sweeps it away", async (blobs, clock) => {
    const short = await blobs.put(bytes(1), { owner: "ann", name: "x" });
    const long = await blobs.put(bytes(1), { owner: "ann", name: "x", keepMs: 1001 });
    clock.ms += 999;
    assert.ok(await blobs.get(short.id));
    clock.ms += 1;
    assert.equal(await blobs.get(short.id), undefined);
    assert.equal(await blobs.read(short.id), undefined);
    assert.ok(await blobs.get(long.id));
    assert.equal(await blobs.sweep(), 1);
    assert.equal(await blobs.sweep(), 0);
    clock.ms = 0;
    assert.equal(await blobs.get(short.id), undefined);
  });

  test("refuses more bytes than put or the store allows", async (blobs) => {
    const over = (size: number, maxBytes?: number) =>
      refuses(blobs.put(bytes(size), { owner: "ann", name: "x", maxBytes }), "too_large");
    await over(300_001);
    await over(300_001, 400_000);
    await over(11, 10);
    const source = new Source(100);
    await refuses(blobs.put(source.stream, { owner: "ann", name: "x", maxBytes: 100_000 }), "too_large");
    assert.ok(source.cancelled);
    assert.ok(source.given <= 3, `read ${source.given} chunks of 50,000 bytes`);
    await blobs.put(bytes(10), { owner: "ann", name: "x", maxBytes: 10 });
  });

  test("holds each owner to the quota, running puts and all", async (blobs, clock) => {
    const { id } = await blobs.put(bytes(250_000), { owner: "ann", name: "x" });
    const source = new Source(100);
    const under = blobs.put(source.stream, { owner: "ann", name: "x" });
    await refuses(under, "too_large");
    const both = [1, 2].map(() => blobs.put(bytes(200_000), { owner: "ann", name: "x" }));
    const settled = await Promise.allSettled(both);
    assert.deepEqual(settled.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    await blobs.put(bytes(250_000), { owner: "bob", name: "x" });
    await blobs.delete(id);
    await blobs.put(bytes(300_000), { owner: "ann", name: "x" });
    await refuses(blobs.put(bytes(1), { owner: "ann", name: "x" }), "too_large");
    clock.ms += 1000;
    await blobs.put(bytes(300_000), { owner: "ann", name: "x" });
    assert.equal(await blobs.sweep(), 3);
  });

  test("holds each owner to a number of files", async (blobs) => {
    const put = (owner: string) => blobs.put(bytes(0), { owner, name: "x" });
    const { id } = await put("ann");
    const rest = await Promise.allSettled(Array.from({ length: 60 }, () => put("ann")));
    assert.equal(rest.filter(({ status }) => status === "rejected").length, 1);
    await refuses(put("ann"), "too_large");
    await put("bob");
    await blobs.delete(id);
    await put("ann");
  });

  test("counts for each file what the place takes besides its bytes", async (_, clock) => {
    await using blobs = await open({
      now: () => clock.ms,
      fileBytes: 8192,
      quotaBytes: 100_000,
      totalBytes: 200_000,
    });
    const fill = async (owner: string) => {
      let count = 0;
      const refusal = await (async () => {
        for (;; count++) await blobs.put(bytes(1), { owner, name: "x" });
      })().catch((error) => error);
      return [count, refusal.code];
    };
    assert.deepEqual(await fill("ann"), [12, "too_large"]);
    assert.deepEqual(await fill("bob"), [12, "too_large"]);
    assert.deepEqual(await fill("cy"), [0, "no_space"]);
    const one = await open({ now: () => clock.ms, fileBytes: 8192, quotaBytes: 100_000 });
    await using _one = one;
    const { id } = await one.put(bytes(90_000), { owner: "ann", name: "x" });
    await refuses(one.put(bytes(1), { owner: "ann", name: "x" }), "too_large");
    await one.delete(id);
    await one.put(bytes(90_000), { owner: "ann", name: "x" });
  });

  test("holds all owners together to what the place may take", async (blobs, clock) => {
    const put = (owner: string, size: number) => blobs.put(bytes(size), { owner, name: "x" });
    for (const owner of ["ann", "bob", "cyd"]) await put(owner, 300_000);
    await refuses(put("dan", 1), "no_space");
    const source = new Source(100);
    await refuses(blobs.put(source.stream, { owner: "dan", name: "x" }), "no_space");
    await refuses(blobs.begin({ owner: "dan", name: "x", size: 1 }), "no_space");
    clock.ms += 1000;
    await put("dan", 300_000);
  });

  test("keeps nothing of a put that is aborted", async (blobs) => {
    const stop = new AbortController();
    const source = new Source(2, () => stop.abort(new Error("gone")));
    await refuses(blobs.put(source.endless, { owner: "ann", name: "x", signal: stop.signal }), "cancelled");
    assert.ok(source.cancelled);
    await refuses(blobs.put(bytes(1), { owner: "ann", name: "x", signal: stop.signal }), "cancelled");
    await blobs.put(bytes(300_000), { owner: "ann", name: "x" });
  });

  test("keeps nothing of a sender that goes away, and passes its fault on", async (blobs) => {
    const broken = new Source(2, () => new Error("connection reset"));
    await refuses(blobs.put(broken.endless, { owner: "ann", name: "x" }), "cancelled");
    const faulty = new Source(2, () => new Fault("timeout", "Too slow"));
    await refuses(blobs.put(faulty.endless, { owner: "ann", name: "x" }), "timeout");
    await blobs.put(bytes(300_000), { owner: "ann", name: "x" });
  });

  test("makes ids that do not repeat, also at once", async (blobs) => {
    const records = await Promise.all(
      Array.from({ length: 50 }, (_, at) => blobs.put(bytes(at), { owner: "ann", name: "x" })),
    );
    assert.equal(new Set(records.map(({ id }) => id)).size, 50);
    for (const [at, { id }] of records.entries()) assert.deepEqual(await all(blobs, id), bytes(at));
  });

  testUploads(test);
}

/** Bytes that show their position and are not text. */
export function bytes(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, at) => at * 7 + (at >> 8));
}

/** All the bytes of an id, or those of a part. */
export async function all(
  blobs: Blobs,
  id: string,
  range?: { start: number; end: number },
): Promise<Uint8Array> {
  const stream = await blobs.read(id, range);
  assert.ok(stream);
  return new Response(stream).bytes();
}

/** Sees to it that something is refused with a code. */
export async function refuses(promise: Promise<unknown>, code: FaultCode): Promise<void> {
  await assert.rejects(promise, (error) => error instanceof Fault && error.code === code);
}

/** A stream that counts what is taken from it: `count` chunks of 50,000 bytes, then the end or `after`. */
class Source {
  given = 0;
  cancelled = false;
  readonly #count: number;
  readonly #after: (() => unknown) | undefined;

  constructor(count: number, after?: () => unknown) {
    this.#count = count;
    this.#after = after;
  }

  /** Ends after its chunks. */
  get stream(): ReadableStream<Uint8Array> {
    return this.#open((controller) => controller.close());
  }

  /** Fails with what `after` returns, or never says more. */
  get endless(): ReadableStream<Uint8Array> {
    return this.#open((controller) => {
      const failure = this.#after?.();
      if (failure !== undefined) controller.error(failure);
      else return new Promise(() => {});
    });
  }

  #open(end: (controller: ReadableStreamDefaultController) => unknown): ReadableStream<Uint8Array> {
    return new ReadableStream({
      pull: (controller) => {
        if (this.given === this.#count) return end(controller) as Promise<void>;
        this.given++;
        controller.enqueue(bytes(50_000));
      },
      cancel: () => {
        this.cancelled = true;
      },
    }, { highWaterMark: 0 });
  }
}
