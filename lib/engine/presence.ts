import type { Call } from "./call.ts";

/** A page that somebody looks at. */
export type Visit = Pick<Call, "demo" | "page" | "session" | "request">;

/** What noticing that pages are left needs. */
export interface PresenceOptions {
  /** Calls back after some milliseconds, unless it is disposed of before. */
  readonly after: (ms: number, callback: () => void) => Disposable;
  /** How many pages are looked after at most; more are not noticed when they are left. */
  readonly capacity: number;
  /** Called once when a page has been left. */
  readonly left: (visit: Visit) => void;
}

/** How long a page that is seen may say nothing: it says every 10 seconds that it is there. */
export const SEEN_MS = 25_000;
/** The same for one that is hidden: browsers let it speak once a minute. */
export const HIDDEN_MS = 90_000;
/** A page that says it goes may only be loaded again. */
export const GOING_MS = 5000;

/** Notices which pages have been left, of demos that want to know. */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #visits = new Map<
    string,
    { readonly visit: Visit; readonly timer: Disposable; readonly going: boolean }
  >();

  /** Knows of none at first. */
  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** How many pages are looked after. */
  get size(): number {
    return this.#visits.size;
  }

  /** Says that a page is there, and whether it is hidden. */
  here(visit: Visit, hidden: boolean): void {
    if (visit.demo.leaves.length === 0) return;
    const known = this.#visits.get(visit.session.id);
    if (!known && this.#visits.size >= this.#options.capacity) return;
    // A page that is closed says that it is hidden, and that it goes: whichever comes last, it goes.
    if (known?.going && hidden) return;
    known?.timer[Symbol.dispose]();
    this.#visits.set(visit.session.id, {
      visit: known?.visit ?? { ...visit, request: plain(visit.request) },
      timer: this.#wait(visit.session.id, hidden ? HIDDEN_MS : SEEN_MS),
      going: false,
    });
  }

  /** Says that a page goes. */
  going(session: string): void {
    const known = this.#visits.get(session);
    if (!known) return;
    known.timer[Symbol.dispose]();
    this.#visits.set(session, { visit: known.visit, timer: this.#wait(session, GOING_MS), going: true });
  }

  /** Forgets all of them; none counts as left. */
  close(): void {
    for (const { timer } of this.#visits.values()) timer[Symbol.dispose]();
    this.#visits.clear();
  }

  #wait(session: string, ms: number): Disposable {
    return this.#options.after(ms, () => {
      const known = this.#visits.get(session);
      this.#visits.delete(session);
      if (known) this.#options.left(known.visit);
    });
  }
}

// What was read of a request may be gone by the time that its page is.
function plain({ url, query, client, user }: Call["request"]): Call["request"] {
  return { url, query, client, user, headers: new Headers(), cookies: {} };
}
