import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers";
import { ignoreMissing } from "./disk_file.ts";
import type { Store, StoreNews } from "./records.ts";
import { testStore } from "./records_contract.ts";
import { sqliteStore } from "./records_sqlite.ts";

testStore("sqliteStore()", async (options) => {
  const folder = await Deno.makeTempDir();
  const store = await sqliteStore({ ...options, path: join(folder, "atoll.db") });
  const close = store[Symbol.asyncDispose].bind(store);
  const remove = () => Deno.remove(folder, { recursive: true }).catch(ignoreMissing);
  return Object.assign(store, { [Symbol.asyncDispose]: () => close().then(remove) });
});

Deno.test("sqliteStore() knows again after a restart what it kept, and gives no version twice", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "deep", "er", "atoll.db");
  let last: number | undefined;
  {
    await using before = await sqliteStore({ path });
    await set(before, "x", new Uint8Array([1, 2]));
    last = await set(before, "y", 1);
    await before.commit([{ type: "delete", key: ["y"] }]);
  }
  await using after = await sqliteStore({ path });
  assert.deepEqual((await after.get(["x"]))?.value, new Uint8Array([1, 2]));
  assert.equal(await after.get(["y"]), undefined);
  assert.ok((await set(after, "y", 2) ?? 0) > (last ?? 0));
});

Deno.test("sqliteStore() writes what is committed at once in one transaction", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "atoll.db");
  await using store = await sqliteStore({ path });
  const before = await transactions(path);
  await Promise.all(Array.from({ length: 500 }, (_, at) => set(store, `k${at}`, at)));
  assert.equal(await transactions(path) - before, 1);
  // The first is being written while the others come.
  const first = set(store, "first", 1);
  await new Promise((resolve) => setImmediate(resolve));
  const others = Array.from({ length: 20 }, (_, at) => set(store, `l${at}`, at));
  await Promise.all([first, ...others]);
  assert.equal(await transactions(path) - before, 3);
  assert.equal((await Array.fromAsync(store.list({ prefix: [] }))).length, 521);
});

Deno.test(
  "sqliteStore() makes files that only this user reads",
  { ignore: Deno.build.os === "windows" },
  async () => {
    await using folder = await tempFolder();
    await using store = await sqliteStore({ path: join(folder.path, "data", "atoll.db") });
    await set(store, "x", 1);
    const modes: Record<string, string> = {};
    for await (const { name } of Deno.readDir(join(folder.path, "data"))) {
      modes[name] = ((await Deno.stat(join(folder.path, "data", name))).mode! & 0o777).toString(8);
    }
    assert.deepEqual(modes, {
      "atoll.db": "600",
      "atoll.db-shm": "600",
      "atoll.db-wal": "600",
      "atoll.db.lock": "600",
    });
  },
);

Deno.test("sqliteStore() shares its file with no other store, and takes over from a process that was killed", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "atoll.db");
  const holder = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", HOLDER, path],
    cwd: new URL("../../", import.meta.url),
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const out = holder.stdout.getReader();
  const { value: said } = await out.read();
  assert.equal(new TextDecoder().decode(said), "kept");
  const inUse = new RegExp(`in use by process ${holder.pid}\\. One process at a time may use it$`);
  await assert.rejects(sqliteStore({ path }), inUse);
  await Deno.symlink(path, join(folder.path, "other.db"));
  await assert.rejects(sqliteStore({ path: join(folder.path, "other.db") }), inUse);
  holder.kill("SIGKILL");
  await holder.status;
  await out.cancel();
  await using store = await sqliteStore({ path });
  assert.equal((await store.get(["x"]))?.value, 1);
  await assert.rejects(sqliteStore({ path }), new RegExp(`in use by process ${Deno.pid}`));
  await set(store, "y", 1);
});

Deno.test("sqliteStore() refuses with no_space what does not fit and takes what does", async () => {
  await using folder = await tempFolder();
  await using store = await sqliteStore({ path: join(folder.path, "atoll.db"), maxBytes: 1_000_000 });
  await set(store, "a", "x".repeat(600_000));
  for (let round = 0; round < 3; round++) {
    await assert.rejects(set(store, "b", "x".repeat(600_000)), { code: "no_space", status: 507 });
    await set(store, "small", round);
  }
  assert.equal(await store.get(["b"]), undefined);
  await store.commit([{ type: "delete", key: ["a"] }]);
  await set(store, "b", "x".repeat(600_000));
  assert.equal((await store.get(["small"]))?.value, 2);
});

