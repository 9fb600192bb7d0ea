import assert from "node:assert/strict";
import { packCommit, unflatten } from "./records_commit.ts";
import type { StoreNews } from "./records.ts";
import { GroupWriter, type WriterPort } from "./records_sqlite_group.ts";
import type { SqliteFailureKind } from "./sqlite_failure.ts";
import type { WriterReply, WriterRequest } from "./sqlite_writer.ts";

const SMALL = 1;
const LARGE = 100_000;

Deno.test("GroupWriter refuses with offline while the disk fails, says so once, and says when it is well", async () => {
  await using disk = await failingDisk();
  assert.equal(await disk.commit(SMALL), 1);
  disk.fails = "io";
  for (let round = 0; round < 10; round++) {
    await assert.rejects(disk.commit(SMALL), { code: "offline", status: 503 });
  }
  disk.fails = undefined;
  assert.equal(await disk.commit(SMALL), 2);
  assert.deepEqual(disk.news, [
    { type: "failed", message: "The store cannot be written: made up" },
    { type: "well", message: "The store can be written again" },
  ]);
});

Deno.test("GroupWriter says once that there is no room, also where smaller commits find some", async () => {
  await using disk = await failingDisk();
  for (let round = 0; round < 5; round++) {
    disk.fails = "full";
    await assert.rejects(disk.commit(LARGE), { code: "no_space", status: 507 });
    disk.fails = undefined;
    await disk.commit(SMALL);
  }
  assert.deepEqual(disk.news.map(({ type }) => type), ["failed"]);
  disk.fails = "full";
  await assert.rejects(disk.commit(SMALL), { code: "no_space" });
  disk.fails = undefined;
  await disk.commit(LARGE);
  assert.deepEqual(disk.news.map(({ type }) => type), ["failed", "failed", "well"]);
});

Deno.test("GroupWriter says another failure again", async () => {
  await using disk = await failingDisk();
  for (const why of ["full", "io", "io", "damaged", "damaged"] as const) {
    disk.fails = why;
    await assert.rejects(disk.commit(SMALL));
  }
  assert.equal(disk.news.length, 3);
});

Deno.test("GroupWriter starts another thread in the place of one that broke down", async () => {
  await using disk = await failingDisk();
  await disk.commit(SMALL);
  const first = disk.port;
  const lost = disk.commit(SMALL);
  disk.breakDown();
  await assert.rejects(lost, { code: "offline" });
  assert.ok(first.isOver);
  assert.equal(await disk.commit(SMALL), 2);
  assert.notEqual(disk.port, first);
});

/** A writer whose thread fails where it is told to. */
async function failingDisk() {
  const news: StoreNews[] = [];
  let version = 0;
  const disk = {
    news,
    fails: undefined as SqliteFailureKind | undefined,
    port: undefined as unknown as FakePort,
    commit: (sizeBytes: number) =>
      writer.commit(packCommit([{ type: "set", key: ["k"], value: "x".repeat(sizeBytes) }])),
    breakDown: () => {
      const { port } = disk;
      port.breaks = true;
    },
    [Symbol.asyncDispose]: () => writer.close(),
  };
  const answer = (request: WriterRequest): WriterReply => {
    if (request.type !== "write") return { type: "done" };
    if (disk.fails) return { type: "failed", why: disk.fails, message: "made up" };
    return { type: "written", versions: Array.from(unflatten(request.commits), () => ++version) };
  };
  const start = () => disk.port = new FakePort(answer);
  const writer = await GroupWriter.open({
    file: "made up",
    maxBytes: 1e9,
    now: () => 0,
    told: (one) => void news.push(one),
    start,
  });
  return disk;
}

class FakePort implements WriterPort {
  onmessage: WriterPort["onmessage"] = null;
  onerror: WriterPort["onerror"] = null;
  isOver = false;
  breaks = false;
  readonly #answer: (request: WriterRequest) => WriterReply;

  constructor(answer: (request: WriterRequest) => WriterReply) {
    this.#answer = answer;
  }

  postMessage(request: WriterRequest): void {
    queueMicrotask(() => {
      if (this.breaks) this.onerror?.(new ErrorEvent("error", { message: "gone", cancelable: true }));
      else this.onmessage?.(new MessageEvent("message", { data: this.#answer(request) }));
    });
  }

  terminate(): void {
    this.isOver = true;
  }
}
