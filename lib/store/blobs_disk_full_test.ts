// A disk that is full: a real one where mounts are allowed, and everywhere the system's own error at any write.
import assert from "node:assert/strict";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Fault } from "@/lib/value/fault.ts";
import { bytes } from "./blobs_contract.ts";
import { type DiskBlobs, diskBlobs } from "./blobs_disk.ts";

const ANN = { owner: "ann", name: "x.bin" };
const SIZE = 200_000;

/** Keeps 200,000 bytes in some way. */
type Keep = (blobs: DiskBlobs) => Promise<unknown>;

const ways: Readonly<Record<string, Keep>> = {
  "a put": (blobs) => blobs.put(bytes(SIZE), ANN),
  "a put of a stream": (blobs) => blobs.put(ReadableStream.from([bytes(SIZE), bytes(0)]), ANN),
  "an upload": async (blobs) => {
    const { id } = await blobs.begin({ ...ANN, size: SIZE });
    await blobs.append(id, bytes(SIZE).subarray(0, 100_000), { offset: 0, last: false });
    await blobs.append(id, bytes(SIZE).subarray(100_000), { offset: 100_000, last: true });
  },
};

for (const [what, keep] of Object.entries(ways)) {
  Deno.test(`diskBlobs() leaves nothing of ${what} when the disk is full at any of its writes`, {
    ignore: Deno.build.os !== "linux",
  }, async () => {
    await using folder = await tempFolder();
    await using blobs = diskBlobs({ root: folder.path, quotaBytes: SIZE + 10 });
    await blobs.put(bytes(10), ANN);
    const before = await files(folder.path);
    let failed = 0;
    for (let good = 0;; good++) {
      using disk = fullAfter(good);
      const fault = await keep(blobs).then(() => undefined, (error) => error);
      if (disk.refused === 0) {
        assert.equal(fault, undefined);
        break;
      }
      failed++;
      assert.equal(fault?.code, "no_space", `${fault?.stack}`);
      // An upload that may go on is no remainder, but what is full says so once and for all.
      assert.deepEqual(await files(folder.path), before, `after ${good} writes`);
    }
    assert.ok(failed >= 2, `${failed} writes failed`);
    await assert.rejects(blobs.put(bytes(1), ANN), { code: "too_large" });
  });
}

Deno.test("diskBlobs() refuses with offline at other errors of the disk, with the cause, and leaves nothing then either", async () => {
  await using folder = await tempFolder();
  await using blobs = diskBlobs({ root: folder.path, quotaBytes: SIZE });
  await blobs.sweep();
  for (const keep of Object.values(ways)) {
    using _disk = failing(1, () => Object.assign(new Error("Input/output error"), { code: "EIO" }));
    await assert.rejects(keep(blobs), (error: Fault) => {
      assert.equal(error.code, "offline");
      assert.equal((error.cause as Error & { code: string }).code, "EIO");
      return true;
    });
    assert.deepEqual(await files(folder.path), []);
  }
  await blobs.put(bytes(SIZE), ANN);
});

Deno.test("diskBlobs() leaves a reserve of the disk free", async () => {
  await using folder = await tempFolder();
  await using blobs = diskBlobs({ root: folder.path, reserveBytes: Number.MAX_SAFE_INTEGER });
  for (const keep of Object.values(ways)) {
    await assert.rejects(keep(blobs), { code: "no_space" });
    assert.deepEqual(await files(folder.path), []);
  }
});

