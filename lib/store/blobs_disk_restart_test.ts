// What another process sees, or the same one that comes back.
import assert from "node:assert/strict";
import { join } from "node:path";
import { all, bytes } from "./blobs_contract.ts";
import { diskBlobs } from "./blobs_disk.ts";

const ANN = { owner: "ann", name: "x.bin" };
const SIZE = 300_000;

Deno.test("diskBlobs() goes on with an upload whose process was killed in the middle of a piece", async () => {
  await using folder = await tempFolder();
  const { id, offset } = await killed(folder.path);
  assert.ok(offset >= 200_000);
  await using blobs = diskBlobs({ root: folder.path });
  const upload = await blobs.upload(id);
  assert.deepEqual([upload?.owner, upload?.size, upload?.offset], ["ann", SIZE, offset]);
  const record = await blobs.append(id, bytes(SIZE).subarray(offset), { offset, last: true });
  assert.deepEqual([record?.owner, record?.name], ["ann", "x.bin"]);
  assert.deepEqual(await all(blobs, id), bytes(SIZE));
  assert.deepEqual(await names(join(folder.path, "parts")), []);
});

Deno.test("diskBlobs() has the acknowledged bytes of an upload at every step of its becoming a file", async (t) => {
  for (const cut of [1, 2]) {
    await t.step(`a process that is killed before the move number ${cut}`, async () => {
      await using folder = await tempFolder();
      await using found = await tempFolder();
      await using blobs = diskBlobs({ root: folder.path });
      const { id } = await blobs.begin({ ...ANN, size: 10 });
      await blobs.append(id, bytes(9), { offset: 0, last: false });
      const rename = Deno.rename;
      let moves = 0;
      {
        using _restored = { [Symbol.dispose]: () => void (Deno.rename = rename) };
        Deno.rename = async (from, to) => {
          if (++moves === cut) await copyFolder(folder.path, found.path);
          await rename(from, to);
        };
        await blobs.append(id, bytes(10).subarray(9), { offset: 9, last: true });
      }
      assert.ok(moves >= cut);
      await using after = diskBlobs({ root: found.path });
      const upload = await after.upload(id);
      assert.ok(upload && upload.offset >= 9, `${upload?.offset} bytes are left`);
      await after.append(id, bytes(10).subarray(upload.offset), { offset: upload.offset, last: true });
      assert.deepEqual(await all(after, id), bytes(10));
    });
  }
});

Deno.test("diskBlobs() counts an upload of before a restart for its owner, and sweeps it away in time", async () => {
  await using folder = await tempFolder();
  const { id, offset } = await killed(folder.path);
  const clock = { ms: Date.now() };
  await using blobs = diskBlobs({
    root: folder.path,
    now: () => clock.ms,
    quotaBytes: offset + 10,
    keepPartMs: 1000,
  });
  await assert.rejects(blobs.put(bytes(11), ANN), { code: "too_large" });
  await blobs.put(bytes(10), ANN);
  clock.ms += 1000;
  assert.equal(await blobs.upload(id), undefined);
  assert.equal(await blobs.sweep(), 1);
  assert.deepEqual(await names(join(folder.path, "parts")), []);
  await blobs.put(bytes(offset), ANN);
});

Deno.test("diskBlobs() counts an upload of before a restart for the network that sent it", async () => {
  await using folder = await tempFolder();
  const options = { root: folder.path, networkUploads: 2 };
  const begun = { ...ANN, size: 1000, network: "192.0.2.7" };
  {
    await using blobs = diskBlobs(options);
    await blobs.begin(begun);
    await blobs.begin(begun);
  }
  await using blobs = diskBlobs(options);
  await assert.rejects(blobs.begin({ ...begun, owner: "bob" }), { code: "rate_limited" });
  await blobs.begin({ ...begun, network: "192.0.2.8" });
});

