import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { createServer, Socket } from "node:net";
import { answerFiles } from "@/lib/gate/file_routes.ts";
import { refuse } from "@/lib/gate/reply.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import type { BlobsOptions } from "@/lib/store/port.ts";
import { Fault } from "@/lib/value/fault.ts";
import { seeded } from "@/tests/fault_proxy.ts";
import { uploadInPieces } from "./upload_pieces.ts";

const MIB = 1024 * 1024;

Deno.test("uploadInPieces() sends a file piece after piece, and tells how far it is", async () => {
  await using site = open();
  const file = named(10 * MIB, "a b.bin");
  const told: number[] = [];
  const ref = await uploadInPieces(sender(), file, site.place, { progress: (part) => told.push(part) });
  assert.deepEqual([ref.name, ref.size], ["a b.bin", 10 * MIB]);
  assert.deepEqual(told, [0, 0.4, 0.8, 1]);
  assert.deepEqual(site.methods, ["POST", "PATCH", "PATCH", "PATCH"]);
  await site.has(ref.id, file);
});

Deno.test("uploadInPieces() sends an empty file", async () => {
  await using site = open();
  const ref = await uploadInPieces(sender(), named(0, "x"), site.place);
  assert.equal(ref.size, 0);
});

Deno.test("uploadInPieces() goes on over cuts in the middle of pieces", async () => {
  await using site = open();
  const random = seeded(7);
  await using proxy = await cutting(
    site.port,
    (count) => count < 6 ? Math.floor(random() * 4 * MIB) : Infinity,
  );
  const file = named(12 * MIB, "x.bin");
  const told: number[] = [];
  const ref = await uploadInPieces(sender(), file, `${proxy.base}/x/files`, {
    progress: (part) => told.push(part),
  });
  await site.has(ref.id, file);
  assert.equal(proxy.cuts, 6);
  assert.equal(site.methods.filter((method) => method === "POST").length, 1);
  assert.deepEqual(told, told.toSorted((a, b) => a - b));
});

Deno.test("uploadInPieces() finds the file when the last answer was lost", async () => {
  await using site = open();
  const file = named(5 * MIB, "x.bin");
  site.lose = ({ method, headers }) => method === "PATCH" && headers.get("upload-complete") === "?1";
  const ref = await uploadInPieces(sender(), file, site.place);
  await site.has(ref.id, file);
  assert.deepEqual(site.methods, ["POST", "PATCH", "PATCH", "HEAD"]);
});