Deno.test("sqliteStore() refuses with no_space on a full disk and works again when there is room", {
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
}, async () => {
  await using folder = await tempFolder();
  const mount = (args: string[]) => new Deno.Command(args[0] as string, { args: args.slice(1) }).output();
  const { success } = await mount(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder.path]);
  // A container may forbid mounts; the limit of the file itself is tested above.
  if (!success) return;
  try {
    const filler = join(folder.path, "filler");
    await Deno.writeFile(filler, new Uint8Array(2_000_000));
    const kept: string[] = [];
    const fill = async (store: Store) => {
      let refused = 0;
      while (refused < 20) {
        const name = `k${kept.length}`;
        const error = await set(store, name, "x".repeat(100_000)).then(
          () => kept.push(name),
          (error) => error,
        );
        if (typeof error === "number") continue;
        assert.equal(error.code, "no_space");
        refused++;
      }
    };
    {
      await using store = await sqliteStore({ path: join(folder.path, "atoll.db") });
      await fill(store);
      assert.ok(await store.get([kept.at(-1)!]));
      await Deno.remove(filler);
      const before = kept.length;
      await fill(store);
      assert.ok(kept.length > before);
    }
    await using store = await sqliteStore({ path: join(folder.path, "atoll.db") });
    const found = (await Array.fromAsync(store.list({ prefix: [] }))).map(({ key }) => key[0]);
    assert.deepEqual(found, kept.toSorted());
  } finally {
    await mount(["umount", folder.path]);
  }
});

Deno.test("sqliteStore() says that its file is damaged, once, and writes it no more until it is opened again", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "atoll.db");
  {
    await using store = await sqliteStore({ path });
    for (let at = 0; at < 50; at++) await set(store, `k${at}`, "x".repeat(2000));
  }
  const whole = await Deno.readFile(path);
  const news: StoreNews[] = [];
  const store = await sqliteStore({ path, told: (one) => void news.push(one) });
  await Deno.writeFile(path, whole.map((byte, at) => at < 8192 || at % 4096 > 100 ? byte : 0xee));
  await assert.rejects(set(store, "k7", 1), { code: "offline" });
  await Deno.writeFile(path, whole);
  await assert.rejects(set(store, "other", 1), { code: "offline" });
  assert.deepEqual(news, [{
    type: "failed",
    message: "The store cannot be written: database disk image is malformed",
  }]);
  await store[Symbol.asyncDispose]();
  await using again = await sqliteStore({ path });
  assert.equal(await set(again, "other", 1), 51);
});

Deno.test("sqliteStore() refuses to read a damaged page with offline, and says so once", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "atoll.db");
  {
    await using store = await sqliteStore({ path });
    for (let at = 0; at < 50; at++) await set(store, `k${at}`, "x".repeat(2000));
  }
  const whole = await Deno.readFile(path);
  const news: StoreNews[] = [];
  await using store = await sqliteStore({ path, told: (one) => void news.push(one) });
  await Deno.writeFile(path, whole.map((byte, at) => at < 8192 || at % 4096 > 100 ? byte : 0xee));
  for (let round = 0; round < 3; round++) {
    await assert.rejects(store.get(["k7"]), { code: "offline", status: 503 });
    await assert.rejects(Array.fromAsync(store.list({ prefix: [] })), { code: "offline" });
  }
  assert.equal(news.length, 1);
  await Deno.writeFile(path, whole);
});

Deno.test("sqliteStore() lets no second store in by another name of its file, nor without its lock file", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "atoll.db");
  await using store = await sqliteStore({ path });
  await Deno.remove(`${path}.lock`);
  await assert.rejects(sqliteStore({ path }), /in use by process \d+\. One process at a time may use it$/);
  assert.deepEqual(
    await elsewhere(path),
    "it is in use by another process. One process at a time may use it",
  );
  await set(store, "x", 1);
  await Deno.link(path, join(folder.path, "other.db"));
  assert.match(await elsewhere(join(folder.path, "other.db")), /in use by another process/);
});

Deno.test("sqliteStore() refuses a file that has a second name, whoever uses it", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "atoll.db");
  await (await sqliteStore({ path }))[Symbol.asyncDispose]();
  await Deno.link(path, join(folder.path, "other.db"));
  for (const name of ["atoll.db", "other.db"]) {
    await assert.rejects(sqliteStore({ path: join(folder.path, name) }), /it has a second name, a hard link/);
  }
});

