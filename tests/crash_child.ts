/**
 * The process that `crash_test.ts` kills: accepts a run for each line of its input and says what it has acknowledged.
 * `open`, then `a <id>` for an accepted run and `f <id>` for a finished one.
 */
import { systemClock } from "@/lib/engine/engine.ts";
import { Journal } from "@/lib/engine/journal.ts";
import { openStore } from "@/lib/store/records_open.ts";
import { framesOf, runOf } from "./crash_run.ts";

const encoder = new TextEncoder();
const say = (line: string) => void Deno.stdout.writeSync(encoder.encode(`${line}\n`));
let log: Journal | undefined;
let rest = "";
say("here");
for await (const piece of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + piece).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    if (log) void serve(log, line);
    else log = await open(line);
  }
}

async function open(path: string): Promise<Journal> {
  const store = await openStore(`sqlite:${path}`);
  const log = new Journal({ store, now: Date.now, after: systemClock.after, broke: fail, flushMs: 5 });
  await log.unfinished();
  say("open");
  return log;
}

async function serve(log: Journal, id: string): Promise<void> {
  try {
    const accepted = log.accept(runOf(id)).then(() => say(`a ${id}`));
    const frames = framesOf(id);
    switch (id.length % 3) {
      case 0: // Never ends.
        log.append(id, 1, frames.slice(0, 2));
        return await accepted;
      case 1: // Ends before it is accepted.
        await Promise.all([accepted, log.finish(id, 1, frames)]);
        break;
      default: // Speaks first, ends later.
        log.append(id, 1, frames.slice(0, 2));
        await accepted;
        await log.flush();
        await log.finish(id, 3, frames.slice(2));
    }
    say(`f ${id}`);
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): void {
  say(`failed ${error}`);
  Deno.exit(1);
}