Deno.test("uploadInPieces() starts anew when the server has forgotten the upload", async () => {
  await using site = open();
  const file = named(5 * MIB, "x.bin");
  let forgot = false;
  site.before = async ({ method, url }) => {
    if (method !== "PATCH" || forgot) return;
    forgot = true;
    await site.blobs.delete(url.replace(/.*\//, ""));
  };
  const ref = await uploadInPieces(sender(), file, site.place);
  await site.has(ref.id, file);
  assert.equal(site.methods.filter((method) => method === "POST").length, 2);
});

Deno.test("uploadInPieces() gives up at once on what will not get better", async () => {
  await using site = open({ maxBytes: 6 * MIB, quotaBytes: 8 * MIB });
  const over = uploadInPieces(sender(), named(7 * MIB, "x"), site.place);
  await assert.rejects(over, (error) => error instanceof Fault && error.code === "too_large");
  assert.deepEqual(site.methods, ["POST"]);
  // Another one takes the room while the first is on its way.
  site.before = async ({ method }) => {
    if (method === "PATCH") await site.blobs.put(new Uint8Array(5 * MIB), { owner: "ann", name: "x" });
  };
  await assert.rejects(uploadInPieces(sender(), named(6 * MIB, "x"), site.place), { code: "too_large" });
});

Deno.test("uploadInPieces() that is cancelled leaves nothing on the server", async () => {
  await using site = open();
  const stop = new AbortController();
  const gone = Promise.withResolvers<void>();
  site.after = ({ method }) => method === "DELETE" && gone.resolve();
  const progress = (part: number) => part > 0 && stop.abort();
  const sent = uploadInPieces(sender(), named(9 * MIB, "x"), site.place, { signal: stop.signal, progress });
  await assert.rejects(sent, { code: "cancelled" });
  await gone.promise;
  const id = site.uploads[0] ?? "";
  assert.equal(await site.blobs.upload(id), undefined);
  assert.equal(await site.blobs.get(id), undefined);
});

Deno.test("uploadInPieces() does not wait out its pause when it is cancelled", async () => {
  await using site = open();
  const stop = new AbortController();
  site.lose = () => {
    queueMicrotask(() => stop.abort());
    return true;
  };
  const sent = uploadInPieces(sender(), named(9 * MIB, "x"), site.place, { signal: stop.signal });
  await assert.rejects(sent, { code: "cancelled" });
});

Deno.test("uploadInPieces() goes on as the page's own session when the kept one is not known any more", async () => {
  await using site = open();
  const stale = { token: "stale", page: { session: "ann" } };
  const ref = await uploadInPieces(stale, named(1, "x"), site.place);
  assert.equal((await site.blobs.get(ref.id))?.owner, "ann");
  assert.equal(stale.token, "ann");
  const lost = { token: "stale", page: { session: "stale" } };
  await assert.rejects(uploadInPieces(lost, named(1, "x"), site.place), { code: "expired" });
});

function sender(): { token: string; page: { session: string } } {
  return { token: "ann", page: { session: "ann" } };
}

function named(size: number, name: string): File {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at++) bytes[at] = at * 7 + (at >> 8);
  return new File([bytes], name);
}

interface Site extends AsyncDisposable {
  readonly place: string;
  readonly port: number;
  readonly blobs: ReturnType<typeof memoryBlobs>;
  readonly methods: string[];
  /** Ids of uploads that were begun. */
  readonly uploads: string[];
  before: (request: Request) => Promise<void> | void;
  after: (request: Request) => unknown;
  /** Whether the answer to a request breaks off. */
  lose: (request: Request) => boolean;
  has(id: string, file: Blob): Promise<void>;
}

function open(options: BlobsOptions = {}): Site {
  const blobs = memoryBlobs({ quotaBytes: 100 * MIB, ...options });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    site.methods.push(request.method);
    await site.before(request);
    const id = /^\/x\/files\/(.+)$/.exec(new URL(request.url).pathname)?.[1];
    const owner = () => {
      const token = request.headers.get("atoll-session");
      if (token !== "ann") throw new Fault("expired", "No such session");
      return token;
    };
    const url = (id: string) => `/x/files/${id}`;
    const answer = await answerFiles({ request, page: "/x", id }, { blobs, owner, url, maxBytes: 50 * MIB })
      .catch((error) => refuse(error));
    site.after(request);
    if (answer.status === 201) site.uploads.push(answer.headers.get("location")?.replace(/.*\//, "") ?? "");
    if (!site.lose(request)) return answer;
    site.lose = () => false;
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("broken")) });
    return new Response(broken, { status: 200, headers: answer.headers });
  });
  const site: Site = {
    place: `http://127.0.0.1:${server.addr.port}/x/files`,
    port: server.addr.port,
    blobs,
    methods: [],
    uploads: [],
    before: () => {},
    after: () => {},
    lose: () => false,
    has: async (id, file) => {
      const kept = await new Response(await blobs.read(id)).bytes();
      assert.ok(Buffer.from(await file.arrayBuffer()).equals(kept));
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  return site;
}

/** A proxy that breaks each connection after so many bytes of the sender. */
async function cutting(
  port: number,
  bytesOf: (count: number) => number,
): Promise<AsyncDisposable & { base: string; readonly cuts: number }> {
  let cuts = 0;
  let count = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    let left = bytesOf(count++);
    const upstream = new Socket();
    upstream.connect(port, "127.0.0.1");
    for (const [socket, other] of [[client, upstream], [upstream, client]] as const) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        other.destroy();
      });
    }
    client.on("data", (piece: Uint8Array) => {
      upstream.write(piece.subarray(0, Math.min(left, piece.length)));
      left -= piece.length;
      if (left > 0) return;
      cuts++;
      client.destroy();
    });
    upstream.on("data", (piece) => void client.write(piece));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as { port: number };
  return {
    base: `http://127.0.0.1:${address.port}`,
    get cuts() {
      return cuts;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
