// The readers and the files behind a real server: what only sockets show.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { diskBlobs } from "@/lib/store/blobs_disk.ts";
import type { Blobs } from "@/lib/store/port.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { FileRef } from "@/lib/value/file_ref.ts";
import { readJson } from "./body.ts";
import { deliver, receive } from "./files.ts";
import { readForm } from "./form.ts";
import { refuse } from "./reply.ts";

const MIB = 1024 * 1024;
const CHUNK = 65_536;

Deno.test("receive() takes 200 MB from a socket without holding them, and deliver() gives them back", async () => {
  await using site = await open({ maxBytes: 300 * MIB });
  await upload(site, 16 * MIB);
  const before = Deno.memoryUsage().rss;
  let peak = 0;
  const sent = createHash("sha256");
  const ref = await upload(site, 200 * MIB, (chunk) => {
    sent.update(chunk);
    peak = Math.max(peak, Deno.memoryUsage().rss);
  });
  assert.equal(ref.size, 200 * MIB);
  assert.ok(peak - before < 64 * MIB, `RSS grew by ${(peak - before) >> 20} MiB`);

  const got = createHash("sha256");
  const response = await fetch(`${site.url}/files/${ref.id}`);
  for await (const chunk of response.body ?? []) got.update(chunk);
  assert.equal(got.digest("hex"), sent.digest("hex"));
  assert.ok(Deno.memoryUsage().rss - before < 96 * MIB);
});

Deno.test("deliver() gives ranges and heads of a large file over the wire", async () => {
  await using site = await open({ maxBytes: 64 * MIB });
  const { id } = await upload(site, 32 * MIB);
  const ask = (init: RequestInit) => fetch(`${site.url}/files/${id}`, init);
  for (
    const [start, end] of [[0, 0], [CHUNK - 1, CHUNK], [10 * MIB + 7, 12 * MIB], [
      32 * MIB - 5,
      32 * MIB - 1,
    ]] as const
  ) {
    const part = await ask({ headers: { range: `bytes=${start}-${end}` } });
    assert.equal(part.status, 206);
    const bytes = await part.bytes();
    assert.equal(bytes.length, end - start + 1);
    assert.ok(bytes.every((byte, at) => byte === byteAt(start + at)));
  }
  const head = await ask({ method: "HEAD" });
  assert.equal(head.headers.get("content-length"), String(32 * MIB));
  assert.equal(head.body, null);
  const bare: readonly (readonly [headers: Record<string, string>, status: number])[] = [
    [{ range: `bytes=${32 * MIB}-` }, 416],
    [{ "if-none-match": `"${id}"` }, 304],
  ];
  for (const [headers, status] of bare) {
    const response = await ask({ headers });
    assert.deepEqual([response.status, (await response.bytes()).length], [status, 0]);
  }
  // A reader that leaves in the middle: the file is closed, or the test would tell.
  for (const headers of [new Headers(), new Headers({ range: "bytes=1-" })]) {
    const reader = (await ask({ headers })).body?.getReader();
    await reader?.read();
    await reader?.cancel();
  }
});

