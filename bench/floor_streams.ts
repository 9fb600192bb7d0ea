/** The streams of the bare program: the least code that sends what ours does. */

const PACE_MS = 10;
const STORY_MS = 50;
const TOKENS = 500;
const encoder = new TextEncoder();

/** 500 lines, each with a word more: as fast as the reader takes them, or 100 a second. */
export function tokens(paced: boolean): ReadableStream<Uint8Array> {
  const started = performance.now();
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      const early = paced ? started + at * PACE_MS - performance.now() : 0;
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      controller.enqueue(encoder.encode(JSON.stringify({ a: `word${at % 97} ` }) + "\n"));
      if (++at === TOKENS) controller.close();
    },
  });
}

/** A frame every 50 ms without end, from the one after `seq`. Whoever asks again is told from there. */
export function story(seq = 0): ReadableStream<Uint8Array> {
  let first = true;
  return new ReadableStream({
    async pull(controller) {
      if (!first) await new Promise((resolve) => setTimeout(resolve, STORY_MS));
      first = false;
      seq++;
      const frame = { type: "output", action: "story", values: { out: `word${seq % 97} ` }, mode: "set" };
      controller.enqueue(encoder.encode(`id: bare/${seq}\ndata: ${JSON.stringify(frame)}\n\n`));
    },
  }, { highWaterMark: 0 });
}

const holding = new Map<string, ReadableStreamDefaultController<Uint8Array>>();

/** One frame, and then nothing: what an idle session holds. */
export function hold(session: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      holding.set(session, controller);
      controller.enqueue(encoder.encode("data: here\n\n"));
    },
    cancel: () => void holding.delete(session),
  });
}

/** A file that bodies are added to. Those that come while one fsync goes on share the next. */
export class Kept {
  readonly #path: string;
  #file: Promise<Deno.FsFile> | undefined;
  #waiting: { readonly text: string; readonly done: () => void }[] = [];
  #writing = false;

  /** Nothing is opened yet. */
  constructor(folder: string) {
    this.#path = `${folder}/kept`;
  }

  /** Resolves when it is on the disk. */
  add(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ text, done: resolve });
      if (!this.#writing) void this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#writing = true;
    const file = await (this.#file ??= Deno.open(this.#path, { create: true, append: true }));
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      const bytes = encoder.encode(group.map(({ text }) => text + "\n").join(""));
      for (let sent = 0; sent < bytes.length;) sent += await file.write(bytes.subarray(sent));
      await file.syncData();
      for (const { done } of group) done();
    }
    this.#writing = false;
  }
}
