import { weigh } from "@/lib/value/weigh.ts";
import type { FrameBody, OutputFrame } from "@/lib/wire/frame.ts";

// A frame is more than the values in it.
const FRAME_BYTES = 64;

/** What a run has said, and may go on to say: frames for readers that come and go. */
export class RunLog {
  /** The frames that are held. The one at index `i` has `seq` `dropped + i + 1`. */
  readonly log: FrameBody[] = [];
  #dropped = 0;
  #waiting: (() => void)[] = [];
  #added = 0;
  /** What the frame weighs that stands for others. */
  #standing = 0;
  #finished = false;
  #said = 0;

  /** How many frames came before them. The first of the log then stands for those. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether the last frame is in the log. */
  get finished(): boolean {
    return this.#finished;
  }

  /** `seq` of the last frame. */
  get last(): number {
    return this.#dropped + this.log.length;
  }

  /** About how many bytes its log takes. */
  get weight(): number {
    return this.#added + this.#standing;
  }

  /**
   * Resolves at the next frame for a reader who has seen `seq`; `undefined` when there is one already, or the run has
   * finished.
   */
  after(seq: number): Promise<void> | undefined {
    if (this.last > seq || this.#finished) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The frames, from the first, as they come. */
  async *[Symbol.asyncIterator](): AsyncGenerator<FrameBody & { readonly seq: number }, void, undefined> {
    for (let seq = 0;;) {
      await this.after(seq);
      seq = Math.max(seq, this.#dropped);
      const body = this.log[seq - this.#dropped];
      if (body === undefined) return;
      yield { ...body, seq: ++seq };
    }
  }

  /** About how many bytes the frames take that no other stands for. */
  protected get added(): number {
    return this.#added;
  }

  /** About how many bytes it has said so far, whether they are held or not. */
  protected get said(): number {
    return this.#said;
  }

  /** Adds a frame; `bytes`: what its values take. */
  protected push(frame: FrameBody, bytes = 0): void {
    this.log.push(frame);
    this.#added += FRAME_BYTES + bytes;
    this.#said += FRAME_BYTES + bytes;
    this.#wake();
  }

  /** Puts one frame in the place of all that are held, and of those before them: its `seq` is `dropped + 1`. */
  protected standFor(dropped: number, whole: OutputFrame): void {
    this.#dropped = dropped;
    this.log.length = 0;
    this.log.push(whole);
    this.#added = 0;
    this.#standing = weigh(whole.values);
  }

  /** Says that nothing more comes. */
  protected close(): void {
    this.#finished = true;
    this.#wake();
  }

  #wake(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