Deno.test("deliver() lets no spelling of a path reach anything but an id", async () => {
  await using site = await open({});
  const { id } = await upload(site, 10);
  const paths = [
    "/files/../../etc/passwd",
    ...Array.from({ length: 12 }, (_, depth) => `/files/${"..%2f".repeat(depth + 1)}etc/passwd`),
    "/files/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/files/%2e%2e/x",
    "/files/.%2e/x",
    "/files/%c0%ae%c0%ae%c0%af",
    "/files/%e0%80%ae",
    "/files/%u002e",
    "/files/%ef%bc%8e%ef%bc%8e%ef%bc%8f",
    `/files/${id}/../../x`,
    `/files/${id}/..;/x`,
    `/files/${id}%00.png`,
    `/files/${id}/`,
    `/files/${id}/.`,
    `/files/${id}.html`,
    "/files//etc/passwd",
    "/files/%2fetc%2fpasswd",
    "/files/file:///etc/passwd",
    "/files/proc/self/environ",
    "/files/C:%5Cx",
    "/files/CON",
    "/files/x.txt::$DATA",
  ];
  const first = await raw(
    site,
    `GET /files/${"A".repeat(24)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
  );
  assert.match(first, /^HTTP\/1.1 404 /);
  const plain = (answer: string) => answer.replace(/\r\ndate: [^\r]*/i, "");
  for (const path of paths) {
    const answer = await raw(site, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    assert.equal(plain(answer), plain(first), path);
  }
  assert.match(
    await raw(site, `GET /files/${id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    /^HTTP\/1.1 200 /,
  );
});

const large: readonly (readonly [path: string, type: string, limit: number])[] = [
  ["/files", "application/octet-stream", 5 * MIB],
  ["/form", "multipart/form-data; boundary=b", 5 * MIB],
  ["/form", "application/x-www-form-urlencoded", MIB],
  ["/json", "application/json", MIB],
];
for (const [path, type, limit] of large) {
  Deno.test(`A body of ${type} that says it is too large is refused before it is sent`, async () => {
    await using site = await open({ maxBytes: 5 * MIB });
    const answer = await raw(
      site,
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${limit + 1}\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1.1 413 /);
    assert.match(answer, /\r\nconnection: close\r\n/i);
    assert.match(answer, /"code":"too_large"/);
  });

  Deno.test(`A body of ${type} without a length is refused at the limit, while it is being sent`, async () => {
    await using site = await open({ maxBytes: 5 * MIB });
    const start = type.startsWith("multipart")
      ? '--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n'
      : "";
    const head =
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    assert.match(await flood(site, head, start), /^HTTP\/1.1 413 /);
    // The chunk that goes past the limit is the last one that is read.
    assert.ok(site.taken() > 0 && site.taken() < limit + MIB, `${site.taken()} bytes were read`);
    assert.equal(await site.used(), 0);
  });
}

const leavings: readonly (readonly [how: string, leave: (socket: Deno.TcpConn) => void | Promise<void>])[] = [
  ["closes its half", (socket) => socket.closeWrite()],
  ["closes", () => {}],
];
for (
  const [path, type] of [["/files", "application/octet-stream"], [
    "/form",
    "multipart/form-data; boundary=b",
  ]] as const
) {
  for (const [how, leave] of leavings) {
    Deno.test(`Nothing is kept of a body for ${path} whose sender ${how} in the middle`, async () => {
      await using site = await open({});
      const failed = site.failed();
      const start = '--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n';
      using socket = await Deno.connect({ hostname: "127.0.0.1", port: site.port });
      await writeAll(
        socket,
        `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 1000000\r\n\r\n`,
      );
      await writeAll(socket, start);
      await writeAll(socket, "x".repeat(500_000));
      await site.begun;
      await leave(socket);
      if (how === "closes") socket.close();
      const fault = await failed;
      assert.ok(fault instanceof Fault && fault.code === "cancelled", `${fault}`);
      assert.equal(await site.used(), 0);
    });
  }
}

/** A server with the readers behind it, and what it has on its disk. */
interface Site extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Resolves when the first put has begun to read. */
  readonly begun: Promise<void>;
  /** What the next request is refused with. */
  failed(): Promise<unknown>;
  /** How many bytes of bodies were read by the functions under test. */
  taken(): number;
  /** How many files there are, half ones too. */
  used(): Promise<number>;
}

