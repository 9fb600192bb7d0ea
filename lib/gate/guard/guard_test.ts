// deno-lint-ignore-file no-console -- what a route throws is logged, and is no news here
import assert from "node:assert/strict";
import { App } from "fresh";
import { readJson } from "@/lib/gate/body.ts";
import { guarded, type GuardRules, RULES } from "@/lib/gate/guard.ts";
import { refuse } from "@/lib/gate/reply.ts";
import { Fault } from "@/lib/value/fault.ts";
import { CASES, runCase } from "./cases.ts";

for (const one of CASES) {
  Deno.test(`guarded() keeps its promise: ${one.name}`, () => quietly(() => runCase(one)));
}

const all = [...RULES.limits, ...RULES.entry, ...RULES.exit];
for (const rule of all) {
  Deno.test(`guarded() breaks a promise without ${rule.name}`, async () => {
    const rules: GuardRules = {
      limits: RULES.limits.filter((one) => one !== rule),
      entry: RULES.entry.filter((one) => one !== rule),
      exit: RULES.exit.filter((one) => one !== rule),
    };
    const broken = await quietly(async () => {
      const names: string[] = [];
      for (const one of CASES) await runCase(one, rules).catch(() => names.push(one.name));
      return names;
    });
    assert.ok(broken.length > 0, "nothing notices that it is missing");
    assert.ok(broken.length < CASES.length);
  });
}

Deno.test("guarded() counts also what something round it answers", async () => {
  const options = { names: [], dev: false, rate: 1, now: () => 0 };
  const handle = guarded(new App(), { ...options, around: () => Promise.resolve(new Response("around")) })
    .handler();
  const ask = () => handle(new Request("http://files.example/", { headers: { host: "files.example" } }));
  for (let i = 0; i < 10; i++) assert.equal(await (await ask()).text(), "around");
  const { status, headers } = await ask();
  assert.deepEqual([status, headers.get("x-content-type-options")], [429, "nosniff"]);
});

Deno.test("guarded() closes connections once the server stops, and says 503 and not 499 to whom the stop cut off", async () => {
  let leaving = false;
  const cut = Promise.withResolvers<Response>();
  const app = new App().get("/", () => new Response("ok")).post("/cut", () => cut.promise)
    .get("/fixed", () => Response.redirect("http://localhost/", 303));
  const handle = guarded(app, { names: [], dev: false, leaving: () => leaving }).handler();
  const ask = (path: string, method = "GET") =>
    handle(new Request(`http://localhost${path}`, { method, headers: { host: "localhost" } }));
  assert.equal((await ask("/")).headers.has("connection"), false);
  // It was under way when the stop began.
  const underWay = ask("/cut", "POST");
  leaving = true;
  cut.resolve(refuse(new Fault("cancelled", "The request did not arrive whole")));
  const { status, headers } = await underWay;
  assert.deepEqual([status, headers.get("retry-after"), headers.get("connection")], [503, "1", "close"]);
  for (const [path, status] of [["/", 200], ["/fixed", 303], ["/none", 404]] as const) {
    const answer = await ask(path);
    assert.deepEqual([answer.status, answer.headers.get("connection")], [status, "close"], path);
  }
});

Deno.test("guarded() waits for a body no longer than it is told, whoever reads it", async () => {
  const app = new App().post(
    "/read",
    ({ req }) => readJson(req).then((value) => Response.json(value), refuse),
  );
  const handle = guarded(app, { names: [], dev: false, stallMs: 20 }).handler();
  const headers = { host: "localhost", "content-type": "application/json" };
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([0x7b])) });
  const response = await handle(new Request("http://localhost/read", { method: "POST", headers, body }));
  assert.equal(response.status, 504);
  assert.equal((await response.json()).error.code, "timeout");
});

Deno.test("guarded() bounds a body of untold length, whatever route reads it", async () => {
  let read = 0;
  const app = new App().post("/own", async ({ req }) => {
    read = (await req.arrayBuffer()).byteLength;
    return new Response(String(read));
  });
  const handle = guarded(app, { names: [], dev: false, maxUploadBytes: 1 }).handler();
  const send = (chunks: number) => {
    let left = chunks;
    const body = new ReadableStream({
      pull: (controller) => left-- > 0 ? controller.enqueue(new Uint8Array(1_000_000)) : controller.close(),
    });
    return handle(
      new Request("http://localhost/own", { method: "POST", headers: { host: "localhost" }, body }),
    );
  };
  assert.equal(await (await send(3)).text(), "3000000");
  const over = await quietly(() => send(100));
  assert.deepEqual([over.status, (await over.json()).error.code, read], [413, "too_large", 3_000_000]);
});

async function quietly<T>(run: () => Promise<T>): Promise<T> {
  const real = console.error;
  console.error = () => {};
  try {
    return await run();
  } finally {
    console.error = real;
  }
}
