import type { Clock, Engine } from "@/lib/engine/engine.ts";
import type { FinishedRun } from "@/lib/engine/journal.ts";
import type { Run } from "@/lib/engine/run.ts";
import { EVENT_STREAM, writeFrame } from "@/lib/wire/event_stream.ts";
import { wholeAnswer } from "./guard.ts";

const HEARTBEAT_MS = 15_000;
/** What a slow reader does not take stays in the log, where it may be folded: no more than this is written ahead. */
const MOST_LETTERS = 65_536;
const encoder = new TextEncoder();
const HEADERS: readonly (readonly [string, string])[] = [
  ["cache-control", "no-store"],
  ["x-accel-buffering", "no"],
];

/**
 * The frames of a run after `seq` as the answer to a request. A run that is over already is answered in one piece,
 * which costs a third of a stream; one that goes on is written at the pace of its reader: what it does not take
 * stays in the run's log, never in a buffer of this answer.
 */
export function answerRun(engine: Engine, run: Run, clock: Clock, seq = 0): Response {
  if (run.finished) {
    engine.seen(run);
    return wholeAnswer(take(run, seq)[0], EVENT_STREAM, HEADERS);
  }
  const reader = engine.attend(run);
  let beat: Disposable | undefined;
  // One call to the log outlasts many heartbeats.
  let waits = false;
  let arrived = () => {};
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      // More than once only for who claims to have seen what has not been said.
      for (;;) {
        if (!waits) {
          const news = run.after(seq);
          if (!news) break;
          waits = true;
          news.then(() => {
            waits = false;
            arrived();
          });
        }
        if (await sooner()) continue;
        controller.enqueue(encoder.encode(": still here\n\n"));
        return;
      }
      if (run.last > seq) {
        const [text, last] = take(run, seq, MOST_LETTERS);
        controller.enqueue(encoder.encode(text));
        seq = last;
      }
      if (run.finished && seq >= run.last) {
        engine.seen(run);
        reader[Symbol.dispose]();
        controller.close();
      }
    },
    cancel() {
      beat?.[Symbol.dispose]();
      reader[Symbol.dispose]();
    },
  }, { highWaterMark: 0 });
  return wholeAnswer(stream, EVENT_STREAM, HEADERS);

  // Whether the news came before a heartbeat was due.
  function sooner(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = beat = clock.after(HEARTBEAT_MS, () => resolve(false));
      arrived = () => {
        timer[Symbol.dispose]();
        resolve(true);
      };
    });
  }
}

/** What a run said that is over and kept by the journal alone, as the answer to a request. */
export function answerPast({ id, frames }: FinishedRun): Response {
  const text = frames.map(({ seq, ...frame }) => writeFrame(frame, id, seq)).join("");
  return wholeAnswer(text, EVENT_STREAM, HEADERS);
}

/** The frames after `seq`, at most about so many letters of them, and the last one's place. */
function take(
  { log, dropped, id }: Run,
  seq: number,
  mostLetters = Infinity,
): readonly [text: string, last: number] {
  let text = "";
  let at = Math.max(0, seq - dropped);
  for (; at < log.length && text.length < mostLetters; at++) {
    text += writeFrame(log[at] as Run["log"][number], id, dropped + at + 1);
  }
  return [text, Math.max(seq, dropped + at)];
}
