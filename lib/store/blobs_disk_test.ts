import assert from "node:assert/strict";
import { join } from "node:path";
import { testBlobs } from "./blobs_contract.ts";
import { diskBlobs } from "./blobs_disk.ts";
import { isFull } from "./disk_file.ts";
import type { BlobRecord } from "./port.ts";

testBlobs("diskBlobs()", async (options) => {
  const root = await Deno.makeTempDir();
  const blobs = diskBlobs({ ...options, root });
  const close = blobs[Symbol.asyncDispose].bind(blobs);
  return Object.assign(blobs, {
    [Symbol.asyncDispose]: async () => {
      await close();
      await Deno.remove(root, { recursive: true });
    },
  });
});

const OWNER = { owner: "ann", name: "x.txt" };

Deno.test("diskBlobs() removes no file of others where its folders were there before", async () => {
  await using folder = await tempFolder();
  for (const name of ["new", "parts"]) {
    await Deno.mkdir(join(folder.path, name));
    await Deno.writeTextFile(join(folder.path, name, "thesis.txt"), "mine");
    await Deno.writeTextFile(join(folder.path, name, "a".repeat(24)), "half of a file of ours");
  }
  await using blobs = diskBlobs({ root: folder.path });
  await blobs.sweep();
  for (const name of ["new", "parts"]) {
    const left = Array.from(Deno.readDirSync(join(folder.path, name)), ({ name }) => name);
    assert.deepEqual(left, ["thesis.txt"], name);
  }
});

for (
  const [what, change] of [
    ["is removed", (path: string) => Deno.remove(path, { recursive: true })],
    ["is moved", (path: string) => Deno.rename(path, `${path}.old`)],
    ["is emptied", (path: string) => Deno.remove(path, { recursive: true }).then(() => Deno.mkdir(path))],
    [
      "becomes a file",
      (path: string) => Deno.remove(path, { recursive: true }).then(() => Deno.writeTextFile(path, "")),
    ],
  ] as const
) {
  Deno.test(`diskBlobs() refuses what it cannot keep when its folder ${what}`, async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, "data");
    await using blobs = diskBlobs({ root });
    const { id } = await blobs.begin({ ...OWNER, size: 3 });
    await change(root);
    const offline = { code: "offline", status: 503 };
    await assert.rejects(blobs.put(new Uint8Array(3), OWNER), offline);
    await assert.rejects(blobs.begin({ ...OWNER, size: 3 }), offline);
    await assert.rejects(blobs.append(id, new Uint8Array(3), { offset: 0, last: true }), offline);
    await assert.rejects(blobs.probe?.() ?? Promise.resolve());
  });
}

Deno.test("diskBlobs() knows again after a restart what it kept, and until when", async () => {
  await using folder = await tempFolder();
  const clock = { ms: 1000 };
  const open = () => diskBlobs({ root: folder.path, now: () => clock.ms, quotaBytes: 10 });
  await using before = open();
  const short = await before.put(text("short"), { ...OWNER, keepMs: 5 });
  const long = await before.put(text("long"), OWNER);
  clock.ms += 5;
  await before[Symbol.asyncDispose]();
  await using after = open();
  assert.deepEqual(await after.get(long.id), long);
  assert.equal(await new Response(await after.read(long.id)).text(), "long");
  assert.equal(await after.get(short.id), undefined);
  assert.equal(await after.sweep(), 1);
  assert.equal((await files(folder.path)).length, 2);
  await assert.rejects(after.put(text("1234567"), OWNER), { code: "too_large" });
  await after.put(text("123456"), OWNER);
});

Deno.test("diskBlobs() sweeps on where one file cannot be removed, and tries that one again", async () => {
  await using folder = await tempFolder();
  const clock = { ms: 1000 };
  await using blobs = diskBlobs({ root: folder.path, now: () => clock.ms, keepMs: 5 });
  const records = [];
  for (let at = 0; at < 3; at++) records.push(await blobs.put(text("x"), OWNER));
  const [stuck] = records;
  assert.ok(stuck);
  const path = join(folder.path, stuck.id.charAt(0), stuck.id.charAt(1), stuck.id);
  await Deno.remove(path);
  await Deno.mkdir(join(path, "not empty"), { recursive: true });
  clock.ms += 5;
  await assert.rejects(blobs.sweep(), /^Error: 1 files could not be removed/);
  assert.deepEqual(await files(folder.path), []);
  await Deno.remove(join(path, "not empty"));
  assert.equal(await blobs.sweep(), 1);
});

