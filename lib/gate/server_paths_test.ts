// deno-lint-ignore-file no-console -- what is logged is what is tested
import assert from "node:assert/strict";
import { App } from "fresh";
import { Health } from "@/lib/ops/health.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import { around } from "./around.ts";
import { guarded, type GuardOptions } from "./guard.ts";
import { serverPaths } from "./server_paths.ts";

const base = "http://localhost";

/** A guarded app with a route for every path there is. */
function open(options: Partial<GuardOptions> = {}) {
  const app = new App().all("/*", () => new Response("a route", { headers: { "set-cookie": "s=1" } }));
  const handle = guarded(app, { names: [], dev: false, ...options }).handler();
  return async (path: string, init: RequestInit = {}) =>
    await handle(new Request(base + path, { ...init, headers: { host: "localhost", ...init.headers } }));
}

const healthy = () => new Health({ clock: fakeClock(), check: () => Promise.resolve() });

Deno.test("/healthz answers before any route, and asks no store", async () => {
  let asked = 0;
  const check = () => (asked++, Promise.reject(new Error("no store")));
  const get = open({ serverPaths: serverPaths(new Health({ clock: fakeClock(), check })) });
  for (const path of ["/healthz", "/healthz?x=1", "/healthz/"]) {
    const response = await get(path);
    assert.equal(response.status, 200);
    assert.equal(await response.text(), '{"status":"ok"}');
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(response.headers.get("set-cookie"), null);
  }
  assert.equal(asked, 0);
});

Deno.test("/healthz/ready says whether, and if not why, in words of a closed list", async () => {
  const health = healthy();
  const get = open({ serverPaths: serverPaths(health) });
  const ready = await get("/healthz/ready");
  assert.equal(ready.status, 200);
  assert.equal(await ready.text(), '{"status":"ready"}');
  health.drain();
  const { result: stopping } = await logged(() => get("/healthz/ready"));
  assert.equal(stopping.status, 503);
  assert.equal(await stopping.text(), '{"status":"not_ready","reasons":["draining"]}');
});

Deno.test("/healthz answers GET and HEAD, to the names that the server answers to, and nothing below it", async () => {
  const get = open({ serverPaths: serverPaths(healthy()) });
  for (const path of ["/healthz", "/healthz/ready"]) {
    assert.equal((await get(path, { method: "HEAD" })).status, 200);
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const response = await get(path, { method });
      assert.equal(response.status, 405, method);
      assert.equal(response.headers.get("allow"), "GET, HEAD");
    }
    assert.equal((await get(path, { headers: { host: "evil.example" } })).status, 421);
  }
  for (
    const path of ["/healthz/live", "/healthzz", "/x/healthz", "/healthz/ready/x", "/metrics", "/?/healthz"]
  ) {
    assert.equal(await (await get(path)).text(), "a route", path);
  }
});

Deno.test("/metrics answers only where there is something to say it", async () => {
  const get = open({ serverPaths: serverPaths(healthy(), () => "x 1\n") });
  const response = await get("/metrics");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  assert.equal(await response.text(), "x 1\n");
  assert.equal((await get("/metrics", { method: "POST" })).status, 405);
});

Deno.test("around() is nothing for none, and keeps the order of several", async () => {
  assert.equal(around(undefined), undefined);
  const told: string[] = [];
  const one = (name: string) => async (_: Request, answer: () => Promise<Response>) => {
    told.push(name);
    const response = await answer();
    told.push(`${name} over`);
    return response;
  };
  await around(one("a"), undefined, one("b"))?.(new Request(base), () => Promise.resolve(new Response()));
  assert.deepEqual(told, ["a", "b", "b over", "a over"]);
});

async function logged<T>(run: () => Promise<T>): Promise<{ lines: string[]; result: T }> {
  const { log, error } = console;
  const lines: string[] = [];
  console.log = console.error = (line: unknown) => void lines.push(String(line));
  try {
    return { result: await run(), lines };
  } finally {
    Object.assign(console, { log, error });
  }
}
