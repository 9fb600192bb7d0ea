import assert from "node:assert/strict";
import { until } from "@/tests/until.ts";
import { Listener } from "./listener.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function connect(port: number, text = ""): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  if (text !== "") await connection.write(encoder.encode(text));
  return connection;
}

Deno.test("Listener closes connections without a whole request when many are open, and no others", async () => {
  const go = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const cuts: string[] = [];
  const listener = new Listener(
    { port: 0, hostname: "127.0.0.1", onListen() {}, onCut: (what) => cuts.push(what), onLost: fail },
    async (request) => {
      if (request.url.endsWith("/slow")) {
        begun.resolve();
        await go.promise;
      }
      return new Response("answered");
    },
  );
  const { port } = listener.addr;
  const silent = await connect(port);
  const half = await connect(port, "GET / HTTP/1.1\r\nHost: loc");
  const slow = await connect(port, "GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await begun.promise;
  await listener.renew();
  assert.equal(cuts.length, 1);
  assert.equal(listener.addr.port, port);
  for (const connection of [silent, half]) {
    assert.equal(await connection.read(new Uint8Array(1)), null);
    connection.close();
  }
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "answered");
  let over = false;
  const ended = listener.shutdown().then(() => over = true);
  assert.equal(over, false, "it waits for what the one before has under way");
  go.resolve();
  const buffer = new Uint8Array(1000);
  assert.match(decoder.decode(buffer.subarray(0, await slow.read(buffer) ?? 0)), /200 OK[^]*answered/);
  slow.close();
  await ended;
});

Deno.test("Listener renews by itself from a number of open descriptors on", async () => {
  const cut = Promise.withResolvers<void>();
  let open = 101;
  const listener = new Listener({
    port: 0,
    hostname: "127.0.0.1",
    onListen() {},
    onLost: fail,
    onCut: () => {
      open = 0;
      cut.resolve();
    },
    open: () => open,
    maxOpen: 100,
  }, () => new Response("answered"));
  const silent = await connect(listener.addr.port);
  await cut.promise;
  assert.equal(await silent.read(new Uint8Array(1)), null);
  silent.close();
  await listener.shutdown();
});

for (const alone of [true, false]) {
  Deno.test(`Listener ${alone ? "closes" : "leaves"} connections while ${alone ? "only unwanted" : "wanted"} bodies are missing`, async () => {
    const cuts: string[] = [];
    const asked = Promise.withResolvers<void>();
    let times = 0;
    const listener = new Listener({
      port: 0,
      hostname: "127.0.0.1",
      onListen() {},
      onLost: fail,
      onCut: (what) => cuts.push(what),
      open: () => 1,
      maxOpen: 100,
      clearEveryMs: 0,
      onlyLeftovers: () => {
        if (++times === 2) asked.resolve();
        return alone && times === 1;
      },
    }, () => new Response("answered"));
    const { port } = listener.addr;
    const half = await connect(port, "GET / HTTP/1.1\r\nHost: localhost\r\n");
    await asked.promise;
    assert.deepEqual(cuts, alone ? ["Refused requests kept their connections: these were closed"] : []);
    if (alone) assert.equal(await half.read(new Uint8Array(1)), null);
    else {
      await half.write(encoder.encode("Connection: close\r\n\r\n"));
      assert.match(decoder.decode(await readAll(half)), /answered$/);
    }
    if (alone) half.close();
    await listener.shutdown();
  });
}

async function readAll(connection: Deno.TcpConn): Promise<Uint8Array> {
  return await new Response(connection.readable).bytes();
}

function fail(error: unknown): never {
  throw error;
}

Deno.test("Listener says so when it cannot listen again, and does not go on in silence", async () => {
  const servers: Deno.HttpServer<Deno.NetAddr>[] = [];
  const lost = Promise.withResolvers<unknown>();
  const listener = new Listener({
    port: 0,
    hostname: "127.0.0.1",
    onListen() {},
    onCut() {},
    onLost: lost.resolve,
    tries: 3,
    serve: (options, handler) => {
      if (servers.length > 0) throw new Deno.errors.AddrInUse("taken by somebody else");
      const server = Deno.serve(options, handler);
      servers.push(server);
      return server;
    },
  }, () => new Response("answered"));
  await listener.renew();
  assert.match(String(await lost.promise), /taken by somebody else/);
  await listener.shutdown();
});

Deno.test("Listener outlives the last descriptor", async () => {
  const child = new Deno.Command("sh", {
    args: ["-c", `ulimit -n 128 && exec "${Deno.execPath()}" run -A --no-check --quiet "$0"`, childUrl()],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const connections: Deno.TcpConn[] = [];
  try {
    const lines = child.stdout.pipeThrough(
      new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>,
    );
    const reader = lines.getReader();
    const port = Number((await reader.read()).value);
    let said = "";
    const cut = (async () => {
      while (!said.includes("cut")) said += (await reader.read()).value ?? "cut, and gone";
    })();
    // Far more than it may have, faster than it looks.
    for (let i = 0; i < 400 && said === ""; i++) {
      const connection = await connect(port).catch(() => undefined);
      if (connection) connections.push(connection);
    }
    await cut;
    assert.match(said, /^cut: The server ended and starts again/);
    for (const connection of connections.splice(0)) connection.close();
    assert.equal(await textOf(`http://127.0.0.1:${port}/`), "answered");
    await reader.cancel();
  } finally {
    for (const connection of connections) connection.close();
    child.kill("SIGKILL");
    await child.status;
  }
});

// What waits at the old socket when it is closed is reset; a browser asks again, and finds the new one.
async function textOf(url: string): Promise<string> {
  const asked = () => fetch(url).then((response) => response.text(), () => undefined);
  return await until(asked, (text) => text !== undefined) ?? "";
}

function childUrl(): string {
  const code = `
    import { Listener } from ${JSON.stringify(new URL("./listener.ts", import.meta.url).href)};
    new Listener({
      port: 0,
      hostname: "127.0.0.1",
      onListen: ({ port }) => console.log(port),
      onCut: (what) => console.log("cut: " + what),
      onLost: () => console.log("lost"),
      open: () => 0,
    }, () => new Response("answered"));
  `;
  return `data:text/typescript,${encodeURIComponent(code)}`;
}
