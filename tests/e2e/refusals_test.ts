import assert from "node:assert/strict";
import { FAULTS } from "@/lib/value/fault.ts";
import { startServer, type TestServer } from "@/tests/server.ts";

/** The session token that a page was given. */
async function sessionOf(server: TestServer, demo: string): Promise<string> {
  const html = await (await fetch(`${server.base}/demos/${demo}`)).text();
  const token = /name="\$session" value="([^"]+)"/.exec(html)?.[1];
  assert.ok(token, "the page names no session");
  return token;
}

const json = { "content-type": "application/json" };
const deep = "[".repeat(40_000) + "]".repeat(40_000);

Deno.test("What is wrong with a request is answered with one clear error, and the server goes on", async (t) => {
  await using server = await startServer({ ATOLL_MAX_UPLOAD: "100000" });
  const greeter = `${server.base}/demos/greeter`;
  const session = await sessionOf(server, "greeter");
  const other = await sessionOf(server, "digits");
  const call = (input: unknown, action = "predict", token: unknown = session) =>
    JSON.stringify({ action, input, session: token });
  const upload = (body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(`${greeter}/files`, {
      method: "POST",
      body,
      headers: { "atoll-session": session, "atoll-name": "a.png", ...headers },
    });
  const post = (body: BodyInit | null, headers: Record<string, string> = json) =>
    fetch(greeter, { method: "POST", body, headers });
  const good = { name: "Ada", volume: 3 };

  const cases: Record<
    string,
    [status: number, code: keyof typeof FAULTS, request: () => Promise<Response>, field?: string]
  > = {
    "no body": [400, "bad_request", () => post("")],
    "half a body": [400, "bad_request", () => post("{")],
    "a list for a body": [400, "bad_request", () => post("[]")],
    "null for a body": [400, "bad_request", () => post("null")],
    "two values": [400, "bad_request", () => post("{}{}")],
    "bytes that are no UTF-8": [400, "bad_request", () => post(new Uint8Array([0x7b, 0xff, 0x7d]))],
    "a body nested too deep": [400, "bad_request", () => post(`{"action":"predict","input":${deep}}`)],
    "a number past the end of numbers": [
      422,
      "bad_input",
      () => post('{"action":"predict","input":{"volume":1e999}}'),
    ],
    "a key that reaches for the prototype": [
      422,
      "bad_input",
      () => post('{"__proto__":{"x":1},"action":"predict"}'),
    ],
    "JSON under another name": [
      415,
      "unsupported_type",
      () => post(call(good), { "content-type": "text/plain" }),
    ],
    "a body over the limit": [413, "too_large", () => post(call({ name: "x".repeat(1_200_000) }))],
    "an action that there is not": [404, "not_found", () => post(call(good, "nope"))],
    "an action named as Object's own": [404, "not_found", () => post(call(good, "constructor"))],
    "an input that there is not": [422, "bad_input", () => post(call({ ...good, nope: 1 }))],
    "a slider above its maximum": [422, "bad_input", () => post(call({ name: "Ada", volume: 11 })), "volume"],
    "a slider below its minimum": [422, "bad_input", () => post(call({ name: "Ada", volume: -1 })), "volume"],
    "text for a number": [422, "bad_input", () => post(call({ name: "Ada", volume: "3" })), "volume"],
    "null for a number": [422, "bad_input", () => post(call({ name: "Ada", volume: null })), "volume"],
    "a number for text": [422, "bad_input", () => post(call({ name: 3, volume: 3 })), "name"],
    "a choice that is not offered": [
      422,
      "bad_input",
      async () =>
        await fetch(`${server.base}/demos/calculator`, {
          method: "POST",
          headers: json,
          body: JSON.stringify({
            action: "predict",
            input: { a: 1, operation: "power", b: 2 },
            session: other,
          }),
        }),
      "operation",
    ],
    "no session": [410, "expired", () => post(call(good, "predict", null))],
    "a session of one's own making": [
      410,
      "expired",
      () => post(call(good, "predict", `${"A".repeat(22)}.${"B".repeat(22)}`)),
    ],
    "a run that there is not": [404, "not_found", () => post(JSON.stringify({ cancel: "x", session }))],
    "a run to resume that there is not": [
      404,
      "not_found",
      () => post(JSON.stringify({ resume: "x", after: 0, session })),
    ],
    "an upload over the limit": [413, "too_large", () => upload(new Uint8Array(100_001))],
    "an upload without a session": [410, "expired", () => upload("x", { "atoll-session": "" })],
    "a file that there is not": [404, "not_found", () => fetch(`${greeter}/files/${"A".repeat(22)}`)],
    "a file by a path": [404, "not_found", () => fetch(`${greeter}/files/..%2f..%2fdeno.json`)],
    "another method": [405, "method_not_allowed", () => fetch(greeter, { method: "DELETE" })],
    "another site": [403, "forbidden", () => post(call(good), { ...json, origin: "https://evil.example" })],
    "a site that hides its name": [403, "forbidden", () => post(call(good), { ...json, origin: "null" })],
    "another site, without its name": [
      403,
      "forbidden",
      () => post(call(good), { ...json, "sec-fetch-site": "cross-site" }),
    ],
  };
  for (const [name, [status, code, request, field]] of Object.entries(cases)) {
    await t.step(name, async () => {
      const response = await request();
      const text = await response.text();
      assert.equal(response.status, status, text);
      assert.ok(!/\bat .*\.tsx?:\d+/.test(text), `a stack reached the client: ${text}`);
      assert.ok(response.headers.get("content-security-policy"));
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
      if (!response.headers.get("content-type")?.includes("json")) return assert.equal(status, 404);
      const { error } = JSON.parse(text) as { error: { code: string; message: string; field?: string } };
      assert.equal(error.code, code);
      assert.ok(error.message.length > 5);
      assert.equal(error.field, field);
      // The next one, a good call, is answered as if nothing had been.
      const next = await post(call(good));
      assert.match(await next.text(), /Hello, Ada!!!/);
    });
  }
});

Deno.test("A file belongs to the session that sent it", async () => {
  await using server = await startServer();
  const page = `${server.base}/demos/digits`;
  const [mine, theirs] = [await sessionOf(server, "digits"), await sessionOf(server, "digits")];
  const bytes = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>');
  const sent = await fetch(`${page}/files`, {
    method: "POST",
    body: bytes,
    headers: { "atoll-session": mine, "atoll-name": encodeURIComponent("../../x<b>.svg") },
  });
  assert.equal(sent.status, 200);
  const ref = await sent.json() as { id: string; url: string; name: string };
  assert.ok(!ref.name.includes("/"));
  const read = await fetch(server.base + ref.url);
  assert.equal(read.status, 200);
  assert.match(read.headers.get("content-disposition") ?? "", /^attachment/);
  assert.match(read.headers.get("content-security-policy") ?? "", /sandbox/);
  assert.equal((await read.bytes()).length, bytes.length);

  const use = async (session: string) => {
    const body = JSON.stringify({ action: "predict", input: { picture: ref }, session });
    return await (await fetch(page, { method: "POST", headers: json, body })).text();
  };
  assert.match(
    await use(theirs),
    /"type":"failed".*"code":"bad_input".*This file has expired.*"field":"picture"/,
  );
  assert.doesNotMatch(await use(mine), /This file has expired/);
});

Deno.test("The guard refuses names that the server does not have", async () => {
  await using server = await startServer();
  const { hostname, port } = new URL(server.base);
  for (
    const host of [
      "evil.example",
      "localhost.evil.example",
      "127.0.0.1.nip.io",
      "a/b?c@d",
      "a b<script>",
      "user@localhost",
      "",
      "localhost:999999",
    ]
  ) {
    using connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(
      new TextEncoder().encode(`GET /demos/greeter HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
    );
    const text = await new Response(connection.readable).text();
    assert.match(text, /^HTTP\/1\.1 (421|400) /, `${host}: ${text.slice(0, 100)}`);
  }
});

Deno.test("The server ends with 0 once its time for runs is up, though a stream is open", async () => {
  await using server = await startServer({ ATOLL_DRAIN_SECONDS: "1" });
  const session = await sessionOf(server, "stories");
  const stream = await fetch(`${server.base}/demos/stories`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({ action: "telling", input: { subject: "a kettle", pace: 2 }, session }),
  });
  const reader = stream.body?.getReader();
  await reader?.read();
  assert.equal(await server.end("SIGTERM"), 0);
  await reader?.cancel().catch(() => {});
});

Deno.test("The server says so when its port is taken, and ends with 1", async () => {
  await using server = await startServer();
  const { port } = new URL(server.base);
  await assert.rejects(startServer({ PORT: port }), new RegExp(`Cannot use PORT=${port}: it is taken`));
  await assert.rejects(startServer({ PORT: "many" }), /Cannot use PORT=many: it must be a whole number/);
});