Deno.test("diskBlobs() finds out that its folder cannot be written, and that it can again", async () => {
  await using folder = await tempFolder();
  await using blobs = diskBlobs({ root: join(folder.path, "data") });
  await blobs.probe();
  await Deno.rename(join(folder.path, "data"), join(folder.path, "away"));
  await assert.rejects(blobs.probe(), Deno.errors.NotFound);
  await Deno.rename(join(folder.path, "away"), join(folder.path, "data"));
  await blobs.probe();
  assert.deepEqual(await files(join(folder.path, "data")), []);
});

Deno.test("diskBlobs() has its folder for itself also where the lock file was removed", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  await using folder = await tempFolder();
  await using one = diskBlobs({ root: folder.path });
  await one.claim();
  await Deno.remove(join(folder.path, "files.lock"));
  await using other = diskBlobs({ root: folder.path });
  await assert.rejects(other.claim(), /in use by process \d+\. One process at a time may use it/);
});

Deno.test("diskBlobs() removes what a crash left half done and leaves alone what is not its own", async () => {
  await using folder = await tempFolder();
  await using before = diskBlobs({ root: folder.path });
  const [whole, torn, cut, bare] = await Promise.all(
    [1, 2, 3, 4].map(() => before.put(text("hello"), OWNER)),
  );
  assert.ok(whole && torn && cut && bare);
  const path = ({ id }: BlobRecord) => join(folder.path, id.charAt(0), id.charAt(1), id);
  await Deno.writeTextFile(`${path(torn)}.json`, '{"id":');
  await Deno.truncate(path(cut), 3);
  await Deno.remove(`${path(bare)}.json`);
  await Deno.writeTextFile(join(folder.path, "new", whole.id), "half");
  await Deno.writeTextFile(join(folder.path, "README"), "mine");
  await Deno.writeTextFile(join(folder.path, whole.id.charAt(0), "notes.json"), "mine");
  await before[Symbol.asyncDispose]();
  await using after = diskBlobs({ root: folder.path });
  for (const gone of [torn, cut, bare]) assert.equal(await after.get(gone.id), undefined);
  assert.deepEqual(await after.get(whole.id), whole);
  const left = [path(whole), `${path(whole)}.json`, "README", `${whole.id.charAt(0)}/notes.json`];
  assert.deepEqual(
    (await files(folder.path)).sort(),
    left.map((one) => one.startsWith(folder.path) ? one : join(folder.path, one)).sort(),
  );
});

Deno.test("diskBlobs() leaves no file behind when a put fails", async () => {
  await using folder = await tempFolder();
  await using blobs = diskBlobs({ root: folder.path, maxBytes: 100_000 });
  const stop = new AbortController();
  const endless = (at: number, act: () => void) => {
    let given = 0;
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        if (given++ === at) act();
        controller.enqueue(new Uint8Array(10_000));
      },
    });
  };
  const broken = () => {
    throw new Error("connection reset");
  };
  await assert.rejects(blobs.put(endless(99, broken), OWNER), { code: "too_large" });
  await assert.rejects(blobs.put(endless(3, broken), OWNER), { code: "cancelled" });
  const aborted = blobs.put(endless(3, () => stop.abort()), { ...OWNER, signal: stop.signal });
  await assert.rejects(aborted, { code: "cancelled" });
  const wrong = ReadableStream.from(["text"]) as unknown as ReadableStream<Uint8Array>;
  await assert.rejects(blobs.put(wrong, OWNER), TypeError);
  assert.deepEqual(await files(folder.path), []);
});

Deno.test("diskBlobs() reads through no link, pipe or folder put in the place of a file", async (t) => {
  await using folder = await tempFolder();
  await using outside = await tempFolder();
  const secret = join(outside.path, "secret");
  await Deno.writeTextFile(secret, "12345");
  await using blobs = diskBlobs({ root: join(folder.path, "root") });
  const swaps: Record<string, (path: string) => Promise<unknown>> = {
    link: (path) => Deno.symlink(secret, path),
    "second name of a file elsewhere": (path) => Deno.link(secret, path),
    pipe: (path) => new Deno.Command("mkfifo", { args: [path] }).output(),
    folder: (path) => Deno.mkdir(path),
    "longer file": (path) => Deno.writeTextFile(path, "123456"),
    nothing: () => Promise.resolve(),
  };
  for (const [what, swap] of Object.entries(swaps)) {
    await t.step(what, async () => {
      const { id } = await blobs.put(text("12345"), OWNER);
      const path = join(folder.path, "root", id.charAt(0), id.charAt(1), id);
      await Deno.remove(path);
      await swap(path);
      assert.equal(await blobs.read(id), undefined);
      assert.equal(await blobs.read(id, { start: 0, end: 1 }), undefined);
    });
  }
});

