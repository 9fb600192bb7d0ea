import assert from "node:assert/strict";
import { readFrames } from "@/lib/wire/event_stream.ts";
import type { Frame } from "@/lib/wire/frame.ts";
import { type Copied, copyProject } from "@/tests/copied.ts";
import { startServer, type TestServer } from "@/tests/server.ts";
import { until } from "@/tests/until.ts";

let copy: Copied;
Deno.test.beforeAll(async () => {
  copy = await copyProject("tests/e2e/operations_routes");
});
Deno.test.afterAll(async () => await copy[Symbol.asyncDispose]());

const start = (env: Record<string, string> = {}) => startServer(env, copy.root);

Deno.test("J01: a server that nobody uses ends with 0 at SIGTERM or SIGINT, and waits for nothing", async () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    await using server = await start({ ATOLL_DRAIN_SECONDS: "3600" });
    await (await fetch(`${server.base}/work`)).text();
    assert.equal(await server.end(signal), 0);
    assert.match(server.output(), /Stopping: runs have 3600 s to come to an end\. [^\n]+\nStopped\n$/);
  }
});

Deno.test("J02: told to stop, the server takes nothing new, says so at once, and ends what runs and what waits", async () => {
  await using server = await start();
  // Twenty run at once, so forty wait for a second and a third turn. An answer that begins says that it was accepted.
  const streams = await Promise.all(
    Array.from({ length: 60 }, (_, i) => open(server, "wait", { ms: 500, note: `${i}` })),
  );
  Deno.kill(server.pid, "SIGTERM");
  const [status, body] = await until(() => health(server, "/ready"), ([status]) => status === 503);
  assert.deepEqual([status, body], [503, { status: "not_ready", reasons: ["draining"] }]);
  assert.deepEqual(await health(server), [200, { status: "ok" }]);
  const refused = await post(server, "wait", { ms: 0, note: "late" });
  assert.equal(refused.status, 503);
  assert.equal((await refused.json()).error.code, "offline");
  const said = await Promise.all(streams.map(async (frames) => (await Array.fromAsync(frames)).at(-2)));
  assert.deepEqual(
    said.map((frame) => frame?.type === "output" && frame.values.said),
    streams.map((_, i) => `waited ${i}`),
  );
  assert.equal(await server.ended, 0);
});

Deno.test("J02: behind a balancer, a server that stops is not ready for a while before it refuses anything", async () => {
  // It is ended by a second signal: the while is longer than the test.
  await using server = await start({ ATOLL_UNREADY_SECONDS: "600" });
  Deno.kill(server.pid, "SIGTERM");
  await until(() => health(server, "/ready"), ([status]) => status === 503);
  const answer = await post(server, "wait", { ms: 0, note: "late" });
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /waited late/);
  assert.match(await rawHead(server, "/work"), /^HTTP\/1\.1 200 OK\r\n[^]*connection: close\r\n/i);
  await until(async () => {
    send(server.pid, "SIGTERM");
    return await health(server).then(() => true, () => false);
  }, (alive) => !alive);
  assert.equal(await server.ended, 143);
});

Deno.test("J02: with a store, what waited when the server was told to stop comes to its end after the next start", async () => {
  const data = await Deno.makeTempDir({ prefix: "atoll-" });
  const env = { ATOLL_DATA: data, STORE: `sqlite:${data}/atoll.db` };
  const asked = Array.from({ length: 120 }, (_, i) => ({ id: String(i).padStart(22, "0"), note: `${i}` }));
  let session: string;
  let before: Frame["type"][][];
  {
    await using server = await start(env);
    session = await newSession(server);
    const streams = await Promise.all(
      asked.map(({ id, note }) => open(server, "wait", { ms: 800, note }, { session, id })),
    );
    Deno.kill(server.pid, "SIGTERM");
    before = await Promise.all(
      streams.map(async (frames) => (await Array.fromAsync(frames)).map(({ type }) => type)),
    );
    assert.equal(await server.ended, 0);
  }
  const finished = before.filter((types) => types.at(-1) === "done").length;
  assert.ok(finished >= 20 && finished < 120, `${finished} came to their end before`);
  await using server = await start(env);
  const said = await Promise.all(asked.map(async ({ id }) => {
    const frames = readFrames((await ask(server, { resume: id, after: 0, session })).body as ReadableStream);
    return (await Array.fromAsync(frames)).flatMap((frame) =>
      frame.type === "output" && !frame.whole ? [frame.values.said] : frame.type === "done" ? ["done"] : []
    );
  }));
  assert.deepEqual(said, asked.map(({ note }) => [`waited ${note}`, "done"]));
  assert.equal(await server.end(), 0);
  await Deno.remove(data, { recursive: true }).catch(() => {});
});

