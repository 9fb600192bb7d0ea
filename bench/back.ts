import { follow, type Going } from "@/lib/client/run.ts";
import type { ActionPlan } from "@/lib/value/page.ts";
import { seeded, startFaultProxy } from "@/tests/fault_proxy.ts";
import { sessionOf } from "./events.ts";
import { p99, sleep } from "./load.ts";
import type { Effort, Put } from "./part.ts";
import { app, floor, temporary } from "./programs.ts";
import { freePort, type Server } from "./server.ts";

const CUT_CLIENTS = 50;
const CUT_MS = 5000;
/** The head of an answer and at least one frame come through, and about fifteen at most. */
const [LEAST_BYTES, MORE_BYTES] = [700, 1000];
const RESTART_CLIENTS = 200;
const MOST_WAIT_MS = 60_000;

/** A client that reads a run as pages do, with the pages' own code, and counts what it misses. */
interface Reader {
  /** Milliseconds from each broken connection to the next frame. */
  readonly gaps: readonly number[];
  /** Resolves at the next frame. */
  news(): Promise<void>;
  /** Stops reading; rejects when the run could not be followed. */
  stop(): Promise<void>;
}

/** Clients whose connections are broken again and again while they read. */
export async function resuming(put: Put): Promise<void> {
  await using ours = await app("story");
  await using bare = await floor("hello");
  const cutOff = async (server: Server, session: string) => {
    await using proxy = await startFaultProxy(server.base);
    const random = seeded(7);
    proxy.arm(() => ({ bytes: LEAST_BYTES + Math.floor(random() * MORE_BYTES), end: "reset" }));
    const readers = Array.from({ length: CUT_CLIENTS }, () => read(proxy.base, session));
    await sleep(CUT_MS);
    proxy.disarm();
    await Promise.all(readers.map((reader) => reader.stop()));
    const gaps = readers.flatMap(({ gaps }) => gaps);
    if (gaps.length < CUT_CLIENTS) throw new Error(`Cannot measure resuming: there were ${gaps.length} cuts`);
    return p99(gaps);
  };
  put("resume", await cutOff(ours, await sessionOf(ours)), await cutOff(bare, ""));
}

/**
 * A server that keeps runs on the disk is killed while many read, and started anew at once: from the kill until the last
 * of them has news of its run. The bare program keeps nothing and begins where it is asked to.
 */
export async function restarting(put: Put, { loads }: Effort): Promise<void> {
  for (let i = 0; i < Math.min(loads, 2); i++) {
    await using folder = await temporary();
    const env = { STORE: `sqlite:${folder.path}/atoll.db` };
    const ours = await restarted((port) => app("story", { env, port }), sessionOf);
    put("restart", ours, await restarted((port) => floor("hello", { port }), () => Promise.resolve("")));
  }
}

async function restarted(
  begin: (port: number) => Promise<Server>,
  session: (server: Server) => Promise<string>,
): Promise<number> {
  const port = freePort();
  let killed: number;
  let readers: Reader[];
  {
    await using first = await begin(port);
    const token = await session(first);
    readers = Array.from({ length: RESTART_CLIENTS }, () => read(first.base, token));
    await all(readers);
    await sleep(500);
    killed = performance.now();
    await first.kill();
  }
  await using _second = await begin(port);
  await all(readers);
  const tookMs = performance.now() - killed;
  await Promise.all(readers.map((reader) => reader.stop()));
  const back = readers.filter(({ gaps }) => gaps.length > 0).length;
  if (back === RESTART_CLIENTS) return tookMs;
  throw new Error(`Cannot measure a restart: ${back} clients noticed it`);
}

async function all(readers: readonly Reader[]): Promise<void> {
  const timeout = AbortSignal.timeout(MOST_WAIT_MS);
  const late = new Promise<never>((_, reject) =>
    timeout.addEventListener("abort", () => reject(new Error("Cannot measure: clients hear nothing")))
  );
  await Promise.race([Promise.all(readers.map((reader) => reader.news())), late]);
}

function read(base: string, session: string): Reader {
  const gaps: number[] = [];
  let cutMs: number | undefined;
  let waiting: (() => void)[] = [];
  const going: Going = {
    id: crypto.getRandomValues(new Uint8Array(16)).toBase64({ alphabet: "base64url", omitPadding: true }),
    key: "story",
    plan: {} as ActionPlan,
    seq: 0,
    status: { phase: "idle" },
    raised: { id: "go" },
    at: 0,
    given: {},
    late: new Set(),
  };
  const page = {
    post: (body: object, signal?: AbortSignal) =>
      fetch(base, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...body, session }),
        signal: signal ?? null,
      }),
    apply: () => {
      if (cutMs !== undefined) gaps.push(performance.now() - cutMs);
      cutMs = undefined;
      for (const tell of waiting) tell();
      waiting = [];
    },
    waits: (_: Going, message?: string) => {
      if (message !== undefined) cutMs ??= performance.now();
    },
  };
  const followed = follow(page, going, { action: "story", input: { x: "" }, id: going.id });
  const ended = followed.then((refused) => {
    if (!going.over) throw new Error(`Cannot measure: a run ended, ${refused?.message ?? "and said all"}`);
  });
  ended.catch(() => {});
  return {
    gaps,
    news: () => Promise.race([new Promise<void>((resolve) => waiting.push(resolve)), ended]),
    stop: async () => {
      going.over = true;
      going.end?.();
      await ended;
    },
  };
}
