// deno-lint-ignore-file no-console -- the log is put back to where it was
import assert from "node:assert/strict";
import { logTo } from "@/lib/ops/log.ts";
import { addressSet } from "./address.ts";
import { App } from "fresh";
import { guarded } from "@/lib/gate/guard.ts";
import { ForgottenProxy, keepPublicUrl, peerOf, ProxyWithPath, publicUrl, seenFrom } from "./peer.ts";

const proxies = addressSet(["10.0.0.0/8", "fd00::/8", "192.0.2.1"]);
const from = (hostname: string): Deno.ServeHandlerInfo => ({
  remoteAddr: { transport: "tcp", hostname, port: 1 },
  completed: Promise.resolve(),
});
const request = (headers: Record<string, string>) =>
  new Request("http://inner:8000/a?b=c", { headers: { host: "inner:8000", ...headers } });

const cases: readonly (readonly [
  what: string,
  remote: string,
  headers: Record<string, string>,
  client: string,
  host?: string,
  scheme?: string,
])[] = [
  ["nothing told", "10.1.1.1", {}, "10.1.1.1"],
  ["one proxy", "10.1.1.1", { "x-forwarded-for": "198.51.100.1" }, "198.51.100.1"],
  [
    "one proxy that speaks version 6",
    "::ffff:10.1.1.1",
    { "x-forwarded-for": "198.51.100.1" },
    "198.51.100.1",
  ],
  ["two proxies", "fd00::1", { "x-forwarded-for": "198.51.100.1, 10.0.0.9" }, "198.51.100.1"],
  [
    "a client that claims another",
    "10.1.1.1",
    { "x-forwarded-for": "127.0.0.1, 198.51.100.1" },
    "198.51.100.1",
  ],
  [
    "a client that claims a proxy",
    "10.1.1.1",
    { "x-forwarded-for": "10.0.0.1, 198.51.100.1" },
    "198.51.100.1",
  ],
  ["a peer that is no proxy", "192.0.2.2", { "x-forwarded-for": "198.51.100.1" }, "192.0.2.2"],
  ["no address", "10.1.1.1", { "x-forwarded-for": "unknown" }, "10.1.1.1"],
  ["nonsense before a proxy", "10.1.1.1", { "x-forwarded-for": "<script>, 10.0.0.9" }, "10.0.0.9"],
  ["ports", "10.1.1.1", { "x-forwarded-for": "198.51.100.1:4711" }, "198.51.100.1"],
  ["brackets", "10.1.1.1", { "x-forwarded-for": "[2001:db8::1]:4711" }, "2001:db8::1"],
  [
    "name and scheme",
    "192.0.2.1",
    { "x-forwarded-for": "198.51.100.1", "x-forwarded-host": "app.example", "x-forwarded-proto": "https" },
    "198.51.100.1",
    "app.example",
    "https",
  ],
  [
    "Forwarded",
    "10.1.1.1",
    { forwarded: 'for=6.6.6.6, For="[2001:db8::1]:9";Proto=https;Host=app.example' },
    "2001:db8::1",
    "app.example",
    "https",
  ],
  [
    "both: one of them may be the client's own",
    "10.1.1.1",
    { "x-forwarded-for": "198.51.100.1", forwarded: "for=6.6.6.6;proto=https;host=evil.example" },
    "198.51.100.1",
  ],
  [
    "a scheme that is none",
    "10.1.1.1",
    { "x-forwarded-for": "198.51.100.1", "x-forwarded-proto": "gopher" },
    "198.51.100.1",
  ],
];

for (const [what, remote, headers, client, host = "inner:8000", scheme] of cases) {
  Deno.test(`peerOf() believes a proxy, and nobody else: ${what}`, () => {
    assert.deepEqual(peerOf(request(headers), from(remote), proxies), { client, host, scheme });
    assert.equal(peerOf(request(headers), from(remote), undefined).client, remote);
  });
}