Deno.test("J02: what still runs at the deadline is told that it was interrupted, and the server ends with 0", async () => {
  await using server = await start({ ATOLL_DRAIN_SECONDS: "1" });
  const frames = await open(server, "wait", { ms: 60_000, note: "long" });
  await frames.next();
  const ended = server.end();
  const rest = await Array.fromAsync(frames);
  assert.equal(await ended, 0);
  const failed = rest.find((frame) => frame.type === "failed");
  assert.match(failed?.message ?? "", /stopped before this finished/);
});

Deno.test("J04: a second signal ends the server at once: 143 after SIGTERM, 130 after SIGINT", async () => {
  for (const [signal, code] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
    await using server = await start();
    const frames = await open(server, "wait", { ms: 60_000, note: "long" });
    await frames.next();
    Deno.kill(server.pid, "SIGTERM");
    let ended = false;
    server.ended.then(() => ended = true);
    // The first ones still count as the one before: they are repeated until one does not.
    await until(async () => {
      const stopping = await health(server, "/ready").catch(() => undefined);
      if (stopping?.[0] === 503) send(server.pid, signal);
      return ended;
    }, (ended) => ended);
    assert.equal(await server.ended, code);
    await assert.rejects(async () => {
      for await (const _ of frames);
    });
  }
});

Deno.test("J04: a signal to the whole group, which deno task hands on once more, is one signal", async () => {
  await using server = await start();
  const frames = await open(server, "wait", { ms: 400, note: "to its end" });
  await frames.next();
  for (let i = 0; i < 3; i++) Deno.kill(server.pid, "SIGINT");
  const rest = await Array.fromAsync(frames);
  assert.deepEqual(rest.map(({ type }) => type), ["output", "done"]);
  assert.equal(await server.ended, 0);
});

Deno.test("J04: SIGHUP and SIGPIPE end nothing, and stopping it and going on loses no run", async () => {
  await using server = await start();
  const running = call(server, "wait", { ms: 300, note: "on" });
  for (const signal of ["SIGHUP", "SIGPIPE", "SIGSTOP", "SIGCONT"] as const) Deno.kill(server.pid, signal);
  assert.equal((await running).said, "waited on");
  assert.equal((await call(server, "wait", { ms: 0, note: "still" })).said, "waited still");
  assert.equal(await server.end(), 0);
});

Deno.test("J29: while the event loop was blocked the server is not ready, and a stream of before goes on", async () => {
  await using server = await start();
  const stream = call(server, "wait", { ms: 5500, note: "patient" });
  assert.deepEqual(await health(server, "/ready"), [200, { status: "ready" }]);
  const blocked = call(server, "block", { ms: 5700 });
  assert.equal((await blocked).said, "blocked");
  const reasons = ["event_loop_blocked"];
  assert.deepEqual(await health(server, "/ready"), [503, { status: "not_ready", reasons }]);
  assert.deepEqual(await health(server), [200, { status: "ok" }]);
  assert.equal((await stream).said, "waited patient");
});

Deno.test("J32: without its data the server lives and is not ready, and is ready again with it", async () => {
  const data = await Deno.makeTempDir({ prefix: "atoll-" });
  await using server = await start({ ATOLL_DATA: data });
  assert.deepEqual(await health(server, "/ready"), [200, { status: "ready" }]);
  await Deno.rename(data, `${data}-away`);
  const reasons = ["store_unavailable"];
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(await health(server, "/ready"), [503, { status: "not_ready", reasons }]);
    assert.deepEqual(await health(server), [200, { status: "ok" }]);
  }
  assert.equal(server.output().match(/Not ready: store_unavailable/g)?.length, 1);
  await Deno.rename(`${data}-away`, data);
  assert.deepEqual(await health(server, "/ready"), [200, { status: "ready" }]);
  assert.equal(await server.end(), 0);
  await Deno.remove(data, { recursive: true });
});

Deno.test("Health is nobody's session, and says nothing of the server but how it is", async () => {
  await using server = await start();
  for (const path of ["/healthz", "/healthz/ready"]) {
    const response = await fetch(server.base + path);
    assert.equal(response.headers.get("set-cookie"), null);
    assert.match(await response.text(), /^\{"status":"[a-z]+"\}$/);
    const posted = await fetch(server.base + path, { method: "POST" });
    assert.equal(posted.status, 405);
    assert.equal(posted.headers.get("allow"), "GET, HEAD");
    await posted.text();
  }
});