async function open({ maxBytes = 10 * MIB }: { maxBytes?: number }): Promise<Site> {
  const root = await Deno.makeTempDir();
  const begun = Promise.withResolvers<void>();
  const store = diskBlobs({ root });
  const blobs: Blobs = Object.assign(Object.create(store) as Blobs, {
    put: (...[body, options]: Parameters<Blobs["put"]>) => {
      begun.resolve();
      return store.put(body, options);
    },
    get: store.get.bind(store),
    read: store.read.bind(store),
    delete: store.delete.bind(store),
  });
  let waiting: PromiseWithResolvers<unknown> | undefined;
  let taken = 0;
  const handle = async (received: Request): Promise<Response> => {
    const request = counted(received, (bytes) => taken += bytes);
    const { pathname } = new URL(request.url);
    const url = (id: string) => `/files/${id}`;
    const options = { owner: "ann", blobs, url, maxBytes };
    try {
      if (pathname === "/json") return Response.json(await readJson(request));
      if (pathname === "/form") {
        const limits = { maxFileBytes: maxBytes, maxBytes };
        return Response.json([...await readForm(request, { ...options, limits })]);
      }
      if (request.method === "POST") return Response.json(await receive(request, options));
      return await deliver(request, pathname.replace(/^\/files\//, ""), blobs);
    } catch (error) {
      waiting?.resolve(error);
      return refuse(error);
    }
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handle);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    port: server.addr.port,
    begun: begun.promise,
    failed: () => (waiting = Promise.withResolvers()).promise,
    taken: () => taken,
    used: () => count(root),
    [Symbol.asyncDispose]: async () => {
      await server.shutdown();
      await store[Symbol.asyncDispose]();
      await Deno.remove(root, { recursive: true });
    },
  };
}

/** The same request, whose body tells how many bytes are read from it. */
function counted(request: Request, took: (bytes: number) => void): Request {
  const { body: given } = request;
  if (given === null) return request;
  // A body that nobody asks for stays with the server, which throws it away.
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await (reader ??= given.getReader()).read();
      if (done) return controller.close();
      took(value.length);
      controller.enqueue(value);
    },
    cancel: (reason) => reader?.cancel(reason),
  }, { highWaterMark: 0 });
  return new Request(request, { body });
}

async function count(folder: string): Promise<number> {
  let files = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    files += isDirectory ? await count(`${folder}/${name}`) : name === "files.lock" ? 0 : 1;
  }
  return files;
}

function byteAt(place: number): number {
  return (place * 7 + (place >> 8)) & 255;
}

/** Uploads generated bytes over a plain socket, so that the sender holds nothing either. */
async function upload(site: Site, size: number, watch?: (chunk: Uint8Array) => void): Promise<FileRef> {
  using socket = await Deno.connect({ hostname: "127.0.0.1", port: site.port });
  await writeAll(
    socket,
    `POST /files HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\nConnection: close\r\n\r\n`,
  );
  const period = Uint8Array.from({ length: Math.min(CHUNK, size) }, (_, at) => byteAt(at));
  for (let at = 0; at < size; at += period.length) {
    const chunk = period.subarray(0, size - at);
    watch?.(chunk);
    await writeAll(socket, chunk);
  }
  const answer = await readAnswer(socket);
  return JSON.parse(answer.slice(answer.indexOf("{"), answer.lastIndexOf("}") + 1));
}

/** Sends chunks until there is an answer. The server would take more, and throw it away. */
async function flood(site: Site, head: string, start: string): Promise<string> {
  using socket = await Deno.connect({ hostname: "127.0.0.1", port: site.port });
  let answered = false;
  const answer = readAnswer(socket).finally(() => answered = true);
  await writeAll(socket, head);
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
  if (start !== "") await writeAll(socket, chunk(start));
  const more = new TextEncoder().encode(chunk(" ".repeat(CHUNK)));
  while (!answered) await writeAll(socket, more);
  return await answer;
}

async function raw(site: Site, request: string): Promise<string> {
  using socket = await Deno.connect({ hostname: "127.0.0.1", port: site.port });
  await writeAll(socket, request);
  return await readAnswer(socket);
}

async function writeAll(socket: Deno.Conn, data: string | Uint8Array): Promise<void> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
}

/** Reads one answer, which tells its length. */
async function readAnswer(socket: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(CHUNK);
  let text = "";
  while (true) {
    const [head = "", body] = text.split("\r\n\r\n");
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    if (body !== undefined && body.length >= length) return text;
    const count = await socket.read(buffer);
    assert.ok(count, "the connection ended before the answer");
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
}
