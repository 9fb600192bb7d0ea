// deno-lint-ignore-file no-console -- what is logged is what is tested
import assert from "node:assert/strict";
import { App } from "fresh";
import { HttpCounts } from "@/lib/ops/http_counts.ts";
import { logTo } from "@/lib/ops/log.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import { around } from "./around.ts";
import { guarded, type GuardOptions } from "./guard.ts";
import { serverPaths } from "./server_paths.ts";
import { Health } from "@/lib/ops/health.ts";
import { logRequests, watches } from "./watch.ts";

const from = (hostname: string): Deno.ServeHandlerInfo => ({
  remoteAddr: { transport: "tcp", hostname, port: 1 },
  completed: Promise.resolve(),
});

function open(options: Partial<GuardOptions>) {
  const app = new App().all(
    "/*",
    ({ req }) => new Response(null, { status: req.method === "PUT" ? 503 : 200 }),
  );
  const handle = guarded(app, { names: [], dev: false, ...options }).handler();
  return async (path: string, address = "192.0.2.1", init: RequestInit = {}) => {
    const headers = { host: "localhost", ...init.headers };
    return await handle(new Request(`http://localhost${path}`, { ...init, headers }), from(address));
  };
}

Deno.test("logRequests() logs every request with its client, 429s too; no query, no id of a file, no forged line", async () => {
  const clock = fakeClock();
  const lines: string[] = [];
  const get = open({
    rate: 1,
    now: () => 0,
    watch: logRequests(clock.now),
    around: around(async (_, answer) => (clock.tick(12.34), await answer())) as GuardOptions["around"],
  });
  logTo((line) => lines.push(line), () => {});
  try {
    await get("/healthz?token=secret", "192.0.2.1", {
      headers: { cookie: "secret", authorization: "secret" },
    });
    await get("/demos/x/files/secretsecretsecret?a");
    await get("/a%0ab", "192.0.2.1", { method: "POST", body: "secret" });
    await get("/", "192.0.2.2", { headers: { host: "evil.example" } });
    for (let i = 0; i < 8; i++) await get("/");
  } finally {
    logTo(console.log, console.error);
  }
  assert.deepEqual([...lines.slice(0, 4), lines.at(-1)], [
    "request method=GET path=/healthz status=200 ms=12.3 client=192.0.2.1",
    "request method=GET path=/demos/x/files/* status=404 ms=12.3 client=192.0.2.1",
    "request method=POST path=/a%0ab status=200 ms=12.3 client=192.0.2.1",
    "request method=GET path=/ status=421 ms=12.3 client=192.0.2.2",
    "request method=GET path=/ status=429 ms=0 client=192.0.2.1",
  ]);
});

Deno.test("HttpCounts counts every answer by class, those that limits refuse by themselves", async () => {
  const counts = new HttpCounts();
  const ask = open({
    rate: 1,
    now: () => 0,
    watch: watches(undefined, () => (status) => counts.count(status)),
  });
  for (let i = 0; i < 13; i++) await ask("/");
  await ask("/", "192.0.2.2", { headers: { host: "evil.example" } });
  await ask("/", "192.0.2.3", { method: "PUT" });
  counts.count(101);
  counts.count(304);
  const told = counts.family().samples.map(({ labels, value }) => [labels?.code, value]);
  assert.deepEqual(Object.fromEntries(told), { "1xx": 1, "2xx": 10, "3xx": 1, "4xx": 1, "429": 3, "5xx": 1 });
});

Deno.test("watches() is nothing for none, and tells all of several", () => {
  assert.equal(watches(undefined), undefined);
  const told: string[] = [];
  const one = (name: string) => () => (status: number) => void told.push(`${name} ${status}`);
  watches(one("a"), undefined, one("b"))?.(new Request("http://localhost/"), "192.0.2.1")(204);
  assert.deepEqual(told, ["a 204", "b 204"]);
});

Deno.test("Probes of this machine are answered however much of its address is asked for, and nothing else is", async () => {
  const health = new Health({ clock: fakeClock(), check: () => Promise.resolve() });
  const ask = open({
    rate: 1,
    connections: 1,
    now: () => 0,
    serverPaths: serverPaths(health, () => "x 1\n"),
  });
  for (let i = 0; i < 20; i++) await ask("/", "127.0.0.1");
  assert.equal((await ask("/", "127.0.0.1")).status, 429);
  for (const path of ["/healthz", "/healthz/ready", "/metrics"]) {
    assert.equal((await ask(path, "127.0.0.1")).status, 200, path);
    assert.equal((await ask(path, "::1")).status, 200, path);
    assert.equal((await ask(path, "127.0.0.1", { method: "POST" })).status, 429, path);
  }
  for (const path of ["/healthz?x", "/x/healthz", "/healthz/x"]) {
    assert.equal((await ask(path, "127.0.0.1")).status, 429, path);
  }
  for (let i = 0; i < 20; i++) await ask("/", "192.0.2.1");
  assert.equal((await ask("/healthz", "192.0.2.1")).status, 429);
});