for (
  const [what, change, word] of [
    ["its log was removed", (path: string) => Deno.remove(`${path}-wal`), /has lost its log \(atoll\.db-wal/],
    ["its log was emptied", (path: string) => Deno.truncate(`${path}-wal`), /has lost its log/],
    ["its file was emptied", (path: string) => Deno.truncate(path), /is gone or empty, and was used before/],
    ["its file was removed", (path: string) => Deno.remove(path), /is gone or empty, and was used before/],
    ["nothing was", () => Promise.resolve(), undefined],
  ] as const
) {
  Deno.test(`sqliteStore() says what is missing after a crash, when ${what}`, async () => {
    await using folder = await tempFolder();
    const path = join(folder.path, "atoll.db");
    await crashed(path);
    await change(path);
    assert.deepEqual(await newsAt(path), word === undefined ? [] : ["lost"]);
    // And not again: the loss is known, and the store was closed well.
    assert.deepEqual(await newsAt(path), []);

    async function newsAt(path: string): Promise<string[]> {
      const news: StoreNews[] = [];
      await using _store = await sqliteStore({ path, told: (one) => void news.push(one) });
      for (const { message } of news) assert.match(message, word as RegExp);
      return news.map(({ type }) => type);
    }
  });
}

for (
  const [what, change, name] of [
    ["its file is removed", (path: string) => Deno.remove(path), ""],
    ["its file is moved", (path: string) => Deno.rename(path, `${path}.old`), ""],
    ["another file takes its place", (path: string) => replaced(path), ""],
    ["its log is removed", (path: string) => Deno.remove(`${path}-wal`), "-wal"],
    ["another file takes the place of its log", (path: string) => replaced(`${path}-wal`), "-wal"],
    ["its file is emptied", (path: string) => Deno.truncate(path), ""],
    ["its log is emptied", (path: string) => Deno.truncate(`${path}-wal`), "-wal"],
    ["its folder is moved", (path: string) => Deno.rename(dirname(path), `${dirname(path)}.old`), ""],
    [
      "its folder is removed",
      (path: string) => Deno.remove(dirname(path), { recursive: true }),
      "",
    ],
  ] as const
) {
  Deno.test(`sqliteStore() takes no commit that the next start would not find, when ${what}`, {
    ignore: Deno.build.os === "windows",
  }, async () => {
    await using folder = await tempFolder();
    const path = join(folder.path, "data", "atoll.db");
    const news: StoreNews[] = [];
    await using store = await sqliteStore({ path, told: (one) => void news.push(one) });
    await set(store, "x", 1);
    await change(path);
    for (let round = 0; round < 3; round++) {
      await assert.rejects(set(store, "y", round), { code: "offline", status: 503 });
      await assert.rejects(store.sweep(), { code: "offline" });
    }
    assert.deepEqual(news, [{
      type: "failed",
      message: `The store cannot be written: ${path}${name} was removed, moved, replaced or emptied. ` +
        "Put it back, or restart the server",
    }]);
  });
}

Deno.test("sqliteStore() finds nothing amiss with a log that is empty because nothing was written", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "atoll.db");
  const written = await sqliteStore({ path });
  await set(written, "x", 1);
  await written[Symbol.asyncDispose]();
  await using store = await sqliteStore({ path });
  const checks = [{ key: ["x"], version: null }];
  for (let round = 0; round < 2; round++) {
    assert.equal(await store.sweep(), 0);
    assert.equal(await store.commit([], { checks }), undefined);
  }
  assert.equal((await Deno.stat(`${path}-wal`)).size, 0);
  assert.ok(await set(store, "x", 2));
});

Deno.test("sqliteStore() works again when its folder is back, without what it refused", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "data", "atoll.db");
  const news: string[] = [];
  {
    await using store = await sqliteStore({ path, told: ({ type }) => void news.push(type) });
    await set(store, "x", 1);
    await Deno.rename(dirname(path), `${dirname(path)}.old`);
    await assert.rejects(set(store, "y", 1), { code: "offline" });
    await Deno.rename(`${dirname(path)}.old`, dirname(path));
    await set(store, "z", 1);
  }
  assert.deepEqual(news, ["failed", "well"]);
  await using again = await sqliteStore({ path });
  assert.deepEqual((await Array.fromAsync(again.list({ prefix: [] }))).map(({ key }) => key[0]), ["x", "z"]);
});

