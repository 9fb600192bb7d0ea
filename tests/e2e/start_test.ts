import assert from "node:assert/strict";
import { connect, migrate, MIGRATIONS } from "@/lib/store/records_schema.ts";
import { type Copied, copyProject } from "@/tests/copied.ts";
import { startServer } from "@/tests/server.ts";
import { until } from "@/tests/until.ts";

let copy: Copied;
Deno.test.beforeAll(async () => {
  copy = await copyProject("tests/e2e/operations_routes");
  await Deno.mkdir(new URL("routes/demos/", copy.root));
  await Deno.writeTextFile(
    new URL("routes/demos/broken.tsx", copy.root),
    'throw new Error("No model here");\n',
  );
  await using _built = await startServer({}, copy.root);
});
Deno.test.afterAll(async () => await copy[Symbol.asyncDispose]());

Deno.test("A demo that cannot be loaded is named at a build and at the start; all others are served", async () => {
  const named =
    /^routes\/demos\/broken\.tsx cannot be loaded: No model here \(routes\/demos\/broken\.tsx:1\)$/m;
  const built = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "lib/cli/build.ts"],
    cwd: copy.root,
    env: { NO_COLOR: "1" },
  }).output();
  assert.match(new TextDecoder().decode(built.stderr), named);
  assert.equal(built.code, 0);
  await using server = await startServer({}, copy.root);
  await until(() => Promise.resolve(server.output()), (text) => named.test(text), { what: server.output });
});

Deno.test("J08: what keeps the server from starting is said in one line, with 1 and nothing changed", async (t) => {
  await using folder = await temporary();
  const data = `${folder.path}/data`;
  await Deno.writeTextFile(`${folder.path}/file`, "mine");
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const wrong: Record<string, [env: Record<string, string>, line: RegExp]> = {
    "a port that is none": [
      { PORT: "many" },
      /^Cannot use PORT=many: it must be a whole number from 0 to 65535$/,
    ],
    "a secret that is too short": [
      { ATOLL_SECRET: "hush" },
      /^Cannot use ATOLL_SECRET: .* 32 characters; make one/,
    ],
    "a log that there is not": [{ ATOLL_LOG: "xml" }, /^Cannot use ATOLL_LOG=xml: it must be text or json$/],
    "neither yes nor no": [{ ATOLL_METRICS: "yes" }, /^Cannot use ATOLL_METRICS=yes: it must be 0 or 1$/],
    "a port that is taken": [
      { PORT: String(port) },
      /^Cannot use PORT=\d+: it is taken\. Stop what uses it, or choose another: /,
    ],
    "an address of another machine": [
      { HOST: "203.0.113.1" },
      /^Cannot listen on HOST=203\.0\.113\.1 PORT=0: .+$/,
    ],
    "an address that is none": [
      { HOST: "no such\nhost" },
      /^Cannot listen on HOST=no such\\u000ahost PORT=0: .+$/,
    ],
    "a file for a data folder": [
      { ATOLL_DATA: `${folder.path}/file` },
      /^Cannot use ATOLL_DATA=\S+\/file: .+$/,
    ],
    "a data folder where none can be": [
      { ATOLL_DATA: "/proc/atoll" },
      /^Cannot use ATOLL_DATA=\/proc\/atoll: .+$/,
    ],
  };
  for (const [name, [env, line]] of Object.entries(wrong)) {
    await t.step(name, async () => {
      const { code, out, err } = await run({ PORT: "0", ATOLL_DATA: data, ...env });
      assert.equal(code, 1, out + err);
      assert.equal(out, "");
      assert.match(err, /^[^\n]+\n$/, "it is one line");
      assert.match(err.trimEnd(), line);
    });
  }
  await t.step(
    "a store that is none, is damaged, or was written by a newer version, and stays as it is",
    async () => {
      const path = `${folder.path}/kept.db`;
      const start = () => run({ PORT: "0", ATOLL_DATA: data, STORE: `sqlite:${path}` });
      const damage: [name: string, damage: () => void | Promise<void>, line: RegExp][] = [
        ["text", () => Deno.writeTextFile(path, "no database at all, but a text"), /cannot be opened/],
        ["newer", () => newer(path), /newer/],
      ];
      for (const [name, hurt, line] of damage) {
        await hurt();
        const before = await Deno.readFile(path);
        const { code, out, err } = await start();
        assert.equal(code, 1, name);
        assert.equal(out, "");
        assert.match(err, /^Cannot [^\n]+\n$/, name);
        assert.match(err, line);
        assert.deepEqual(await Deno.readFile(path), before, name);
        await Deno.remove(path);
      }
      const { code, err } = await run({ PORT: "0", ATOLL_DATA: data, STORE: "banana" });
      assert.equal(code, 1);
      assert.match(err, /^Cannot use STORE=banana: [^\n]+\n$/);
    },
  );
  await t.step("in JSON where that is the log's form", async () => {
    const { code, err } = await run({ PORT: "many", ATOLL_LOG: "json" });
    assert.equal(code, 1);
    const { level, event, message } = JSON.parse(err);
    assert.equal(`${level} ${event}`, "error cannot_start");
    assert.match(message, /^Cannot use PORT=many/);
  });
  assert.equal(await Deno.readTextFile(`${folder.path}/file`), "mine");
});

