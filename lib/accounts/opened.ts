import { type Linked, LinkedList } from "@/lib/value/linked_list.ts";
import type { User } from "@/lib/value/user.ts";
import type { After } from "./in_time.ts";
import { leftOf, type Now, type Standing } from "./standing.ts";

/** Something that goes on for somebody without a request: a run. */
export interface GoingOn {
  readonly user: User;
  /** Ends it. */
  readonly end: () => void;
}

/** Options for {@linkcode OpenedThings}. */
export interface OpenedOptions {
  readonly after: After;
  /** Runs of logged-in people. */
  readonly runs: () => Iterable<GoingOn>;
  /** Looks up what is left of a person's rights. @throws when their source does not answer. */
  readonly now: (standing: Standing) => Promise<Now>;
  /** The standing of a user whose run began in an earlier process. `undefined`: their realm is not known yet. */
  readonly standingOf: (user: User) => Standing | undefined;
  /** Logs why something could not be ended. */
  readonly broke: (error: unknown) => void;
}

/** A request of somebody who is logged in, from its beginning to the end of its answer. */
export class OpenedRequest implements Linked<OpenedRequest>, Disposable {
  before: OpenedRequest | undefined = undefined;
  after: OpenedRequest | undefined = undefined;
  readonly standing: Standing;
  #list: LinkedList<OpenedRequest> | undefined;
  #stops: (() => void)[] = [];

  /** Stands in the list until it is over. */
  constructor(standing: Standing, list: LinkedList<OpenedRequest>) {
    this.standing = standing;
    this.#list = list;
    list.add(this);
  }

  /** Whether the right to it ended before it did. */
  ended = false;

  /** Has `stop` called when the right to it ends. Once it has ended, at once. */
  whenEnded(stop: () => void): void {
    if (this.ended) stop();
    else this.#stops.push(stop);
  }

  /** Says that the right to it has ended. */
  end(): void {
    this.ended = true;
    const stops = this.#stops;
    this[Symbol.dispose]();
    for (const stop of stops) stop();
  }

  /** Says that it is over. */
  [Symbol.dispose](): void {
    this.#list?.remove(this);
    this.#list = undefined;
    this.#stops = [];
  }
}

/** How often all that is open is looked through, in milliseconds. */
export const LOOK_EVERY_MS = 5000;
/** So many people are asked about at a time. */
const AT_ONCE = 32;

interface Somebody {
  readonly standing: Standing;
  readonly requests: OpenedRequest[];
  readonly runs: GoingOn[];
}

/**
 * The open things of logged-in people: requests with their bodies and answers, and runs. Every few seconds each of
 * these people is looked up again, once, however much they have open. So a right that ends also ends everything that was
 * opened with it. While nothing is open nothing is asked.
 */
export class OpenedThings {
  readonly #options: OpenedOptions;
  readonly #requests = new LinkedList<OpenedRequest>();
  /** By the user of their request, with whom runs began. */
  readonly #standings = new WeakMap<User, Standing>();
  /** Whether the next look is on its way, or going on. */
  #armed = false;
  #looking = false;

  /** Nothing is open at first. */
  constructor(options: OpenedOptions) {
    this.#options = options;
  }

  /** Says that somebody asks for something. Dispose of it when the answer is over. */
  open(standing: Standing): OpenedRequest {
    this.#standings.set(standing.user, standing);
    if (!this.#armed) this.#lookLater();
    return new OpenedRequest(standing, this.#requests);
  }

  /** How many requests are open. */
  get size(): number {
    return this.#requests.size;
  }

  /** Ends at once what was opened by a login or key. */
  ended(by: string): void {
    for (const request of [...this.#requests]) if (request.standing.by === by) this.#end(request);
  }

  /** Whether people are being looked up at this moment. */
  get looking(): boolean {
    return this.#looking;
  }

  #lookLater(): void {
    this.#armed = true;
    this.#options.after(LOOK_EVERY_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    const people = this.#people();
    this.#looking = true;
    // A source that does not answer for one person is not asked about its others in this look.
    const silent = new Set<string>();
    for (let at = 0; at < people.length; at += AT_ONCE) {
      await Promise.all(people.slice(at, at + AT_ONCE).map((one) => this.#lookAt(one, silent)));
    }
    this.#looking = false;
    if (people.length > 0 || this.#requests.size > 0) this.#lookLater();
    else this.#armed = false;
  }

  async #lookAt({ standing, requests, runs }: Somebody, silent: Set<string>): Promise<void> {
    let now: Now | undefined;
    try {
      if (!silent.has(standing.realm)) now = await this.#options.now(standing);
    } catch {
      // The next request of this person is refused, and the failure is logged then. Runs go on unread for a while.
      silent.add(standing.realm);
    }
    for (const request of requests) {
      if (!now || leftOf(request.standing, now) !== "all") this.#end(request);
    }
    if (!now) return;
    for (const run of runs) {
      if (leftOf({ user: run.user, way: standing.way }, now) === "nothing") this.#end(run);
    }
  }

  // An error here must keep nothing else open: this look has to reach everybody, and the next one has to come.
  #end(one: { end(): void }): void {
    try {
      one.end();
    } catch (error) {
      this.#options.broke(error);
    }
  }

  #people(): Somebody[] {
    const people = new Map<string, Somebody>();
    const find = (standing: Standing) => {
      let one = people.get(standing.by);
      if (!one) people.set(standing.by, one = { standing, requests: [], runs: [] });
      return one;
    };
    for (const request of this.#requests) find(request.standing).requests.push(request);
    for (const run of this.#options.runs()) {
      const standing = this.#standings.get(run.user) ?? this.#options.standingOf(run.user);
      if (standing) find(standing).runs.push(run);
    }
    return [...people.values()];
  }
}
