import assert from "node:assert/strict";
import { startServer, type TestServer } from "@/tests/server.ts";
import { until } from "@/tests/until.ts";

/** How many slow or half-open connections, of four kinds alike. The server's own share for one address is 1,024. */
const CONNECTIONS = 1000;
const EVENTS = 200;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const BIG_BYTES = 8 * 1024 * 1024;

interface Target {
  readonly host: string;
  readonly port: number;
  readonly session: string;
  /** Path of a file that does not fit into any buffer on the way. */
  readonly file: string;
}

async function targetOf({ base }: TestServer): Promise<Target> {
  const html = await (await fetch(`${base}/demos/greeter`)).text();
  const session = /name="\$session" value="([^"]+)"/.exec(html)?.[1] ?? "";
  const headers = { "atoll-session": session, "atoll-name": "big.bin" };
  const sent = await fetch(`${base}/demos/greeter/files`, {
    method: "POST",
    headers,
    body: new Uint8Array(BIG_BYTES),
  });
  const { url } = await sent.json() as { url: string };
  const { host, port } = new URL(base);
  return { host, port: Number(port), session, file: url };
}

/** What slow ones say before they fall silent: nothing, half a head, one byte of a body, or that they want much. */
function openings({ host, file }: Target): string[] {
  const head = `Host: ${host}\r\nContent-Type: application/json\r\n`;
  return [
    "",
    `POST /demos/greeter HTTP/1.1\r\nHost: ${host}\r\nContent-Ty`,
    `POST /demos/greeter HTTP/1.1\r\n${head}Content-Length: 200000\r\n\r\n{`,
    `GET ${file} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  ];
}

async function connect(port: number, opening: string): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  if (opening !== "") await connection.write(encoder.encode(opening));
  return connection;
}

async function answer(connection: Deno.TcpConn): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(65_536);
  for (let read = await connection.read(buffer); read !== null; read = await connection.read(buffer)) {
    text += decoder.decode(buffer.subarray(0, read));
    if (text.includes("\r\n\r\n")) break;
  }
  return text;
}

Deno.test("Among 1,000 slow and half-open connections others are answered as ever", async () => {
  await using server = await startServer();
  const target = await targetOf(server);
  const kinds = openings(target);
  const slow = await Promise.all(
    Array.from({ length: CONNECTIONS }, (_, at) => connect(target.port, kinds[at % kinds.length]!)),
  );
  try {
    // The last reader has the head of its answer: all are there.
    assert.match(await answer(slow.at(-1)!), /^HTTP\/1\.1 200/);
    const { base } = server;
    const body = JSON.stringify({
      action: "predict",
      input: { name: "Ada", volume: 1 },
      session: target.session,
    });
    const headers = { "content-type": "application/json" };
    for (let event = 0; event < EVENTS; event++) {
      const response = await fetch(`${base}/demos/greeter`, { method: "POST", headers, body });
      assert.match(await response.text(), /Hello, Ada!/);
    }
    assert.match(await (await fetch(`${base}/demos/greeter`)).text(), /<h1/);
  } finally {
    for (const connection of slow) connection.close();
  }
});

Deno.test("One address may have so much under way, and no more; who is gone makes room", async () => {
  await using server = await startServer({ ATOLL_CONNECTIONS: "3" });
  const { base } = server;
  const host = new URL(base).host;
  const opening =
    `POST /demos/greeter HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`;
  const slow: Deno.TcpConn[] = [];
  const status = async () => {
    const response = await fetch(`${base}/demos/greeter`, { headers: { connection: "close" } });
    await response.body?.cancel();
    return response.status;
  };
  try {
    for (let i = 0; i < 3; i++) slow.push(await connect(Number(new URL(base).port), opening));
    await until(async () => await status() === 429);
    slow.pop()?.close();
    await until(async () => await status() === 200);
  } finally {
    for (const connection of slow) connection.close();
  }
});

Deno.test("A body that does not come is not waited for longer than the setting says", async () => {
  await using server = await startServer({ ATOLL_BODY_TIMEOUT: "1" });
  const { host, port } = new URL(server.base);
  const types = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];
  await Promise.all(types.map(async (type) => {
    const head =
      `POST /demos/greeter HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${type}\r\nContent-Length: 200000`;
    using connection = await connect(Number(port), `${head}\r\n\r\n{`);
    const text = await answer(connection);
    assert.match(text, /^HTTP\/1\.1 504/);
    assert.match(text, /connection: close/i);
  }));
});