Deno.test("diskBlobs() removes parts without a note, notes without parts, and parts that are too long or links", async () => {
  await using folder = await tempFolder();
  const parts = join(folder.path, "parts");
  const ids: string[] = [];
  {
    await using blobs = diskBlobs({ root: folder.path });
    for (let at = 0; at < 6; at++) ids.push((await blobs.begin({ ...ANN, size: 1000 })).id);
  }
  const [bare, lonely, long, torn, linked, whole] = ids as [string, string, string, string, string, string];
  const path = (name: string) => join(parts, name);
  await Deno.remove(path(`${bare}.json`));
  await Deno.remove(path(lonely));
  await Deno.writeTextFile(path(long), "x".repeat(1001));
  await Deno.writeTextFile(path(`${torn}.json`), '{"id":');
  await Deno.writeTextFile(join(folder.path, "mine"), "1234");
  await Deno.remove(path(linked));
  await Deno.symlink(join(folder.path, "mine"), path(linked));
  await using blobs = diskBlobs({ root: folder.path });
  for (const id of [bare, lonely, long, torn, linked]) assert.equal(await blobs.upload(id), undefined);
  assert.equal((await blobs.upload(whole))?.offset, 0);
  assert.deepEqual(await names(parts), [whole, `${whole}.json`].sort());
  assert.equal(await Deno.readTextFile(join(folder.path, "mine")), "1234");
});

Deno.test("diskBlobs() has its folder for itself, and takes it over from a process that was killed", async () => {
  await using folder = await tempFolder();
  const first = await hold(folder.path, HOLD);
  await using blobs = diskBlobs({ root: folder.path });
  const taken = new RegExp(`Cannot use the folder .* in use by process ${first.pid}\\b`);
  await assert.rejects(blobs.claim(), taken);
  await assert.rejects(blobs.put(bytes(1), ANN), taken);
  await assert.rejects(blobs.put(new ReadableStream(), ANN), taken);
  await first.kill();
  await blobs.claim();
  await blobs.put(bytes(1), ANN);
  await assert.rejects(diskBlobs({ root: folder.path }).claim(), /in use by process/);
});

const IMPORT = `import { diskBlobs } from "@/lib/store/blobs_disk.ts";
const blobs = diskBlobs({ root: Deno.args[0] });
const stay = () => new Promise((resolve) => setTimeout(resolve, 60_000));`;
const HOLD = `${IMPORT}
await blobs.claim();
console.log("held");
await stay();`;
const UPLOAD = `${IMPORT}
import { bytes } from "@/lib/store/blobs_contract.ts";
const { id } = await blobs.begin({ owner: "ann", name: "x.bin", size: ${SIZE} });
await blobs.append(id, bytes(${SIZE}).subarray(0, 100_000), { offset: 0, last: false });
let pulls = 0;
const body = new ReadableStream({
  pull(controller) {
    if (pulls++ === 0) return controller.enqueue(bytes(${SIZE}).slice(100_000, 200_000));
    console.log(id);
    return stay();
  },
}, { highWaterMark: 0 });
await blobs.append(id, body, { offset: 100_000, last: true });`;

/** An upload that a killed process left, and how far it was. */
async function killed(root: string): Promise<{ id: string; offset: number }> {
  const { said, kill } = await hold(root, UPLOAD);
  await kill();
  const { size } = await Deno.stat(join(root, "parts", said));
  return { id: said, offset: size };
}

/** Runs a program until it says something. */
async function hold(
  root: string,
  program: string,
): Promise<{ pid: number; said: string; kill: () => Promise<void> }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", program, root],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(
    new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>,
  ).getReader();
  const { value } = await reader.read();
  return {
    pid: child.pid,
    said: value?.trim() ?? "",
    kill: async () => {
      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
    },
  };
}

async function names(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(folder)) found.push(name);
  return found.sort();
}

async function tempFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

async function copyFolder(from: string, to: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (!isDirectory) await Deno.copyFile(join(from, name), join(to, name));
    else {
      await Deno.mkdir(join(to, name), { recursive: true });
      await copyFolder(join(from, name), join(to, name));
    }
  }
}