Deno.test("F22: a production server has no metrics, monitor, debugger or tools of dev unless they are on", async () => {
  await using server = await start();
  const paths = [
    ..."/metrics /metrics/ /monitoring /monitor /profiler /debug /debug/pprof /status /_frsh/alive".split(
      " ",
    ),
    ..."/_frsh/error_overlay /_fresh/server.js /_fresh/snapshot.js /main.ts /deno.json /.env".split(" "),
    ..."/work/metrics /healthz/metrics /json/version".split(" "),
  ];
  for (const path of paths) {
    const response = await fetch(server.base + path);
    const text = await response.text();
    assert.equal(response.status, 404, path);
    assert.doesNotMatch(text, /atoll_runs|import |file:\/\//, path);
  }
  const upgrade = await fetch(`${server.base}/_frsh/alive`, {
    headers: { connection: "upgrade", upgrade: "websocket", "sec-websocket-version": "13" },
  });
  assert.notEqual(upgrade.status, 101);
  await upgrade.text();
  const plain = await page(server, "/work");
  assert.equal(await page(server, "/work?debug=1&dev=1&__vite=1"), plain);
  const scripts = [...plain.matchAll(/(?:src|href)="(\/[^"]+\.js)[^"]*"|"(\/[^"]+\.js)"/g)];
  assert.ok(scripts.length > 0);
  for (const [, linked, imported] of scripts) {
    const url = `${server.base}${linked ?? imported}`;
    assert.doesNotMatch(await (await fetch(url)).text(), /sourceMappingURL|_frsh\/alive|new WebSocket/);
    const map = await fetch(`${url}.map`);
    assert.equal(map.status, 404);
    await map.text();
  }
});

Deno.test("I22: what a handler leaves behind and then breaks is logged and counted, and the server goes on", async () => {
  await using server = await start({ ATOLL_METRICS: "1" });
  assert.equal((await call(server, "later")).said, "begun");
  assert.equal((await call(server, "later")).said, "begun");
  assert.equal((await call(server, "wait", { ms: 20, note: "alive" })).said, "waited alive");
  assert.match(await metrics(server), /^atoll_stray_errors_total 4$/m);
  assert.equal(await server.end(), 0);
  const strays = server.output().match(/^stray error [0-9a-f]{8}: .*/gm) ?? [];
  assert.equal(strays.filter((line) => line.endsWith("Error: rejected later")).length, 2);
  assert.equal(strays.filter((line) => line.endsWith("TypeError: thrown later")).length, 2);
});

Deno.test("The log in JSON is one object a line, whatever handlers print and throw, and holds no secret", async () => {
  await using server = await start({ ATOLL_LOG: "json", ATOLL_LOG_REQUESTS: "1", NO_COLOR: "1" });
  const failed = await call(server, "fail", { note: "a-private-note" }, {
    authorization: "Bearer secret-token",
    cookie: "session=secret-cookie",
  }, "?key=secret-query");
  await call(server, "later");
  await (await fetch(`${server.base}/broken`)).text();
  assert.equal(failed.session?.includes("."), true);
  assert.equal(await server.end(), 0);
  const lines = server.output().trimEnd().split("\n").map((line) => JSON.parse(line));
  for (const { time, level, event } of lines) {
    assert.match(time, /^\d{4}-\d\d-\d\dT/);
    assert.match(level, /^(info|warn|error)$/);
    assert.match(event, /^[a-z_]+$/);
  }
  const of = (event: string) => lines.filter((line) => line.event === event);
  assert.equal(of("ready").length, 1);
  assert.equal(of("stray_error").length, 2);
  assert.match(of("console")[0]?.message, /^printed\\u000a14$/);
  const [error, page, ...more] = of("error");
  assert.deepEqual(more, []);
  assert.match(page.message, /^Error: drawing broke\\u000aerror 00000000: forged$/);
  assert.match(error.message, /^Error: broke\\u000aerror 00000000: forged$/);
  assert.ok(failed.failure?.includes(error.id), "the page names the id of the log");
  const request = of("request").find(({ method }) => method === "POST");
  assert.equal(request.path, "/work");
  assert.equal(request.status, 200);
  assert.equal(typeof request.ms, "number");
  const secrets = ["secret", "private", failed.session ?? "no session"];
  for (const secret of secrets) assert.ok(!server.output().includes(secret), secret);
});

Deno.test("A form without script is answered, and the log has nothing to say of it", async () => {
  await using server = await start();
  const body = new FormData();
  body.set("$session", await newSession(server));
  body.set("note", "by form");
  body.set("$run.wait", "");
  const answer = await fetch(`${server.base}/work`, { method: "POST", body });
  assert.match(await answer.text(), /waited by form/);
  assert.equal(answer.status, 200);
  assert.match(server.output(), /^Atoll is ready at [^\n]+\n$/);
});

