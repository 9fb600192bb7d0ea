import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync, StatementSync } from "node:sqlite";
import { flatten, packCommit } from "./records_commit.ts";
import { fileIds } from "./file_id.ts";
import { connect, migrate } from "./records_schema.ts";
import type { SqliteFailureKind } from "./sqlite_failure.ts";
import { SqliteWriter } from "./sqlite_writer.ts";

const FAILURES: readonly (readonly [code: number, name: string, why: SqliteFailureKind, goesOn: boolean])[] =
  [
    [266, "SQLITE_IOERR_READ", "io", true],
    [778, "SQLITE_IOERR_WRITE", "io", true],
    [1034, "SQLITE_IOERR_FSYNC", "io", true],
    [5386, "SQLITE_IOERR_SHMMAP", "io", true],
    [10, "SQLITE_IOERR", "io", true],
    [14, "SQLITE_CANTOPEN", "io", true],
    [8, "SQLITE_READONLY", "io", true],
    [7, "SQLITE_NOMEM", "io", true],
    [13, "SQLITE_FULL", "full", true],
    [4874, "SQLITE_IOERR_SHMSIZE", "full", true],
    [5, "SQLITE_BUSY", "busy", true],
    [11, "SQLITE_CORRUPT", "damaged", false],
    [267, "SQLITE_CORRUPT_VTAB", "damaged", false],
    [26, "SQLITE_NOTADB", "damaged", false],
  ];
const STEPS = ["BEGIN IMMEDIATE", "INSERT INTO records", "UPDATE meta", "COMMIT"];

for (const [code, name, why, goesOn] of FAILURES) {
  // Every failure at one step, and one failure at every step.
  for (const step of code === 778 ? STEPS : ["COMMIT"]) {
    Deno.test(`SqliteWriter ${goesOn ? "goes on" : "stops"} after ${name} at ${step}`, async () => {
      await using disk = await failingDisk();
      const { writer } = disk;
      assert.deepEqual(set(writer, "before", 1), { type: "written", versions: [1] });
      disk.fail(step, code);
      for (let round = 0; round < 3; round++) {
        assert.deepEqual(set(writer, "while", round), { type: "failed", why, message: "made up" });
      }
      disk.heal();
      const after = set(writer, "after", 3);
      if (!goesOn) return assert.deepEqual(after, { type: "failed", why, message: "made up" });
      assert.equal(after.type, "written");
      assert.deepEqual(disk.keys(), ["after", "before"]);
    });
  }
}

Deno.test("SqliteWriter opens a connection again once the file can be opened", async () => {
  await using disk = await failingDisk();
  disk.fail("COMMIT", 778);
  set(disk.writer, "x", 1);
  disk.heal();
  disk.refuse(14);
  for (let round = 0; round < 3; round++) {
    assert.deepEqual(set(disk.writer, "x", 1), { type: "failed", why: "io", message: "made up" });
  }
  disk.heal();
  assert.equal(set(disk.writer, "x", 1).type, "written");
});

Deno.test("SqliteWriter tells the failure of a checkpoint by its next answer, and goes on", async () => {
  await using disk = await failingDisk();
  for (let at = 0; at < 6; at++) set(disk.writer, "large", "x".repeat(900_000));
  disk.fail("wal_checkpoint", 778);
  disk.writer.checkpoint();
  disk.heal();
  assert.equal(set(disk.writer, "after", 1).type, "written");
  disk.writer.checkpoint();
  assert.deepEqual(disk.keys(), ["after", "large"]);
});

Deno.test("SqliteWriter sweeps in parts, and gives what was freed back to the disk", async () => {
  await using disk = await failingDisk();
  for (let at = 0; at < 60; at++) set(disk.writer, `k${at}`, "x".repeat(200_000), 1000);
  set(disk.writer, "stays", 1, 5000);
  const pages = () => disk.read("PRAGMA page_count");
  const before = pages();
  let all = 0;
  for (;;) {
    const reply = disk.writer.sweep(2000);
    assert.ok(reply.type === "swept");
    all += reply.count;
    if (!reply.more) break;
  }
  assert.equal(all, 60);
  assert.deepEqual(disk.keys(), ["stays"]);
  assert.ok(before > 2900, String(before));
  assert.ok(pages() < 1500, String(pages()));
});

Deno.test("SqliteWriter refuses a commit whose file went during it, and writes no more after that", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using disk = await failingDisk();
  set(disk.writer, "before", 1);
  disk.at("COMMIT", () => Deno.renameSync(disk.path, `${disk.path}.old`));
  const reply = set(disk.writer, "while", 1);
  assert.ok(reply.type === "failed" && reply.why === "gone", JSON.stringify(reply));
  disk.heal();
  await Deno.rename(`${disk.path}.old`, disk.path);
  assert.deepEqual(set(disk.writer, "after", 1), reply);
  assert.deepEqual(disk.keys(), ["before", "while"]);
});

function set(writer: SqliteWriter, name: string, value: number | string, expiresMs?: number) {
  return writer.write(flatten([packCommit([{ type: "set", key: [name], value, expiresMs }])]), 0);
}

/** A writer whose connection fails where it is told to. */
async function failingDisk() {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "atoll.db");
  let failing: { readonly step: string; readonly fail: () => void } | undefined;
  let refusing: number | undefined;
  const open = () => {
    if (refusing !== undefined) throw failure(refusing);
    const db = connect(path, { maxBytes: 1e9 });
    const prepare = db.prepare.bind(db);
    return Object.assign(db, {
      prepare: (sql: string) =>
        failingStatement(prepare(sql), () => {
          if (failing && sql.includes(failing.step)) failing.fail();
        }),
    });
  };
  const reader = connect(path, { maxBytes: 1e9 });
  migrate(reader);
  const writer = new SqliteWriter(open, fileIds([path, `${path}-wal`]));
  assert.deepEqual(writer.open(), { type: "done" });
  const disk = {
    path,
    writer,
    at: (step: string, fail: () => void) => void (failing = { step, fail }),
    fail: (step: string, code: number) =>
      disk.at(step, () => {
        throw failure(code);
      }),
    refuse: (code: number) => void (refusing = code),
    heal: () => void (failing = refusing = undefined),
    read: (sql: string) => Object.values(reader.prepare(sql).get() ?? {})[0] as number,
    /** As another process finds them that opens the file. */
    keys(): string[] {
      using db = new DatabaseSync(path);
      return db.prepare("SELECT key FROM records ORDER BY key").all()
        .map(({ key }) => new TextDecoder().decode(key as Uint8Array).replace(/[^a-z0-9]/g, ""));
    },
    async [Symbol.asyncDispose]() {
      writer.close();
      reader.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
  return disk;
}

function failingStatement(statement: StatementSync, before: () => void): StatementSync {
  return new Proxy(statement, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        before();
        return Reflect.apply(value, target, args);
      };
    },
  });
}

function failure(errcode: number): Error {
  return Object.assign(new Error("made up"), { errcode });
}
