import { Connection, get, message } from "./connection.ts";
import { sleep } from "./load.ts";
import type { Effort, Put } from "./part.ts";
import { app, floor, run, sessionIn, site, temporary } from "./programs.ts";
import { forgetPeak, memory, type Server } from "./server.ts";

const KB = 1024;
const MB = KB * KB;
const UPLOAD_BYTES = 300 * 1000 * 1000;
const decoder = new TextDecoder();

/** How much memory a large upload takes. */
export async function uploads(put: Put, { starts }: Effort): Promise<void> {
  await using folder = await temporary();
  for (let i = 0; i < Math.min(starts, 3); i++) {
    await using ours = await app("hello", { env: { ATOLL_DATA: folder.path } });
    await using bare = await floor("hello", { env: { FLOOR_DATA: folder.path } });
    const session = sessionIn(await get(ours.base, "/"));
    const headers = { "atoll-session": session, "atoll-name": "big.bin" };
    // A small one first: what is only loaded for the first upload is not what the size costs.
    for (const [server, own] of [[ours, headers], [bare, {}]] as const) await uploadExtra(server, own, MB);
    const extra = await uploadExtra(ours, headers, UPLOAD_BYTES);
    put("upload", extra / MB, await uploadExtra(bare, {}, UPLOAD_BYTES) / MB);
  }
}

/** From nothing to the first page. */
export async function starts(put: Put, { starts }: Effort): Promise<void> {
  for (let i = 0; i < starts; i++) {
    const ours = await site();
    await ours[Symbol.asyncDispose]();
    const bare = await floor("hello");
    await bare[Symbol.asyncDispose]();
    put("start", ours.startMs, bare.startMs);
  }
}

/** How long a build takes. */
export async function builds(put: Put, { starts }: Effort): Promise<void> {
  for (let i = 0; i < Math.min(starts, 3); i++) {
    const started = performance.now();
    await run(["dev.ts", "build"]);
    put("build", performance.now() - started);
  }
}

// The most memory while a body arrives, less what the server had before.
async function uploadExtra(
  { base, pid }: Server,
  headers: Readonly<Record<string, string>>,
  bytes: number,
): Promise<number> {
  using connection = await Connection.open(base);
  await sleep(300);
  const before = memory(pid).now;
  forgetPeak(pid);
  await connection.write(message(base, "POST", "/files", {
    headers: {
      "content-type": "application/octet-stream",
      "content-length": String(bytes),
      ...headers,
    },
  }));
  const chunk = crypto.getRandomValues(new Uint8Array(64 * KB));
  for (let left = bytes; left > 0; left -= chunk.length) {
    await connection.write(chunk.subarray(0, Math.min(left, chunk.length)));
  }
  const { status, body } = await connection.answer();
  const size = status === 200 ? (JSON.parse(decoder.decode(body)) as { size: number }).size : 0;
  if (size !== bytes) {
    throw new Error(`Cannot measure an upload: it was answered with ${status}, ${size} bytes`);
  }
  return memory(pid).peak - before;
}