Deno.test("sqliteStore() leaves the log of the database alone that took its place", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "data", "atoll.db");
  const backup = join(folder.path, "backup", "atoll.db");
  await crashed(backup);
  const store = await sqliteStore({ path });
  await set(store, "x", "mine");
  await Deno.rename(dirname(path), `${dirname(path)}.old`);
  await Deno.rename(dirname(backup), dirname(path));
  await store[Symbol.asyncDispose]();
  assert.ok((await Deno.stat(`${path}-wal`)).size > 0);
  await using after = await sqliteStore({ path });
  assert.equal((await after.get(["x"]))?.value, 1);
});

Deno.test("sqliteStore() starts on a full disk, after a crash and after a clean end", {
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
}, async () => {
  await using folder = await tempFolder();
  const mount = (args: string[]) => new Deno.Command(args[0] as string, { args: args.slice(1) }).output();
  const { success } = await mount(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder.path]);
  if (!success) return;
  try {
    const path = join(folder.path, "atoll.db");
    for (
      const end of [
        () => crashed(path),
        () => sqliteStore({ path }).then((one) => one[Symbol.asyncDispose]()),
      ]
    ) {
      await end();
      const filler = join(folder.path, "filler");
      await fillUp(filler);
      {
        await using store = await sqliteStore({ path });
        assert.equal((await store.get(["x"]))?.value, 1);
        await assert.rejects(set(store, "large", "x".repeat(900_000)), { code: "no_space" });
        await Deno.remove(filler);
        await set(store, "large", "x".repeat(900_000));
        await store.commit([{ type: "delete", key: ["large"] }]);
      }
    }
  } finally {
    await mount(["umount", folder.path]);
  }
});

Deno.test("sqliteStore() moves its log to the file as it grows", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "atoll.db");
  await using store = await sqliteStore({ path });
  for (let at = 0; at < 40; at++) await set(store, "same", "x".repeat(1_000_000));
  const { size } = await Deno.stat(`${path}-wal`);
  assert.ok(size < 12_000_000, `The log has ${size} bytes`);
});

/** Leaves a store with one record as a killed process does. */
async function crashed(path: string): Promise<void> {
  const holder = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", HOLDER, path],
    cwd: new URL("../../", import.meta.url),
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const out = holder.stdout.getReader();
  await out.read();
  holder.kill("SIGKILL");
  await holder.status;
  await out.cancel();
}

/** Puts another file of the same content in the place of one. */
async function replaced(path: string): Promise<void> {
  await Deno.copyFile(path, `${path}.new`);
  await Deno.rename(`${path}.new`, path);
}

/** What another process is told that opens the store. */
async function elsewhere(path: string): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", OPENER, path],
    cwd: new URL("../../", import.meta.url),
  }).output();
  return new TextDecoder().decode(stdout).trim();
}

/** Writes a file until the disk takes not one more byte. */
async function fillUp(path: string): Promise<void> {
  using file = await Deno.open(path, { create: true, append: true });
  for (let size = 65_536; size >= 1;) {
    await file.write(new Uint8Array(size)).catch(() => size = size >> 1);
  }
}

const OPENER = `
  import { sqliteStore } from ${JSON.stringify(new URL("./records_sqlite.ts", import.meta.url).href)};
  await sqliteStore({ path: Deno.args[0] }).then(() => console.log("opened"), ({ cause }) => console.log(cause.message));
  Deno.exit();
`;

const HOLDER = `
  import { sqliteStore } from ${JSON.stringify(new URL("./records_sqlite.ts", import.meta.url).href)};
  const store = await sqliteStore({ path: Deno.args[0] });
  await store.commit([{ type: "set", key: ["x"], value: 1 }]);
  await Deno.stdout.write(new TextEncoder().encode("kept"));
`;

function set(store: Store, name: string, value: number | string | Uint8Array): Promise<number | undefined> {
  return store.commit([{ type: "set", key: [name], value }]);
}

/** How many transactions the log holds: frames that end one carry the size of the database. */
async function transactions(path: string): Promise<number> {
  const log = new DataView((await Deno.readFile(`${path}-wal`)).buffer);
  const frameBytes = 24 + 4096;
  let count = 0;
  for (let at = 32; at + frameBytes <= log.byteLength; at += frameBytes) {
    if (log.getUint32(at + 4) !== 0) count++;
  }
  return count;
}

async function tempFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
