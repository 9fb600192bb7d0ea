import { Attempts } from "./attempts.ts";
import { Few } from "./few.ts";
import { Flows } from "./flows.ts";
import { Keys } from "./keys.ts";
import { type AccountParts, Logins } from "./logins.ts";
import type { UserSource } from "./users.ts";

/** What {@linkcode Accounts} are told. */
export interface AccountsOptions extends AccountParts {
  /** Milliseconds, never going back: for the limits of attempts. */
  readonly monotonic: () => number;
  /** Whether pages are loaded again when their files change, with new functions in them. */
  readonly dev: boolean;
}

/** Whoever logs in, whatever guards the page: the state that all guards of a server share. Knows no HTTP. */
export class Accounts {
  /** Who is logged in. */
  readonly logins: Logins;
  /** Keys for programs. */
  readonly keys: Keys;
  /** Logins that are under way elsewhere. */
  readonly flows: Flows;
  /** Logins that went wrong of late. */
  readonly attempts: Attempts;
  /** The checks of passwords that go on. */
  readonly checks: Few = new Few(4, 64);
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly #sources = new Map<string, unknown>();
  readonly #dev: boolean;
  readonly #open = new Map<string, Set<() => void>>();

  /** Opens nothing before somebody logs in. */
  constructor(options: AccountsOptions) {
    this.logins = new Logins(options);
    this.keys = new Keys(options);
    this.flows = new Flows(options);
    this.attempts = new Attempts(options.monotonic);
    this.now = options.now;
    this.#dev = options.dev;
  }

  /**
   * Says that a realm has its users from a source. Two sources under one name would let the user of one in as the
   * user of the same name of the other.
   *
   * @throws {TypeError} when it has them from another.
   */
  claim(realm: string, { same }: UserSource): void {
    const known = this.#sources.get(realm);
    if (known === same) return;
    if (known !== undefined && !this.#dev) {
      throw new TypeError(
        `Cannot guard with two sources of users in the realm "${realm}": give one auth() another realm`,
      );
    }
    this.#sources.set(realm, same);
  }

  /** Calls back when a login or key ends while something that it opened goes on. Dispose of it when that is over. */
  whenEnded(id: string, stop: () => void): Disposable {
    let all = this.#open.get(id);
    if (!all) this.#open.set(id, all = new Set());
    all.add(stop);
    return {
      [Symbol.dispose]: () => {
        all.delete(stop);
        if (all.size === 0) this.#open.delete(id);
      },
    };
  }

  /** Ends what was opened by a login or key that is over. */
  ended(id: string): void {
    for (const stop of this.#open.get(id) ?? []) stop();
  }
}
