/**
 * A clock that only moves when it is told to.
 * @module
 */

/** Thrown when a fake clock is used wrongly. */
export class TimeError extends Error {
  /** `message` says what is wrong. */
  constructor(message: string) {
    super(message);
    this.name = "TimeError";
  }
}

/** Options of {@linkcode FakeTime}. */
export interface FakeTimeOptions {
  /** Milliseconds the clock moves for each real one; 0 to stand still. @default 0 */
  advanceRate?: number;
  /** Real milliseconds between two such moves. @default 10 */
  advanceFrequency?: number;
}

/** Options of {@linkcode FakeTime.delay}. */
export interface DelayOptions {
  /** Ends the wait. */
  signal?: AbortSignal;
}

interface Timer {
  readonly id: number;
  readonly fn: () => void;
  readonly intervalMs: number | null;
  due: number;
}

const real = {
  Date: globalThis.Date,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
};

let active: FakeTime | null = null;

/**
 * Takes the place of `Date`, `setTimeout` and `setInterval` until it is restored or disposed.
 *
 * @example
 * ```ts
 * using time = new FakeTime();
 * setTimeout(() => done(), 1000);
 * time.tick(1000);
 * ```
 */
export class FakeTime implements Disposable {
  #now: number;
  #start: number;
  #nextId = 1;
  readonly #timers = new Map<number, Timer>();
  #advance: ReturnType<typeof setInterval> | undefined;

  /** `start` is what `Date.now()` says at first. @default the real time */
  constructor(
    start?: number | string | Date | null,
    options: FakeTimeOptions = {},
  ) {
    if (active !== null) {
      throw new TimeError("Cannot construct FakeTime: time is already faked");
    }
    this.#start = this.#now = new real.Date(start ?? real.Date.now()).valueOf();
    if (Number.isNaN(this.#now)) {
      throw new TypeError(
        `Cannot construct FakeTime: invalid start time ${start}`,
      );
    }
    active = this;
    const { advanceRate = 0, advanceFrequency = 10 } = options;
    if (advanceRate > 0) {
      this.#advance = real.setInterval(
        () => this.tick(advanceRate * advanceFrequency),
        advanceFrequency,
      );
    }
    this.#install();
  }

  /** Puts the real clock back. */
  static restore(): void {
    if (active === null) {
      throw new TimeError("Cannot restore time: time is already restored");
    }
    active.restore();
  }

  /** Runs `callback` with the real clock. */
  static async restoreFor<T, Args extends unknown[]>(
    callback: (...args: Args) => Promise<T> | T,
    ...args: Args
  ): Promise<T> {
    const time = active;
    if (time === null) {
      throw new TimeError("Cannot restore time: time is already restored");
    }
    time.#uninstall();
    try {
      return await callback(...args);
    } finally {
      time.#install();
    }
  }

  /** What `Date.now()` says, in milliseconds. Setting it runs the timers due until then. */
  get now(): number {
    return this.#now;
  }
  set now(value: number) {
    if (value < this.#now) {
      throw new RangeError(
        `Cannot set current time in the past: ${value} is before ${this.#now}`,
      );
    }
    for (
      let timer = this.#next();
      timer !== null && timer.due <= value;
      timer = this.#next()
    ) this.#fire(timer);
    this.#now = value;
  }

  /** What `now` was at first. Setting it moves the first time only. */
  get start(): number {
    return this.#start;
  }
  set start(value: number) {
    this.#start = value;
  }

  /** Waits `ms` real milliseconds. */
  async delay(ms: number, options: DelayOptions = {}): Promise<void> {
    const { signal } = options;
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const id = real.setTimeout(resolve, ms);
    const abort = () => reject(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      await promise;
    } finally {
      real.clearTimeout(id);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Lets everything run that waits for no timer. */
  async runMicrotasks(): Promise<void> {
    await this.delay(0);
  }

  /** Moves the clock by `ms` milliseconds and runs the timers that became due. */
  tick(ms = 0): void {
    this.now += ms;
  }

  /** {@linkcode tick}, with what waits for no timer run before and after. */
  async tickAsync(ms = 0): Promise<void> {
    const end = this.#now + ms;
    await this.runMicrotasks();
    for (
      let timer = this.#next();
      timer !== null && timer.due <= end;
      timer = this.#next()
    ) {
      this.#fire(timer);
      await this.runMicrotasks();
    }
    this.now = Math.max(this.#now, end);
    await this.runMicrotasks();
  }

  /** Runs the timer that is due next; false when there is none. */
  next(): boolean {
    const timer = this.#next();
    if (timer !== null) this.#fire(timer);
    return timer !== null;
  }

  /** {@linkcode next}, with what waits for no timer run before and after. */
  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    const ran = this.next();
    await this.runMicrotasks();
    return ran;
  }

  /** Runs the first timer, then those due at the same time. */
  first(): boolean {
    this.#now = this.#start;
    return this.next();
  }

  /** Moves the clock to where the last timer is due. */
  last(): boolean {
    const due = Math.max(
      ...[...this.#timers.values()].map((timer) => timer.due),
    );
    if (due === -Infinity) return false;
    this.now = due;
    return true;
  }

  /** Runs timers until there are none. */
  runAll(): void {
    while (this.next());
  }

  /** {@linkcode runAll}, with what waits for no timer run between. */
  async runAllAsync(): Promise<void> {
    while (await this.nextAsync());
  }

  /** Puts the real clock back. */
  restore(): void {
    if (active !== this) {
      throw new TimeError("Cannot restore time: time is already restored");
    }
    real.clearInterval(this.#advance);
    this.#timers.clear();
    this.#uninstall();
    active = null;
  }

  /** Puts the real clock back. */
  [Symbol.dispose](): void {
    if (active === this) this.restore();
  }

  #next(): Timer | null {
    let next: Timer | null = null;
    // Of timers due at the same time the one set first runs first, which is the order of the map
    for (const timer of this.#timers.values()) {
      if (next === null || timer.due < next.due) next = timer;
    }
    return next;
  }

  #fire(timer: Timer): void {
    this.#now = Math.max(this.#now, timer.due);
    this.#timers.delete(timer.id);
    if (timer.intervalMs !== null) {
      timer.due += Math.max(1, timer.intervalMs);
      this.#timers.set(timer.id, timer);
    }
    timer.fn();
  }

  #install(): void {
    // deno-lint-ignore no-this-alias -- the functions put in place are called on anything
    const time = this;
    const set = (repeats: boolean) =>
    (
      callback: (...args: unknown[]) => void,
      ms = 0,
      ...args: unknown[]
    ): number => {
      const delay = Math.max(0, Number(ms) || 0);
      const id = time.#nextId++;
      time.#timers.set(id, {
        id,
        fn: () => callback(...args),
        intervalMs: repeats ? delay : null,
        due: time.#now + delay,
      });
      return id;
    };
    const clear = (id?: number): void => {
      time.#timers.delete(Number(id));
    };
    const FakeDate = new Proxy(real.Date, {
      construct: (target, args, newTarget) =>
        Reflect.construct(
          target,
          args.length === 0 ? [time.#now] : args,
          newTarget,
        ),
      apply: () => new real.Date(time.#now).toString(),
      get: (target, key, receiver) => key === "now" ? () => time.#now : Reflect.get(target, key, receiver),
    });
    Object.assign(globalThis, {
      Date: FakeDate,
      setTimeout: set(false),
      clearTimeout: clear,
      setInterval: set(true),
      clearInterval: clear,
    });
  }

  #uninstall(): void {
    Object.assign(globalThis, real);
  }
}