Deno.test("J08: a port that is taken is said before anything is built", async () => {
  const file = new URL("static/later.css", copy.root);
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    await Deno.writeTextFile(file, "a{}");
    const before = builds();
    const { code, err } = await run({ PORT: String((taken.addr as Deno.NetAddr).port) });
    assert.equal(code, 1);
    assert.match(err, /is taken/);
    assert.deepEqual(builds(), before);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("J08: what cannot be opened at the start is said in one line; where that was is for dev", async () => {
  const main = new URL("main.ts", copy.root);
  const text = await Deno.readTextFile(main);
  try {
    for (
      const [thrown, line] of [
        ["new Error('Cannot open the store:\\nit is newer')", "Cannot open the store:\\u000ait is newer"],
        ["new TypeError('x is not a function')", "Cannot start: TypeError: x is not a function"],
        ["new Error('The store is away')", "Cannot start: The store is away"],
        ["'text'", "Cannot start: Thrown: text"],
      ] as const
    ) {
      await Deno.writeTextFile(main, `${text}\nthrow ${thrown};\n`);
      const { code, err } = await run({ PORT: "0" });
      assert.equal(code, 1);
      assert.equal(err, `${line}\n`);
    }
    await Deno.writeTextFile(main, `${text}\nthrow new Error("It broke");\n`);
    const { code, err } = await run({ PORT: "0", ATOLL_DEV: "1" });
    assert.equal(code, 1);
    assert.match(err, /^\s+at .*main\.ts/m);
    assert.ok(err.endsWith("Cannot start: It broke\n"));
  } finally {
    await Deno.writeTextFile(main, text);
  }
});

Deno.test("J09: a second server on one data folder says who has it; after a kill the next one takes it over", async () => {
  await using folder = await temporary();
  const env = { PORT: "0", ATOLL_DATA: folder.path };
  await using first = await startServer(env, copy.root);
  const { code, err } = await run(env);
  assert.equal(code, 1);
  assert.match(
    err,
    new RegExp(`^Cannot use the folder \\S+ for files: it is in use by process ${first.pid}\\.`),
  );
  assert.match(err, /^[^\n]+\n$/);
  assert.equal(await (await fetch(`${first.base}/healthz`)).text(), `{"status":"ok"}`);
  await first.end("SIGKILL");
  await Deno.mkdir(folder.path, { recursive: true });
  await using second = await startServer(env, copy.root);
  assert.equal(await second.end(), 0);
});

function builds(): string[] {
  return Array.from(Deno.readDirSync(new URL("_builds/", copy.root)), ({ name }) => name).sort();
}

/** A store as it will be written one day. */
function newer(path: string): void {
  using db = connect(path, { maxBytes: 1_000_000 });
  migrate(db, [...MIGRATIONS, "CREATE TABLE later (a TEXT)"]);
}

async function run(env: Record<string, string>): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "lib/cli/launch.ts"],
    cwd: copy.root,
    env: { NO_COLOR: "1", ...env },
    signal: AbortSignal.timeout(120_000),
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)) as [string, string];
  return { code, out, err };
}

async function temporary(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "atoll-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