Deno.test("diskBlobs() works where it may not ask the system how full the disk is", async () => {
  await using folder = await tempFolder();
  const program = `import { diskBlobs } from "@/lib/store/blobs_disk.ts";
    await using blobs = diskBlobs({ root: Deno.args[0] });
    const { size } = await blobs.put(new Uint8Array(7), { owner: "ann", name: "x" });
    console.log(size);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--allow-read",
      "--allow-write",
      "--allow-env",
      "--deny-sys",
      "-",
      folder.path,
    ],
    cwd: new URL("../../", import.meta.url),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  const { stdout, stderr } = await child.output();
  assert.equal(new TextDecoder().decode(stdout), "7\n", new TextDecoder().decode(stderr));
});

Deno.test("diskBlobs() gets on with a disk of 1 MB, with a reserve and without", async (t) => {
  await using folder = await tempFolder();
  using disk = await mount(folder.path, "size=1m");
  // Where mounts are not allowed, the tests above stand for this one.
  if (!disk) return;
  for (const [name, reserveBytes] of [["with", undefined], ["without", 0]] as const) {
    await t.step(name, async () => {
      await using blobs = diskBlobs({ root: folder.path, reserveBytes });
      const first = await blobs.put(new Uint8Array(600_000), ANN);
      const kept = await files(folder.path);
      const free = await freeOf(folder.path);
      for (let round = 0; round < 3; round++) {
        await assert.rejects(blobs.put(new Uint8Array(600_000), ANN), { code: "no_space" });
        const { id } = await blobs.begin({ ...ANN, size: 600_000 });
        const piece = blobs.append(id, new Uint8Array(600_000), { offset: 0, last: true });
        await assert.rejects(piece, { code: "no_space" });
        assert.equal(await blobs.upload(id), undefined);
        assert.deepEqual(await files(folder.path), kept);
        assert.equal(await freeOf(folder.path), free);
      }
      assert.equal((await new Response(await blobs.read(first.id)).bytes()).length, 600_000);
      await blobs.delete(first.id);
      const { id } = await blobs.put(new Uint8Array(600_000), ANN);
      await blobs.delete(id);
    });
  }
});

for (
  const [what, options, use] of [
    [
      "files of one byte",
      "size=8m",
      (blobs: DiskBlobs, owner: string) => blobs.put(bytes(1), { ...ANN, owner }),
    ],
    [
      "files of a block and a byte",
      "size=8m",
      (blobs: DiskBlobs, owner: string) => blobs.put(bytes(4097), { ...ANN, owner }),
    ],
    [
      "uploads that are begun and left",
      "size=8m",
      (blobs: DiskBlobs, owner: string) => blobs.begin({ ...ANN, owner, size: 1 }),
    ],
    [
      "files without bytes, where inodes end first",
      "nr_inodes=2000",
      (blobs: DiskBlobs, owner: string) => blobs.put(bytes(0), { ...ANN, owner }),
    ],
  ] as const
) {
  Deno.test(`diskBlobs() leaves its reserve of a real disk free, whoever sends ${what}`, async () => {
    await using folder = await tempFolder();
    using disk = await mount(folder.path, options);
    if (!disk) return;
    await using blobs = diskBlobs({ root: folder.path });
    const fault = await (async () => {
      for (let at = 0;; at++) await use(blobs, `session ${Math.floor(at / 50)}`);
    })().catch((error) => error);
    assert.equal(fault?.code, "no_space");
    const { bavail, blocks, bfree, ffree, files } = await statfs(folder.path, { bigint: false });
    assert.ok(bavail === bfree && bavail >= blocks / 20, `${bavail} of ${blocks} blocks are free`);
    assert.ok(ffree >= Math.floor(files / 20), `${ffree} of ${files} inodes are free`);
  });
}

Deno.test("diskBlobs() gets on with a disk that has no more names to give", async () => {
  await using folder = await tempFolder();
  using disk = await mount(folder.path, "nr_inodes=12");
  if (!disk) return;
  await using blobs = diskBlobs({ root: folder.path, random: () => new Uint8Array(18).fill(salt++) });
  let salt = 0;
  const ids: string[] = [];
  const fault = await (async () => {
    while (ids.length < 12) ids.push((await blobs.put(bytes(1), ANN)).id);
  })().catch((error) => error);
  assert.equal(fault?.code, "no_space");
  await assert.rejects(blobs.begin({ ...ANN, size: 1 }), { code: "no_space" });
  assert.equal((await files(folder.path)).length, ids.length * 2);
  await blobs.delete(ids[0] as string);
  await blobs.begin({ ...ANN, size: 1 });
});

/** Lets some writes through; from then on the disk is full until it is disposed of. The error is the system's own. */
function fullAfter(good: number): Disposable & { refused: number } {
  return failing(good, () => {
    using full = Deno.openSync("/dev/full", { write: true });
    try {
      full.writeSync(new Uint8Array(1));
    } catch (error) {
      return error;
    }
    return new Error("/dev/full took a byte");
  });
}

/** Lets some writes through; from then on they fail, some after a part of the bytes. */
function failing(good: number, error: () => unknown): Disposable & { refused: number } {
  const { write } = Deno.FsFile.prototype;
  let done = 0;
  const state = {
    refused: 0,
    [Symbol.dispose]: () => {
      Deno.FsFile.prototype.write = write;
    },
  };
  Deno.FsFile.prototype.write = async function (chunk) {
    if (done++ < good) return await write.call(this, chunk);
    if (state.refused++ === 0 && chunk.length > 1) return await write.call(this, chunk.subarray(0, 1));
    throw error();
  };
  return state;
}

async function mount(path: string, options: string): Promise<Disposable | undefined> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return undefined;
  const args = ["-t", "tmpfs", "-o", options, "tmpfs", path];
  const { success } = await new Deno.Command("mount", { args, stderr: "null" }).output();
  if (!success) return undefined;
  return { [Symbol.dispose]: () => new Deno.Command("umount", { args: ["-l", path] }).outputSync() };
}

async function freeOf(path: string): Promise<number> {
  const { stdout } = await new Deno.Command("df", { args: ["-k", "--output=avail", path] }).output();
  return Number(new TextDecoder().decode(stdout).split("\n")[1]);
}

/** Paths of all that is no folder, but for the lock. */
async function files(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await files(path));
    else if (name !== "files.lock") found.push(path);
  }
  return found.sort();
}

async function tempFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