Deno.test("diskBlobs() neither writes nor reads through a link in the place of a folder", async () => {
  await using folder = await tempFolder();
  await using outside = await tempFolder();
  const fixed = () => new Uint8Array(18);
  await using blobs = diskBlobs({ root: folder.path, random: fixed });
  const { id } = await blobs.put(text("hello"), OWNER);
  const first = join(folder.path, id.charAt(0));
  await Deno.rename(first, join(outside.path, "A"));
  await Deno.symlink(join(outside.path, "A"), first);
  assert.equal(await blobs.read(id), undefined);
  await blobs.delete(id);
  const before = await files(outside.path);
  await assert.rejects(blobs.put(text("hello"), OWNER), /is a link/);
  assert.deepEqual(await files(outside.path), before);
});

Deno.test("diskBlobs() works in a root that is itself a link", async () => {
  await using folder = await tempFolder();
  await Deno.mkdir(join(folder.path, "real"));
  await Deno.symlink(join(folder.path, "real"), join(folder.path, "root"));
  await using blobs = diskBlobs({ root: join(folder.path, "root") });
  const { id } = await blobs.put(text("hello"), OWNER);
  assert.equal(await new Response(await blobs.read(id)).text(), "hello");
});

Deno.test("isFull() knows the error of a full disk", { ignore: Deno.build.os !== "linux" }, async () => {
  using full = await Deno.open("/dev/full", { write: true });
  const error = await full.write(new Uint8Array(1)).catch((error) => error);
  assert.ok(isFull(error));
  assert.ok(!isFull(new Error("other")));
});

Deno.test("diskBlobs() refuses with no_space on a full disk and works again when there is room", {
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
}, async () => {
  await using folder = await tempFolder();
  const mount = (args: string[]) => new Deno.Command(args[0] as string, { args: args.slice(1) }).output();
  const { success } = await mount(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.path]);
  // A container may forbid mounts; the error itself is tested above.
  if (!success) return;
  try {
    await using blobs = diskBlobs({ root: folder.path });
    const first = await blobs.put(new Uint8Array(600_000), OWNER);
    for (let round = 0; round < 3; round++) {
      await assert.rejects(blobs.put(new Uint8Array(600_000), OWNER), { code: "no_space" });
      assert.equal((await files(folder.path)).length, 2);
    }
    await blobs.delete(first.id);
    await blobs.put(new Uint8Array(600_000), OWNER);
  } finally {
    await mount(["umount", folder.path]);
  }
});

// In a process of its own: what other tests leave in the memory of this one is not what a file costs.
const LARGE = `import { diskBlobs } from "@/lib/store/blobs_disk.ts";
await using blobs = diskBlobs({ root: Deno.args[0] });
const chunk = new Uint8Array(65_536).fill(7);
const rss = () => Deno.memoryUsage().rss;
const put = async (mib) => {
  let left = mib * 16;
  let peak = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (left-- === 0) return controller.close();
      if (left % 64 === 0) peak = Math.max(peak, rss());
      controller.enqueue(chunk.slice());
    },
  });
  return { peak, record: await blobs.put(body, { owner: "ann", name: "x" }) };
};
await put(16);
const before = rss();
const { peak, record } = await put(300);
let read = 0;
let longest = 0;
for await (const part of await blobs.read(record.id)) {
  read += part.length;
  longest = Math.max(longest, part.length);
}
console.log(JSON.stringify({ size: record.size, read, longest, put: peak - before, both: rss() - before }));`;

Deno.test("diskBlobs() keeps 300 MB without holding them", async () => {
  await using folder = await tempFolder();
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", LARGE, folder.path],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
  }).output();
  const { size, read, longest, put, both } = JSON.parse(new TextDecoder().decode(stdout));
  assert.deepEqual([size, read, longest], [300 * 1_048_576, 300 * 1_048_576, 65_536]);
  assert.ok(put < 64 * 1_048_576, `RSS grew by ${put >> 20} MiB`);
  assert.ok(both < 64 * 1_048_576, `RSS grew by ${both >> 20} MiB`);
});

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

async function tempFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Paths of all that is no folder, but for the lock. */
async function files(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await files(path));
    else if (name !== "files.lock") found.push(path);
  }
  return found;
}
