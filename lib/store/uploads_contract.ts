import assert from "node:assert/strict";
import { Fault } from "@/lib/value/fault.ts";
import { all, bytes, refuses, type RegisterTest } from "./blobs_contract.ts";
import { BLOB_ID, type Blobs } from "./port.ts";

const ANN = { owner: "ann", name: "../a b.bin" };
const SIZE = 200_000;

/** Registers the tests of bytes that come in pieces. */
export function testUploads(test: RegisterTest): void {
  test("makes one file of pieces, under the id of the upload", async (blobs, clock) => {
    const upload = await blobs.begin({ ...ANN, size: SIZE });
    assert.match(upload.id, BLOB_ID);
    assert.deepEqual({ ...upload, id: "" }, {
      id: "",
      owner: "ann",
      size: SIZE,
      offset: 0,
      expiresMs: 1_000_100,
    });
    const cuts = [0, 1, 70_000, 70_000, 199_999];
    for (const [at, from] of cuts.entries()) {
      assert.equal((await blobs.upload(upload.id))?.offset, from);
      assert.equal(await blobs.get(upload.id), undefined);
      assert.equal(await blobs.read(upload.id), undefined);
      clock.ms += 10;
      const to = cuts[at + 1] ?? SIZE;
      const piece = bytes(SIZE).slice(from, to);
      const body = at % 2 === 0 ? piece : ReadableStream.from([piece]);
      const record = await blobs.append(upload.id, body, { offset: from, last: to === SIZE });
      if (to < SIZE) {
        assert.equal(record, undefined);
        continue;
      }
      assert.deepEqual(record, {
        id: upload.id,
        owner: "ann",
        name: "a b.bin",
        size: SIZE,
        mime: "application/octet-stream",
        createdMs: 1_000_050,
        expiresMs: 1_001_050,
      });
      assert.deepEqual(await blobs.get(upload.id), record);
    }
    assert.equal(await blobs.upload(upload.id), undefined);
    assert.deepEqual(await all(blobs, upload.id), bytes(SIZE));
    await refuses(blobs.append(upload.id, bytes(1), { offset: SIZE, last: true }), "not_found");
    assert.deepEqual(await all(blobs, upload.id), bytes(SIZE));
  });

  test("makes a file of an upload without bytes, and finds the type over pieces", async (blobs) => {
    const empty = await blobs.begin({ ...ANN, size: 0 });
    assert.equal((await blobs.append(empty.id, bytes(0), { offset: 0, last: true }))?.size, 0);
    const text = new TextEncoder().encode("<html><script>");
    const page = await blobs.begin({ ...ANN, name: "x.png", size: text.length });
    await blobs.append(page.id, text.subarray(0, 3), { offset: 0, last: false });
    const record = await blobs.append(page.id, text.subarray(3), { offset: 3, last: true });
    assert.equal(record?.mime, "text/html");
  });

  test("takes no piece that begins elsewhere, and no other bytes than were told", async (blobs) => {
    const { id } = await blobs.begin({ ...ANN, size: 100 });
    await blobs.append(id, bytes(50), { offset: 0, last: false });
    for (const offset of [0, 49, 51, 100, -1, 2 ** 63, NaN, Infinity]) {
      await refuses(blobs.append(id, bytes(50), { offset, last: true }), "conflict");
    }
    await refuses(blobs.append(id, bytes(51), { offset: 50, last: true }), "bad_request");
    await refuses(blobs.append(id, bytes(49), { offset: 50, last: true }), "bad_request");
    assert.equal((await blobs.upload(id))?.offset, 99);
    await blobs.append(id, bytes(100).subarray(99), { offset: 99, last: false });
    assert.equal(await blobs.get(id), undefined);
    assert.equal((await blobs.append(id, bytes(0), { offset: 100, last: true }))?.size, 100);
  });

  test("lets one piece in at a time, and ends it for a sender that comes back", async (blobs) => {
    const { id } = await blobs.begin({ ...ANN, size: SIZE });
    const slow = new Drip();
    const first = blobs.append(id, slow.stream, { offset: 0, last: true });
    await slow.give(bytes(50));
    await refuses(blobs.append(id, bytes(SIZE), { offset: 0, last: true }), "conflict");
    await refuses(blobs.append(id, bytes(SIZE - 50).fill(1), { offset: 50, last: true }), "conflict");
    const cut = refuses(first, "cancelled");
    assert.equal((await blobs.settle(id))?.offset, 50);
    await cut;
    assert.ok(slow.cancelled);
    const record = await blobs.append(id, bytes(SIZE).subarray(50), { offset: 50, last: true });
    assert.equal(record?.size, SIZE);
    assert.deepEqual(await all(blobs, id), bytes(SIZE));
  });

  test("keeps what has come of a piece whose sender is cut off", async (blobs) => {
    const { id } = await blobs.begin({ ...ANN, size: 100 });
    let offset = 0;
    const ends: readonly ((drip: Drip, stop: AbortController) => void)[] = [
      (drip) => drip.fail(new Error("connection reset")),
      (drip) => drip.fail(new Fault("timeout", "Too slow")),
      (_, stop) => stop.abort(),
    ];
    for (const end of ends) {
      const drip = new Drip();
      const stop = new AbortController();
      const piece = blobs.append(id, drip.stream, { offset, last: true, signal: stop.signal });
      await drip.give(bytes(100).slice(offset, offset + 20));
      end(drip, stop);
      await assert.rejects(piece, Fault);
      assert.equal((await blobs.upload(id))?.offset, offset += 20);
    }
    await blobs.append(id, bytes(100).subarray(60), { offset: 60, last: true });
    assert.deepEqual(await all(blobs, id), bytes(100));
  });

  test("counts uploads for the quota as they grow, and leaves nothing of one that does not fit", async (blobs) => {
    await refuses(blobs.begin({ ...ANN, size: 300_001 }), "too_large");
    await refuses(blobs.begin({ ...ANN, size: 11, maxBytes: 10 }), "too_large");
    const [one, two] = [
      await blobs.begin({ ...ANN, size: 300_000 }),
      await blobs.begin({ ...ANN, size: 300_000 }),
    ];
    await blobs.append(one.id, bytes(300_000), { offset: 0, last: false });
    await refuses(blobs.begin({ ...ANN, size: 200_001 }), "too_large");
    await refuses(blobs.append(two.id, bytes(300_000), { offset: 0, last: true }), "too_large");
    assert.equal(await blobs.upload(two.id), undefined);
    const { id } = await blobs.put(bytes(200_000), ANN);
    await blobs.append(one.id, bytes(0), { offset: 300_000, last: true });
    await refuses(blobs.put(bytes(1), ANN), "too_large");
    await blobs.delete(id);
    await blobs.delete(one.id);
    for (let round = 0; round < 30; round++) await blobs.put(bytes(0), ANN);
    for (let round = 0; round < 30; round++) await blobs.begin({ ...ANN, size: 1 });
    await refuses(blobs.begin({ ...ANN, size: 1 }), "too_large");
    await refuses(blobs.put(bytes(0), ANN), "too_large");
  });

  test("forgets an upload that is deleted, a piece on its way and all", async (blobs) => {
    const { id } = await blobs.begin({ ...ANN, size: 300_000 });
    const drip = new Drip();
    const piece = refuses(blobs.append(id, drip.stream, { offset: 0, last: true }), "cancelled");
    await drip.give(bytes(200_000));
    await blobs.delete(id);
    await piece;
    assert.equal(await blobs.upload(id), undefined);
    await refuses(blobs.append(id, bytes(1), { offset: 200_000, last: true }), "not_found");
    await blobs.put(bytes(300_000), ANN);
    assert.equal(await blobs.sweep(), 0);
  });

  const begin = (blobs: Blobs, owner: string, network?: string) =>
    blobs.begin({ owner, name: "x", size: 1, ...network === undefined ? {} : { network } });
  const fill = async (blobs: Blobs, owner: string, network?: string) => {
    const begun: string[] = [];
    const refusal = await (async () => {
      for (;;) begun.push((await begin(blobs, owner, network)).id);
    })().catch((error) => error);
    assert.equal(refusal.code, "rate_limited");
    return begun;
  };

  test(
    "holds each owner to a number of uploads that have begun, and no other owner",
    async (blobs, clock) => {
      const begun = await fill(blobs, "ann");
      assert.equal(begun.length, 40);
      await begin(blobs, "bob");
      await blobs.put(bytes(1), { owner: "ann", name: "x" });
      // Each of these makes place for one: given up, whole, too late and swept, refused for good.
      const ends: ((id: string) => Promise<unknown>)[] = [
        (id) => blobs.delete(id),
        (id) => blobs.append(id, bytes(1), { offset: 0, last: true }),
      ];
      for (const [at, end] of ends.entries()) {
        await end(begun[at] as string);
        await begin(blobs, "ann");
        await refuses(begin(blobs, "ann"), "rate_limited");
      }
      clock.ms += 200;
      await blobs.sweep();
      assert.equal((await fill(blobs, "ann")).length, 40);
    },
  );

  test(
    "holds each network to a number of uploads, however many owners it has, and no other network",
    async (blobs, clock) => {
      for (let at = 0; at < 50; at++) await begin(blobs, `owner ${at}`, "192.0.2.7");
      await refuses(begin(blobs, "another", "192.0.2.7"), "rate_limited");
      await begin(blobs, "another", "192.0.2.8");
      await begin(blobs, "another");
      clock.ms += 200;
      await blobs.sweep();
      await begin(blobs, "another", "192.0.2.7");
    },
  );

  test("waits for the next piece no longer than it should", async (blobs, clock) => {
    const gone = await blobs.begin({ ...ANN, size: 100 });
    const long = await blobs.begin({ ...ANN, size: 100 });
    for (let at = 0; at < 19; at++) {
      clock.ms += 50;
      await blobs.append(long.id, bytes(1), { offset: at, last: false });
    }
    assert.equal(await blobs.upload(gone.id), undefined);
    await refuses(blobs.append(gone.id, bytes(1), { offset: 0, last: false }), "not_found");
    assert.equal((await blobs.upload(long.id))?.expiresMs, 1_001_000);
    clock.ms += 50;
    assert.equal(await blobs.upload(long.id), undefined);
    assert.equal(await blobs.sweep(), 2);
    await Promise.all(Array.from({ length: 60 }, () => blobs.put(bytes(0), ANN)));
  });

  test("does not sweep away an upload whose piece is coming", async (blobs, clock) => {
    const { id } = await blobs.begin({ ...ANN, size: 100 });
    const drip = new Drip();
    const piece = blobs.append(id, drip.stream, { offset: 0, last: true });
    await drip.give(bytes(50));
    clock.ms += 500;
    assert.equal(await blobs.sweep(), 0);
    await drip.give(bytes(100).slice(50));
    drip.end();
    assert.equal((await piece)?.size, 100);
  });

  test("knows no upload but those it began", async (blobs: Blobs) => {
    const { id } = await blobs.begin({ ...ANN, size: 1 });
    const record = await blobs.put(bytes(1), ANN);
    for (
      const wrong of ["", "../x", `${id}.json`, `${id.slice(1)}A`, record.id, "__proto__", "x".repeat(10_000)]
    ) {
      assert.equal(await blobs.upload(wrong), undefined, wrong);
      assert.equal(await blobs.settle(wrong), undefined, wrong);
      await refuses(blobs.append(wrong, bytes(1), { offset: 0, last: true }), "not_found");
    }
    assert.equal((await blobs.upload(id))?.offset, 0);
  });
}

/** A body whose chunks are handed over one by one. */
class Drip {
  cancelled = false;
  readonly stream: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #wanted = Promise.withResolvers<void>();
  #given = () => {};

  constructor() {
    this.stream = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => {
        this.#wanted.resolve();
        return new Promise((resolve) => {
          this.#given = resolve;
        });
      },
      cancel: () => {
        this.cancelled = true;
      },
    }, { highWaterMark: 0 });
  }

  /** Hands a chunk over and resolves when the next one is asked for, which is when it was taken. */
  async give(chunk: Uint8Array): Promise<void> {
    await this.#wanted.promise;
    this.#wanted = Promise.withResolvers();
    this.#controller?.enqueue(chunk);
    this.#given();
    await this.#wanted.promise;
  }

  end(): void {
    this.#controller?.close();
  }

  fail(error: Error): void {
    this.#controller?.error(error);
  }
}
