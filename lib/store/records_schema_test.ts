import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { connect, inspectFile, migrate, MIGRATIONS } from "./records_schema.ts";
import { sqliteStore, whyNot } from "./records_sqlite.ts";

const STEPS = [
  "CREATE TABLE one (a TEXT); INSERT INTO one VALUES ('x')",
  "CREATE TABLE two (a TEXT); INSERT INTO two SELECT a FROM one; DROP TABLE one",
  "INSERT INTO two VALUES ('y')",
];

Deno.test("migrate() takes the steps that are missing, each once", async () => {
  await using file = await tempFile();
  for (const count of [1, 1, 3, 3]) {
    using db = connect(file.path, { maxBytes: 1_000_000 });
    migrate(db, STEPS.slice(0, count));
  }
  inspectFile(file.path, STEPS);
  using db = connect(file.path, { maxBytes: 1_000_000 });
  assert.deepEqual(db.prepare("SELECT a FROM two").all().map(({ a }) => a), ["x", "y"]);
});

Deno.test("migrate() leaves everything as it was when a step fails", async () => {
  await using file = await tempFile();
  using db = connect(file.path, { maxBytes: 1_000_000 });
  migrate(db, STEPS.slice(0, 1));
  assert.throws(() => migrate(db, [...STEPS, "CREATE TABLE half (a TEXT); SELECT nonsense"]), /nonsense/);
  assert.deepEqual(db.prepare("SELECT a FROM one").all().map(({ a }) => a), ["x"]);
  migrate(db, STEPS);
  assert.equal(db.prepare("SELECT count(*) AS n FROM two").get()?.n, 2);
});

Deno.test("sqliteStore() says why it cannot use a file, and leaves it as it is", async (t) => {
  const wrong: Record<string, [(path: string) => void, RegExp]> = {
    "of a newer version": [
      (path) => {
        using db = connect(path, { maxBytes: 1_000_000 });
        migrate(db, [...MIGRATIONS, "CREATE TABLE later (a TEXT)"]);
      },
      /a newer version wrote it \(schema 2, this one knows 1\)$/,
    ],
    "of another program": [
      (path) => {
        using db = new DatabaseSync(path);
        db.exec("CREATE TABLE theirs (a TEXT)");
      },
      /it is the database of another program$/,
    ],
    "that is no database": [
      (path) => Deno.writeTextFileSync(path, "Dear diary, ".repeat(1000)),
      /file is not a database$/,
    ],
  };
  for (const [what, [make, message]] of Object.entries(wrong)) {
    await t.step(what, async () => {
      await using file = await tempFile();
      make(file.path);
      const before = await Deno.readFile(file.path);
      for (let round = 0; round < 2; round++) {
        await assert.rejects(sqliteStore({ path: file.path }), (error: Error) => {
          assert.match(error.message, message);
          assert.ok(error.message.startsWith(`The store ${file.path} cannot be opened: `));
          return true;
        });
      }
      assert.deepEqual(await Deno.readFile(file.path), before);
    });
  }
  await t.step("that is a folder", async () => {
    await using file = await tempFile();
    await Deno.mkdir(file.path);
    await assert.rejects(sqliteStore({ path: file.path }), /cannot be opened: it is not a file$/);
  });
});

Deno.test("sqliteStore() begins anew where a crash left an empty file", async () => {
  await using file = await tempFile();
  await Deno.writeFile(file.path, new Uint8Array());
  await using store = await sqliteStore({ path: file.path });
  assert.equal(await store.commit([{ type: "set", key: ["x"], value: 1 }]), 1);
});

async function tempFile(): Promise<AsyncDisposable & { path: string }> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  return {
    path: join(folder, "atoll.db"),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("whyNot() says of a file that may not be opened whose it must be", () => {
  const hint = /\. The user that runs the server must own it, /;
  for (
    const text of [
      "unable to open database file",
      "attempt to write a readonly database",
      "Permission denied (os error 13): open 'x'",
    ]
  ) assert.match(whyNot(new Error(text)), hint, text);
  for (const text of ["it is not a file", "file is not a database"]) {
    assert.equal(whyNot(new Error(text)), text);
  }
});
