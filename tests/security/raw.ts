import type { Torture } from "@/tests/torture/torture.ts";

/** What came back over a connection. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** All of it. */
  readonly text: string;
}

const encoder = new TextEncoder();
// Nothing that is sent here is waited for longer by any route.
const MOST_MS = 60_000;

/** Sends bytes as they are, which no client library would, and gives all that comes back until the server closes. */
export async function raw(torture: Torture, request: string | Uint8Array): Promise<RawAnswer> {
  const { hostname, port } = new URL(torture.server.base);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const bytes = typeof request === "string" ? encoder.encode(request) : request;
  const late = setTimeout(() => connection.close(), MOST_MS);
  const text = await exchange(connection, bytes);
  clearTimeout(late);
  const end = text.indexOf("\r\n\r\n");
  const [first = "", ...lines] = text.slice(0, end < 0 ? undefined : end).split("\r\n");
  const headers = new Headers();
  for (const line of lines) {
    const at = line.indexOf(":");
    if (at > 0) headers.append(line.slice(0, at), line.slice(at + 1).trim());
  }
  const answer = {
    status: Number(first.slice(9, 12)),
    headers,
    body: end < 0 ? "" : text.slice(end + 4),
    text,
  };
  // What Deno's own parser refuses has no body and never was ours.
  if (answer.status !== 0 && (answer.status !== 400 || answer.body !== "")) {
    torture.received.push(received(first, answer));
  }
  return answer;
}

/** A request for a path that is sent as it is written. */
export async function rawGet(
  torture: Torture,
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<RawAnswer> {
  const { host } = new URL(torture.server.base);
  const all = { host, connection: "close", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return await raw(torture, `${method} ${path} HTTP/1.1\r\n${lines}\r\n`);
}

/** Does something for all of a list, so many at once. */
export async function forAll<T>(
  items: readonly T[],
  run: (item: T) => Promise<void>,
  atOnce = 8,
): Promise<void> {
  const left = items.values();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (const item of left) await run(item);
  }));
}

async function exchange(connection: Deno.Conn, bytes: Uint8Array): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const writing = write(connection, bytes);
  try {
    for await (const piece of connection.readable) text += decoder.decode(piece, { stream: true });
  } catch {
    // It was reset, or nothing more came: what came before counts.
  }
  await writing;
  return text;
}

async function write(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  } catch {
    // The server has answered and closed before it read everything.
  }
}

function received(first: string, { status, headers, body }: RawAnswer): Torture["received"][number] {
  const isChunked = headers.get("transfer-encoding") === "chunked";
  const text = isChunked ? body.replace(/(?:^|\r\n)[0-9a-f]+\r\n/gi, "").replace(/\r\n$/, "") : body;
  return { url: first, status, headers, text };
}
