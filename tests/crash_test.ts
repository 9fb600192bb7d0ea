import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { systemClock } from "@/lib/engine/engine.ts";
import { Journal } from "@/lib/engine/journal.ts";
import { openStore } from "@/lib/store/records_open.ts";
import { amount } from "@/tests/effort.ts";
import { framesOf, runOf } from "./crash_run.ts";

const KILLS = amount({ gate: 5, proof: 200 });
const CLIENTS = 32;

// SIGKILL leaves the page cache alone: this shows that nothing is acknowledged before it is written, not that the disk
// keeps what it was told to sync.
Deno.test("Nothing acknowledged is lost when a process is killed under load again and again", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "atoll-" }));
  const path = join(folder, "atoll.db");
  const random = randomOf(Number(Deno.env.get("CRASH_SEED") ?? 1));
  const all = new Set<string>();
  let next = new Child();
  try {
    for (let round = 0; round < KILLS; round++) {
      const child = next;
      const { accepted, finished } = await child.runUntil({
        path,
        round,
        acks: 1 + Math.floor(random() * 250),
        thenMs: random() * 12,
      });
      // Starts while this process looks at what the last one left.
      next = new Child();
      await verify(path, accepted, finished, round);
      for (const id of accepted) all.add(id);
    }
    assert.ok(all.size > KILLS * 50, `only ${all.size} runs were accepted`);
    await verify(path, all, new Set(), KILLS);
  } finally {
    await next.kill();
    await Deno.remove(folder, { recursive: true });
  }
});

/** Looks at what a killed process left: all that it acknowledged, whole; then ends what has no end. */
async function verify(
  path: string,
  accepted: ReadonlySet<string>,
  finished: ReadonlySet<string>,
  round: number,
): Promise<void> {
  await using store = await openStore(`sqlite:${path}`);
  const log = new Journal({
    store,
    now: Date.now,
    after: systemClock.after,
    broke: (error) => assert.fail(String(error)),
  });
  const unfinished = new Map((await log.unfinished()).map((run) => [run.id, run]));

  await Promise.all(Array.from(unfinished.keys(), (id) => log.interrupted(id)));
  assert.deepEqual(await log.unfinished(), []);
  const lost: string[] = [];
  for (const id of accepted) {
    const open = unfinished.get(id);
    if (open) {
      const { order, ...rest } = { ...open, acceptedMs: 0 };
      assert.deepEqual(rest, { ...runOf(id), acceptedMs: 0, attempt: 1 });
      assert.ok(Number.isSafeInteger(order));
    }
    const over = await log.read(id);
    if (over === undefined || (open && finished.has(id))) {
      lost.push(id);
      continue;
    }
    const frames = over.frames.map(({ seq: _, ...frame }) => frame);
    const whole = framesOf(id);
    if (over.outcome === "done") assert.deepEqual(frames, whole);
    else {
      assert.deepEqual(frames.slice(0, -2), whole.slice(0, frames.length - 2));
      assert.deepEqual(frames.slice(-2).map(({ type }) => type), ["failed", "done"]);
    }
  }
  assert.deepEqual(lost, [], `round ${round}`);
  using db = new DatabaseSync(path, { readOnly: true });
  assert.equal(db.prepare("PRAGMA integrity_check").get()?.integrity_check, "ok", `round ${round}`);
}

/** A process that serves until it is killed. */
class Child {
  readonly #process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", new URL("./crash_child.ts", import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  readonly #input = this.#process.stdin.getWriter();

  /** Keeps the process under load, and kills it a while after so many acknowledgements. */
  async runUntil(
    { path, round, acks, thenMs }: { path: string; round: number; acks: number; thenMs: number },
  ) {
    const accepted = new Set<string>();
    const finished = new Set<string>();
    let asked = 0;
    const send = (lines: string) => this.#input.write(new TextEncoder().encode(lines)).catch(() => {});
    // Ids of different lengths: they decide what a run does.
    const ask = () => `${round}-${asked}-${"x".repeat(asked++ % 7)}\n`;
    let rest = "";
    const heard = (line: string): string => {
      const [word, what = ""] = line.split(" ");
      if (word === "here") return `${path}\n`;
      if (word === "failed") throw new Error(line);
      if (word === "f") finished.add(what);
      if (word === "open") return Array.from({ length: CLIENTS }, ask).join("");
      if (word !== "a") return "";
      accepted.add(what);
      if (accepted.size === acks) setTimeout(() => this.#process.kill("SIGKILL"), thenMs);
      return ask();
    };
    for await (const piece of this.#process.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + piece).split("\n");
      rest = lines.pop() ?? "";
      const answer = lines.map(heard).join("");
      if (answer) void send(answer);
    }
    await this.#process.status;
    await this.#input.abort().catch(() => {});
    return { accepted, finished };
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.stdout.cancel();
    await this.#input.abort().catch(() => {});
    await this.#process.status;
  }
}

/** Numbers from 0 to 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}
