import assert from "node:assert/strict";
import { build } from "@/lib/cli/builds.ts";
import { type Copied, copyProject } from "@/tests/copied.ts";
import { startServer, type TestServer } from "@/tests/server.ts";
import { probes, type Targets } from "./permission_routes/(_probe)/probes.ts";

const CANARY = "canary-6f1d";
const IMPORTED = "import from another host";
let copy: Copied;
let outside: string;
let other: Deno.HttpServer<Deno.NetAddr>;
let targets: Targets;

Deno.test.beforeAll(async () => {
  copy = await copyProject("tests/e2e/permission_routes");
  await Deno.writeTextFile(new URL(".env", copy.root), `SECRET=${CANARY}`);
  outside = await Deno.makeTempDir({ prefix: "atoll-outside-" });
  await Deno.writeTextFile(`${outside}/canary`, CANARY);
  await Deno.writeTextFile(`${outside}/module.js`, `export default "${CANARY}"`);
  other = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
    const type = url.endsWith(".js") ? "text/javascript" : "text/plain";
    return new Response(`export default "${CANARY}"`, { headers: { "content-type": type } });
  });
  const project = copy.root.pathname.replace(/\/$/, "");
  const built = (await build(copy.root)).pathname.replace(/\/$/, "");
  targets = { outside, project, build: built, port: other.addr.port, pid: Deno.pid };
});

Deno.test.afterAll(async () => {
  await other.shutdown();
  await Deno.remove(outside, { recursive: true });
  await copy[Symbol.asyncDispose]();
});

/** A server with the rights of `deno task start`: its port is one that is known before, as in production. */
async function start(env: Record<string, string> = {}): Promise<TestServer> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return await startServer({ PORT: String(port), CANARY_ENV: CANARY, ...env }, copy.root);
}

async function ask(base: string, name: string): Promise<string> {
  const input = { name, targets: JSON.stringify(targets) };
  const { values } = await run(`${base}/probe`, "predict", input);
  return String(values?.got);
}

interface Frame {
  readonly type: string;
  readonly message?: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

async function run(page: string, action: string, input: unknown): Promise<Frame> {
  const html = await (await fetch(page)).text();
  const session = /name="\$session" value="([^"]+)"/.exec(html)?.[1];
  const response = await fetch(page, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ action, input, session }),
  });
  const text = await response.text();
  const frames: Frame[] = text.split("\n").filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice(6)));
  const last = frames.findLast(({ type }) => type === "output" || type === "failed");
  assert.ok(last, text);
  return last;
}

Deno.test("M18: the server in production may do nothing that it does not need", async (t) => {
  await using server = await start();
  const before = [...Deno.readDirSync(outside)].map(({ name }) => name).sort();
  for (const name of Object.keys(probes)) {
    await t.step(name, async () => {
      const got = await ask(server.base, name);
      assert.match(got, /^refused .*(?:NotCapable|Requires \w+ access|Command failed)/);
      assert.ok(!got.includes(CANARY), got);
    });
  }
  await t.step("ask whoever starts processes for one of its own making", async () => {
    const got = await ask(server.base, "ask for a process");
    assert.match(got, /^got 126 No demo declares this process/);
    assert.ok(!got.includes(CANARY), got);
  });
  assert.deepEqual([...Deno.readDirSync(outside)].map(({ name }) => name).sort(), before);
  assert.ok(!server.output().includes(CANARY));
});

Deno.test("What is tried against the server gets through where all rights are given", async (t) => {
  Deno.env.set("CANARY_ENV", CANARY);
  try {
    for (const [name, probe] of Object.entries(probes)) {
      if (name === IMPORTED) continue;
      await t.step({ name, fn: async () => assert.ok(await probe(targets)), sanitizeResources: false });
    }
    await t.step(IMPORTED, async () => {
      // In a process of its own: what is imported from a host would be put into the project's lock file.
      const code = `console.log((await import("http://127.0.0.1:${targets.port}/module.js")).default)`;
      const args = [
        "run",
        "--no-config",
        "--no-lock",
        "-A",
        `data:text/javascript,${encodeURIComponent(code)}`,
      ];
      const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
      assert.equal(new TextDecoder().decode(stdout).trim(), CANARY);
    });
  } finally {
    Deno.env.delete("CANARY_ENV");
    await Deno.remove(`${outside}/written`);
    await Deno.remove(`${outside}/own.db`);
  }
});

