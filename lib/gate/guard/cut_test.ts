import assert from "node:assert/strict";
import { App } from "fresh";
import { readJson } from "@/lib/gate/body.ts";
import { guarded } from "@/lib/gate/guard.ts";
import { refuse } from "@/lib/gate/reply.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A request that begins and does not go on. */
function begun(method: string, path: string, more = ""): string {
  return `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${more}Content-Length: 2000000\r\n\r\n`;
}

async function send(port: number, text: string): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(encoder.encode(text));
  return connection;
}

/** What comes until the server closes the connection. */
async function untilClosed(connection: Deno.TcpConn): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(10_000);
  for (let n = await connection.read(buffer); n !== null; n = await connection.read(buffer)) {
    text += decoder.decode(buffer.subarray(0, n));
  }
  connection.close();
  return text;
}

async function firstOf(connection: Deno.TcpConn): Promise<string> {
  const buffer = new Uint8Array(10_000);
  return decoder.decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
}

Deno.test("guarded() closes connections past an address's share, whose bodies never come", async () => {
  const handler = guarded(new App(), { names: [], dev: false, connections: 3 }).handler();
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handler);
  const { port } = server.addr;
  const held: Deno.TcpConn[] = [];
  for (const path of ["/nope", "/files/x", "/a/b"]) {
    const connection = await send(port, `${begun("POST", path)}{`);
    assert.match(await firstOf(connection), /^HTTP\/1\.1 4\d\d /);
    held.push(connection);
  }
  // Each is answered in words, and over: none of them is held.
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
    for (const piece of ["", "{", "x".repeat(1000)]) {
      const text = await untilClosed(await send(port, begun(method, "/nope") + piece));
      assert.match(text, /^HTTP\/1\.1 429 [^]*"message":"[^"]+"}}$/);
    }
  }
  const chunked = "POST /nope HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc";
  assert.match(await untilClosed(await send(port, chunked)), /^HTTP\/1\.1 429 /);
  for (const connection of held) connection.close();
});

Deno.test("guarded() closes the connection of a GET with a body, and of whoever waits to be told to go on", async () => {
  const handler = guarded(new App(), { names: [], dev: false }).handler();
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handler);
  const { port } = server.addr;
  assert.match(await untilClosed(await send(port, begun("GET", "/"))), /^HTTP\/1\.1 400 /);
  const waiting = begun("POST", "/nope", "Expect: 100-continue\r\n");
  assert.match(
    await untilClosed(await send(port, waiting)),
    /^HTTP\/1\.1 (?:100 Continue\r\n\r\nHTTP\/1\.1 )?404 /,
  );
});

Deno.test("guarded() answers a refused request whole, and reads its body to the end", async () => {
  const handler = guarded(new App(), { names: [], dev: false }).handler();
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handler);
  for (const size of [0, 1, 70_000, 3_000_000]) {
    const url = `http://127.0.0.1:${server.addr.port}/nope`;
    const response = await fetch(url, { method: "POST", body: "x".repeat(size) });
    assert.equal(response.status, 404);
    await response.text();
  }
});

Deno.test("guarded() reads what came while the process was stopped before it calls anybody late", async () => {
  const reading = Promise.withResolvers<void>();
  const app = new App().post("/read", ({ req }) => {
    reading.resolve();
    return readJson(req).then((value) => Response.json(value), refuse);
  });
  const handler = guarded(app, { names: [], dev: false, stallMs: 100 }).handler();
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handler);
  const head =
    "POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n";
  const connection = await send(server.addr.port, `${head}{"a"`);
  await reading.promise;
  // The timer is set by then.
  await new Promise((resolve) => setTimeout(resolve));
  await connection.write(encoder.encode(":1}"));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
  assert.match(await firstOf(connection), /^HTTP\/1\.1 200 /);
  connection.close();
});
