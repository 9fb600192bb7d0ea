import assert from "node:assert/strict";
import { startServer, type TestServer } from "@/tests/server.ts";

const json = { "content-type": "application/json" };
const POLICY = {
  page:
    /^default-src 'self'; script-src 'self' 'nonce-[\w-]+'; style-src 'self' 'nonce-[\w-]+'; .*object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'$/,
  bare: /^default-src 'none'; frame-ancestors 'none'$/,
  strict: /^default-src 'none'; style-src 'self'; .*frame-ancestors 'none'$/,
  file: /^default-src 'none'; sandbox; frame-ancestors 'self'$/,
  asset: /^default-src '(?:none|self)'; (?!.*unsafe).*frame-ancestors 'none'$/,
} as const;

interface Asked {
  readonly what: string;
  readonly status: number;
  readonly policy: keyof typeof POLICY;
  readonly ask: (
    to: { base: string; page: string; session: string; file: string; asset: string },
  ) => Promise<Response>;
}

const call = (session: string, name: string, action = "predict") =>
  JSON.stringify({ action, input: { name, volume: 1 }, session });

const asked: readonly Asked[] = [
  { what: "a page", status: 200, policy: "page", ask: ({ page }) => fetch(page) },
  { what: "the gallery", status: 200, policy: "page", ask: ({ base }) => fetch(base) },
  { what: "a page's head", status: 200, policy: "page", ask: ({ page }) => fetch(page, { method: "HEAD" }) },
  { what: "no page", status: 404, policy: "strict", ask: ({ base }) => fetch(`${base}/nothing`) },
  {
    what: "a method that a page has not",
    status: 405,
    policy: "bare",
    ask: ({ page }) => fetch(page, { method: "DELETE" }),
  },
  {
    what: "a method that nothing has",
    status: 405,
    policy: "bare",
    ask: ({ page }) => fetch(page, { method: "PROPFIND" }),
  },
  { what: "options", status: 405, policy: "bare", ask: ({ page }) => fetch(page, { method: "OPTIONS" }) },
  {
    what: "an event",
    status: 200,
    policy: "bare",
    ask: ({ page, session }) => fetch(page, { method: "POST", headers: json, body: call(session, "Ada") }),
  },
  {
    what: "an event that is refused",
    status: 404,
    policy: "bare",
    ask: ({ page, session }) =>
      fetch(page, { method: "POST", headers: json, body: call(session, "Ada", "nope") }),
  },
  {
    what: "a form",
    status: 200,
    policy: "page",
    ask: ({ page, session }) =>
      fetch(page, {
        method: "POST",
        body: new URLSearchParams({ $session: session, "$run.predict": "", name: "Ada", volume: "1" }),
      }),
  },
  {
    what: "a body that is too large",
    status: 413,
    policy: "bare",
    ask: ({ page, session }) =>
      fetch(page, { method: "POST", headers: json, body: call(session, "x".repeat(2_000_000)) }),
  },
  {
    what: "a write from another site",
    status: 403,
    policy: "bare",
    ask: ({ page, session }) =>
      fetch(page, {
        method: "POST",
        headers: { ...json, origin: "https://evil.example" },
        body: call(session, "Ada"),
      }),
  },
  { what: "a file", status: 200, policy: "file", ask: ({ file }) => fetch(file) },
  {
    what: "a part of a file",
    status: 206,
    policy: "file",
    ask: ({ file }) => fetch(file, { headers: { range: "bytes=0-1" } }),
  },
  {
    what: "no file",
    status: 404,
    policy: "file",
    ask: ({ page }) => fetch(`${page}/files/${"A".repeat(22)}`),
  },
  { what: "a script", status: 200, policy: "asset", ask: ({ asset }) => fetch(asset) },
  { what: "a style sheet", status: 200, policy: "asset", ask: ({ base }) => fetch(`${base}/atoll.css`) },
  { what: "no script", status: 404, policy: "asset", ask: ({ asset }) => fetch(`${asset}.map`) },
];

const ALWAYS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), display-capture=()",
};

Deno.test("Every answer of the server says what may be done with it", async (t) => {
  await using server = await startServer({ ATOLL_MAX_UPLOAD: "1000000" });
  const to = await targetOf(server);
  for (const { what, status, policy, ask } of asked) {
    await t.step(what, async () => {
      const response = await ask(to);
      await response.body?.cancel();
      assert.equal(response.status, status);
      const { headers } = response;
      assert.equal(headers.has("allow"), status === 405);
      for (const [name, value] of Object.entries(ALWAYS)) assert.equal(headers.get(name), value, name);
      assert.match(headers.get("content-security-policy") ?? "", POLICY[policy]);
      for (const name of ["server", "x-powered-by", "access-control-allow-origin", "set-cookie"]) {
        assert.equal(headers.get(name), null, name);
      }
    });
  }
});

Deno.test("What the build ships are scripts and styles, no sources and no maps", async () => {
  await using server = await startServer();
  const { base } = server;
  const seen = new Set<string>();
  const todo = [base + "/", `${base}/demos/greeter`];
  for (let url = todo.pop(); url !== undefined; url = todo.pop()) {
    if (seen.has(url)) continue;
    seen.add(url);
    const response = await fetch(url);
    const text = await response.text();
    assert.equal(response.status, 200, url);
    assert.doesNotMatch(text, /sourceMappingURL|file:\/\/\/|\/home\/|ATOLL_SECRET/, url);
    for (const [, link] of text.matchAll(/(?:from|import\()\s*"([^"]+\.js)"/g)) {
      const next = new URL(link as string, url).href;
      assert.ok(next.startsWith(base), next);
      todo.push(next);
    }
  }
  assert.ok(seen.size > 3);
  for (
    const path of [
      "/.env",
      "/.git/config",
      "/deno.json",
      "/deno.lock",
      "/main.ts",
      "/_fresh/server.js",
      "/_fresh/%2e%2e/deno.json",
    ]
  ) {
    const response = await fetch(base + path);
    await response.body?.cancel();
    assert.equal(response.status, 404, path);
  }
});

async function targetOf({ base }: TestServer) {
  const page = `${base}/demos/greeter`;
  const html = await (await fetch(page)).text();
  const session = /name="\$session" value="([^"]+)"/.exec(html)?.[1] ?? "";
  const asset = base + (/from ?"(\/[^"]+\.js)"/.exec(html)?.[1] ?? "");
  const headers = { "atoll-session": session, "atoll-name": "a.bin" };
  const sent = await fetch(`${page}/files`, { method: "POST", headers, body: "bytes" });
  const { url } = await sent.json() as { url: string };
  return { base, page, session, asset, file: base + url };
}