Deno.test("What a demo needs beyond that the operator names, one by one", async () => {
  await using server = await start({
    ATOLL_ALLOW_NET: `127.0.0.1:${targets.port}`,
    ATOLL_ALLOW_READ: `${outside}/canary`,
    ATOLL_ALLOW_ENV: "CANARY_ENV",
    ATOLL_ALLOW_SYS: "hostname",
  });
  for (const name of ["ask another port", "read a file outside", "see a variable of another name"]) {
    assert.match(await ask(server.base, name), new RegExp(`^got .*${CANARY}`), name);
  }
  assert.match(await ask(server.base, "ask for the machine's name"), /^got /);
  for (const name of ["list a folder outside", "run a program", "ask it by another name"]) {
    assert.match(await ask(server.base, name), /^refused /, name);
  }
});

Deno.test("The demos that need native code, workers and processes have them with these rights", async () => {
  await using server = await startServer();
  const counted = (name: string, frame: Frame) =>
    assert.match(String(frame.values?.[name]), /^78,498 primes/, JSON.stringify(frame));
  const hog = `${server.base}/demos/hog`;
  counted("counted", await run(hog, "counting", { upTo: 1 }));
  counted("countedToo", await run(hog, "countingToo", { upTo: 1 }));
  const outcome = async (action: string) => String((await run(hog, action, {})).values?.outcome);
  assert.match(await outcome("leaving"), /ended \(exit code 3\)$/);
  assert.equal(await outcome("eating"), "The handler used more memory than it may");
  assert.match(await outcome("loopingToo"), /longer than 2 s/);
  for (const page of ["picture_desk", "digits", "flipper"]) {
    const response = await fetch(`${server.base}/demos/${page}`);
    await response.body?.cancel();
    assert.equal(response.status, 200, page);
  }
});

Deno.test("A server that could write over its own code is not started", async () => {
  for (
    const [name, value] of [["ATOLL_DATA", "."], ["ATOLL_DATA", "lib"], ["ATOLL_DATA", "routes/data"], [
      "ATOLL_DATA",
      "/",
    ], [
      "STORE",
      "sqlite:atoll.db",
    ]]
  ) {
    await assert.rejects(
      startServer({ [name as string]: value as string }, copy.root),
      /Cannot use (?:ATOLL_DATA|STORE)=\S+: the server could overwrite its own/,
    );
  }
});

Deno.test("Who launched the server hands on its end, and takes it along", async (t) => {
  await t.step("its exit code", async () => {
    await using server = await start();
    Deno.kill(server.pid, "SIGKILL");
    assert.equal(await server.ended, 137);
  });
  await t.step("a signal", async () => {
    await using server = await start();
    assert.equal(await server.end("SIGTERM"), 0);
    assert.match(server.output(), /Stopped/);
  });
  await t.step("its own end, however it came", async () => {
    await using server = await start();
    const launcher = Number(/PPid:\s+(\d+)/.exec(await Deno.readTextFile(`/proc/${server.pid}/status`))?.[1]);
    Deno.kill(launcher, "SIGKILL");
    assert.equal(await server.ended, 137);
    // Its output ended, which it held too: it is gone.
    await assert.rejects(fetch(server.base));
  });
});

Deno.test("A server that may not count its descriptors is told when they run low, and closes idle connections", async () => {
  const data = await Deno.makeTempDir({ prefix: "atoll-" });
  const child = new Deno.Command("sh", {
    args: ["-c", `ulimit -n 256 && exec "${Deno.execPath()}" run -A --quiet lib/cli/launch.ts`],
    cwd: copy.root,
    env: { NO_COLOR: "1", PORT: "0", ATOLL_DATA: data },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const connections: Deno.TcpConn[] = [];
  const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
  try {
    const [port] = await seen(child.stdout, /(?<=:)\d+(?=\/\n)/);
    for (let i = 0; i < 200; i++) {
      connections.push(await Deno.connect({ hostname: "127.0.0.1", port: Number(port) }));
    }
    await seen(child.stderr, /Too many connections are open: those without a whole request were closed/);
    assert.equal(await connections[0]?.read(new Uint8Array(1)), null);
    // For a turn or two nobody listens.
    let health: string | undefined;
    for (let tries = 0; health === undefined && tries < 1000; tries++) {
      health = await text(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    }
    assert.equal(health, `{"status":"ok"}`);
  } finally {
    for (const connection of connections) connection.close();
    await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
    try {
      child.kill("SIGTERM");
    } catch {
      // It was late.
    }
    await child.status;
    clearTimeout(late);
    await Deno.remove(data, { recursive: true });
  }
});

async function text(url: string): Promise<string> {
  return await (await fetch(url)).text();
}

/** Reads until something is there. */
async function seen(stream: ReadableStream<Uint8Array>, what: RegExp): Promise<RegExpExecArray> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  try {
    for (let text = "";;) {
      const { done, value } = await reader.read();
      text += decoder.decode(value, { stream: true });
      const found = what.exec(text);
      if (found) return found;
      assert.ok(!done, text);
    }
  } finally {
    reader.releaseLock();
  }
}
