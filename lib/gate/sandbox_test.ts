import assert from "node:assert/strict";
import { App } from "fresh";
import { SANDBOX_URL } from "@/lib/value/sandbox.ts";
import { guarded } from "./guard.ts";

const handle = guarded(new App(), { names: [], dev: false }).handler();
const ask = (method: string, path = SANDBOX_URL) =>
  handle(new Request(`http://localhost${path}`, { method, headers: { host: "localhost" } }));

Deno.test("sandbox() is a document of an origin of its own that reaches nothing", async () => {
  const response = await ask("GET");
  assert.equal(response.status, 200);
  const policy = response.headers.get("content-security-policy") ?? "";
  const rules = new Map(policy.split("; ").map((rule) => [rule.split(" ", 1)[0], rule]));
  assert.equal(rules.get("sandbox"), "sandbox allow-scripts");
  assert.equal(rules.get("default-src"), "default-src 'none'");
  assert.equal(rules.get("frame-ancestors"), "frame-ancestors 'self'");
  for (const rule of rules.values()) assert.doesNotMatch(rule ?? "", /https?:|\*|'unsafe-eval'|same-origin/);
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  assert.equal(response.headers.get("referrer-policy"), "no-referrer");
  assert.match(await response.text(), /source !== parent/);
});

Deno.test("sandbox() answers GET and HEAD at its own path only", async () => {
  assert.equal(await (await ask("HEAD")).text(), "");
  assert.equal((await ask("POST")).status, 405);
  for (const path of ["/x/files/sandbox", "/files/sandbox/", "/files/sandboxes"]) {
    const response = await ask("GET", path);
    assert.equal(response.status, 404, path);
    assert.doesNotMatch(response.headers.get("content-security-policy") ?? "", /unsafe/);
    await response.body?.cancel();
  }
});
