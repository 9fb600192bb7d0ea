import assert from "node:assert/strict";
import { until } from "@/tests/until.ts";
import type { Counted, Received, Torture } from "./torture.ts";

/** What a case may do that others may not. */
export interface Allowed {
  /** Statuses of 500 and above that it may be answered. */
  readonly statuses?: readonly number[];
  /** How long it may hold up the server's loop, in milliseconds, where that is longer than for others. */
  readonly lagMs?: number;
}

/** What stood before a case. */
export interface Before {
  readonly counted: Counted;
  readonly tree: readonly string[];
}

/** Where things lie that no answer may tell of. */
export interface Ground {
  /** Folder of the project's copy, of the data and of the home folder. */
  readonly folder: string;
  /** Texts that only the server knows. */
  readonly canaries: readonly string[];
  /** How often somebody asked the server that nobody may ask. */
  readonly hits: () => number;
  /** How long a case may hold up the server's loop, in milliseconds. */
  readonly mostLagMs: number;
  /** How often to look whether files, children and timers have come back. Default that of {@linkcode until}. */
  readonly tries?: number;
}

const HEADERS = [
  "x-content-type-options",
  "referrer-policy",
  "content-security-policy",
  "cross-origin-opener-policy",
  "cross-origin-resource-policy",
];
// A stack, a file of the machine, or words of the system.
const SOURCE =
  /\bat (?:async )?(?:file:|[\w.]+ \()|file:\/\/\/|\.tsx?:\d|\/home\/|\/tmp\/|\/node_modules\/|NotCapable|os error|SQLITE|ZodError/;
const ROOM = 5;
const SEAT_FILES = 8;

/** The nine checks after each case. Their numbers are those of the catalogue of cases. */
export async function checkAfter(
  torture: Torture,
  { counted: before, tree }: Before,
  { folder, canaries, hits, mostLagMs, tries }: Ground,
  { statuses = [], lagMs = 0 }: Allowed,
): Promise<void> {
  const now = await torture.count();
  assert.ok(
    now.lagMs < Math.max(lagMs, mostLagMs),
    `U6: the loop was held up for ${Math.round(now.lagMs)} ms`,
  );
  const health = await fetch(`${torture.server.base}/healthz`);
  await health.body?.cancel();
  assert.equal(health.status, 200, "U1: the server is not well");
  const said = torture.server.output();
  for (const canary of canaries) assert.ok(!said.includes(canary), `U2: the log tells ${canary}`);
  for (const received of torture.received) {
    checkAnswer(received, canaries, statuses);
  }
  torture.received.length = 0;
  const strange = (await treeOf(folder)).filter((path) => !tree.includes(path));
  assert.deepEqual(strange, [], "U7: files were left");
  await settled(torture, before, tries);
  assert.equal(hits(), 0, "U9: the server asked somebody");
}

function checkAnswer(received: Received, canaries: readonly string[], statuses: readonly number[]): void {
  const { url, status, headers, text } = received;
  const all = `${text} ${JSON.stringify([...headers])}`;
  for (const canary of canaries) assert.ok(!all.includes(canary), `U2: ${url} tells ${canary}`);
  assert.ok(status < 500 || statuses.includes(status), `U3: ${url} answers ${status}: ${text.slice(0, 200)}`);
  for (const name of HEADERS) assert.ok(headers.has(name), `U5: ${url}, ${status}, has no ${name}`);
  // Nobody read what it said.
  if (status < 400 || text === "") return;
  if (headers.get("content-type")?.startsWith("text/html")) {
    return assert.doesNotMatch(text, SOURCE, `U4: the page of ${url} tells of the source`);
  }
  assert.ok(text.length <= 1024, `U4: ${url} answers ${status} with ${text.length} letters`);
  // What Fresh itself says to other methods than GET where there is nothing.
  if (/^(?:Not Found|Method Not Allowed|Internal server error)$/.test(text)) return;
  assert.ok(text.startsWith("{"), `U4: ${url} answers ${status} with ${text}`);
  const { error } = JSON.parse(text) as { error: { code: string; message: string } };
  assert.ok(typeof error.code === "string" && typeof error.message === "string", `U4: ${text}`);
  assert.doesNotMatch(
    error.message,
    /\/\w+\/|\.tsx?\b|file:|^\s+at /m,
    "U4: the message tells of the source",
  );
  assert.doesNotMatch(text, SOURCE, `U4: ${url} tells of the source`);
}

/** Files, children and timers come back to what they were. */
async function settled(torture: Torture, before: Counted, tries?: number): Promise<void> {
  torture.hangUp();
  const over = (now: Counted) => {
    // Workers and processes that a pool has started since stay, each with a few pipes.
    const seats = Math.max(0, now.pools.seats - before.pools.seats);
    const room = { files: ROOM + SEAT_FILES * seats, children: ROOM + seats, timers: ROOM };
    const more = (["files", "children", "timers"] as const).filter((name) =>
      now[name] > before[name] + room[name]
    );
    return now.load.busy === 0 && now.load.waiting === 0 ? more : [...more, "load"];
  };
  await until(
    () => torture.count(),
    (now) => over(now).length === 0,
    {
      tries,
      what: (now) => `U8: ${over(now).join()} does not come back: ${JSON.stringify({ before, now })}`,
    },
  );
}

/** What stands before a case. */
export async function look(torture: Torture, { folder }: Ground): Promise<Before> {
  torture.hangUp();
  torture.received.length = 0;
  const tree = await treeOf(folder);
  return { counted: await torture.count(), tree };
}

/** All files but those that the server keeps in its data folder, where only unfinished ones count. */
async function treeOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (path: string) => {
    for await (const { name, isDirectory, isSymlink } of Deno.readDir(path)) {
      const at = `${path}/${name}`;
      if (isSymlink || name === "_fresh" || name === "_builds") continue;
      if (isDirectory) await walk(at);
      else if (!at.startsWith(`${folder}/data/`) || /\.(part|tmp)$/.test(name)) found.push(at);
    }
  };
  await walk(folder);
  return found;
}