Deno.test("Metrics tell of runs by page and action once they are on, and stay away from everything else", async () => {
  await using server = await start({ ATOLL_METRICS: "1" });
  await call(server, "wait", { ms: 15, note: "a-private-note" });
  await call(server, "fail", { note: "x" });
  const text = await metrics(server);
  assert.match(text, /^atoll_runs_total\{page="\/work",action="wait",outcome="done"\} 1$/m);
  assert.match(text, /^atoll_runs_total\{page="\/work",action="fail",outcome="failed"\} 1$/m);
  assert.match(text, /^atoll_handler_duration_seconds_bucket\{page="\/work",action="wait",le="0.01"\} 0$/m);
  assert.match(text, /^atoll_handler_duration_seconds_count\{page="\/work",action="wait"\} 1$/m);
  assert.match(text, /^atoll_runs_busy 0$/m);
  assert.match(text, /^process_resident_memory_bytes [1-9]\d{6,}$/m);
  assert.doesNotMatch(text, /private/);
  assert.match(text, /^atoll_http_answers_total\{code="2xx"\} [1-9]\d*$/m);
  assert.match(text, /^atoll_http_answers_total\{code="429"\} 0$/m);
  assert.match(text, /^atoll_disk_free_bytes [1-9]\d*$/m);
  assert.match(text, /^atoll_build_info\{build="[0-9a-f]{16}",deno="[\d.]+"\} 1$/m);
  assert.match(text, /^process_start_time_seconds \d/m);
  // Whoever launched it tells it every second.
  await until(() => metrics(server), (text) => /^process_open_fds [1-9]\d*$/m.test(text));
});

/** Sends a signal to a process that may just have ended. */
function send(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function health(server: TestServer, path = ""): Promise<[status: number, body: unknown]> {
  const response = await fetch(`${server.base}/healthz${path}`);
  return [response.status, await response.json()];
}

async function metrics(server: TestServer): Promise<string> {
  const response = await fetch(`${server.base}/metrics`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  return await response.text();
}

/** A page, without what is another at each request. */
async function page(server: TestServer, path: string): Promise<string> {
  const html = await (await fetch(server.base + path)).text();
  const session = sessionIn(html);
  return html.replaceAll(session, "session").replace(/nonce="[^"]*"/g, "nonce");
}

function sessionIn(html: string): string {
  const token = /name="\$session" value="([^"]+)"/.exec(html)?.[1];
  assert.ok(token, "the page names no session");
  return token;
}

interface Called {
  readonly session: string;
  said?: unknown;
  failure?: string;
}

/** Runs an action of the page to its end. */
async function call(
  server: TestServer,
  action: string,
  input: Record<string, unknown> = {},
  headers: Record<string, string> = {},
  query = "",
): Promise<Called> {
  const called: Called = { session: await newSession(server) };
  for await (const frame of await open(server, action, input, { session: called.session, headers, query })) {
    if (frame.type === "output") called.said = frame.values.said;
    if (frame.type === "failed") called.failure = frame.message;
  }
  return called;
}

interface Asked {
  readonly session?: string;
  readonly headers?: Record<string, string> | undefined;
  readonly query?: string | undefined;
  readonly id?: string;
}

/** Starts an action of the page, for its frames. */
async function open(
  server: TestServer,
  action: string,
  input: Record<string, unknown>,
  asked: Asked = {},
): Promise<AsyncGenerator<Frame, void, undefined>> {
  const response = await post(server, action, input, asked);
  assert.equal(response.status, 200, action);
  return readFrames(response.body as ReadableStream<Uint8Array>);
}

async function post(
  server: TestServer,
  action: string,
  input: Record<string, unknown>,
  { session, headers, query, id }: Asked = {},
): Promise<Response> {
  const body = { action, input, id, session: session ?? await newSession(server) };
  return await ask(server, body, { headers, query });
}

async function ask(
  server: TestServer,
  body: unknown,
  { headers = {}, query = "" }: Asked = {},
): Promise<Response> {
  return await fetch(`${server.base}/work${query}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

async function newSession(server: TestServer): Promise<string> {
  return sessionIn(await (await fetch(`${server.base}/work`)).text());
}

/** The head of an answer as it is sent: `fetch()` does not tell what is said of the connection. */
async function rawHead({ base }: TestServer, path: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(base).port) });
  await connection.write(new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`));
  const [bytes, decoder] = [new Uint8Array(65_536), new TextDecoder()];
  let text = "";
  while (!text.includes("\r\n\r\n")) {
    text += decoder.decode(bytes.subarray(0, await connection.read(bytes) ?? assert.fail(text)), {
      stream: true,
    });
  }
  return text.slice(0, text.indexOf("\r\n\r\n") + 2);
}