Deno.test("publicUrl() is the address that the client asked for, seenFrom() its own", () => {
  const asked = request({});
  assert.equal(publicUrl(asked), "http://inner:8000/a?b=c");
  const peer = { client: "198.51.100.1", host: "app.example", scheme: "https" } as const;
  keepPublicUrl(asked, peer);
  assert.equal(publicUrl(asked), "https://app.example/a?b=c");
  const seen = seenFrom(from("10.1.1.1"), peer)?.remoteAddr as Deno.NetAddr;
  assert.equal(seen.hostname, "198.51.100.1");
});

Deno.test("A run that begins once its client has left is told that client's address", async () => {
  const [left, told] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request, info) => {
    const seen = seenFrom(info, peerOf(request, info, undefined));
    left.promise.then(() => told.resolve((seen?.remoteAddr as Deno.NetAddr).hostname)).catch(told.reject);
    info.completed.then(left.resolve, left.resolve);
    return new Response("answered");
  });
  await (await fetch(`http://127.0.0.1:${server.addr.port}/`)).text();
  assert.equal(await told.promise, "127.0.0.1");
});

Deno.test("addressSet() keeps the two families apart", () => {
  assert.ok(!addressSet(["::/0"]).has("192.0.2.1"));
  assert.ok(addressSet(["0.0.0.0/0"]).has("::ffff:192.0.2.1"));
  assert.ok(!addressSet(["0.0.0.0/0"]).has("proxy.example"));
  assert.ok(!proxies.has(""));
});

Deno.test("ForgottenProxy says once whom to name in ATOLL_PROXIES, and only at the start of a process", () => {
  const told = { "x-forwarded-for": "198.51.100.1" };
  const said = (
    looks: number,
    requests: readonly (readonly [from: string, headers: Record<string, string>])[],
  ) => {
    const lines: string[] = [];
    logTo(() => {}, (line) => lines.push(line));
    try {
      const forgotten = new ForgottenProxy(looks);
      for (const [remote, headers] of requests) forgotten.look(request(headers), from(remote), proxies);
    } finally {
      logTo(console.log, console.error);
    }
    return lines;
  };
  const [line, ...more] = said(9, [["192.0.2.9", {}], ["192.0.2.2", told], ["192.0.2.3", {
    forwarded: "for=_x",
  }]]);
  assert.match(line ?? "", /^192\.0\.2\.2 sends X-Forwarded-For, .* name it in ATOLL_PROXIES: /);
  assert.deepEqual(more, []);
  assert.deepEqual(said(9, [["10.1.1.1", told], ["192.0.2.2", {}]]), []);
  assert.deepEqual(said(2, [["192.0.2.2", {}], ["192.0.2.2", {}], ["192.0.2.2", told]]), []);
});

Deno.test("The log says once that a listed proxy serves the app below a path, where its pages do not work", async () => {
  const lines: string[] = [];
  logTo(() => {}, (line) => lines.push(line));
  try {
    const handle = guarded(new App(), { names: ["*"], proxies: ["10.0.0.0/8"], dev: false }).handler();
    const ask = async (remote: string, prefix: string) => {
      const headers = { "x-forwarded-for": "198.51.100.1", "x-forwarded-prefix": prefix };
      await (await handle(request(headers), from(remote))).body?.cancel();
    };
    await ask("10.1.1.1", "/");
    await ask("192.0.2.9", "/evil");
    assert.deepEqual(lines.filter((line) => line.includes("below")), []);
    await ask("10.1.1.1", "/atoll/");
    await ask("10.1.1.1", "/atoll/");
  } finally {
    logTo(console.log, console.error);
  }
  const said = lines.filter((line) => line.includes("below"));
  assert.equal(said.length, 1);
  assert.match(said[0] as string, /10\.1\.1\.1 serves the app below "\/atoll"/);
  const short = new ProxyWithPath(1);
  short.look(request({}), from("10.1.1.1"), proxies);
  short.look(request({ "x-forwarded-prefix": "/atoll" }), from("10.1.1.1"), proxies);
  assert.equal(lines.length, said.length + lines.filter((line) => !line.includes("below")).length);
});
