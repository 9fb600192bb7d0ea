const MOST_LOG = 2 * 1024 * 1024;
const LEAST_LOG = 64 * 1024;

/**
 * How many bytes the logs of the runs that go on take together. While there is room a run's log may grow to 2 MiB before one
 * frame stands for all; when half of the room is taken, to its part of the other half. Past all of it no run begins.
 */
export class LogRoom {
  readonly #mostBytes: number;
  #bytes = 0;
  #runs = 0;

  /** `mostBytes`: of all logs together. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** How many bytes the frames of one run may take that no other stands for. */
  get mostLog(): number {
    if (this.#bytes * 2 <= this.#mostBytes) return MOST_LOG;
    return Math.min(MOST_LOG, Math.max(LEAST_LOG, this.#mostBytes / 2 / this.#runs));
  }

  /** Whether no run may begin. */
  get isFull(): boolean {
    return this.#bytes > this.#mostBytes;
  }

  /** Says that the log of a run takes another number of bytes now; 0 is a run that is over or has said nothing. */
  changed(fromBytes: number, toBytes: number): void {
    this.#bytes += toBytes - fromBytes;
    if (fromBytes === 0 && toBytes > 0) this.#runs++;
    else if (fromBytes > 0 && toBytes === 0) this.#runs--;
  }
}
