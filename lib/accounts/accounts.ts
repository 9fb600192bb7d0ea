import { tupleKey } from "@/lib/value/tuple_key.ts";
import type { User } from "@/lib/value/user.ts";
import { Attempts } from "./attempts.ts";
import { Few } from "./few.ts";
import { Flows } from "./flows.ts";
import { type After, inTime, type SourceContext } from "./in_time.ts";
import { Keys } from "./keys.ts";
import { type AccountParts, Logins } from "./logins.ts";
import { type GoingOn, OpenedThings } from "./opened.ts";
import type { KnownBefore, Now, Standing } from "./standing.ts";
import type { Known, PasswordSource, RedirectSource, UserSource } from "./users.ts";

/** Options for {@linkcode Accounts}. */
export interface AccountsOptions extends AccountParts {
  /** Milliseconds, never going back: for the limits of attempts. */
  readonly monotonic: () => number;
  readonly after: After;
  /** The server's folder for data, where the file of users is. Default `data`. */
  readonly data?: string | undefined;
  /** Is told why nobody can log in. */
  readonly broke?: ((error: unknown) => void) | undefined;
  /** Whether pages are loaded again when their files change, with new functions in them. */
  readonly dev: boolean;
  /** Work of logged-in people besides requests. Default nothing. */
  readonly runs?: (() => Iterable<GoingOn>) | undefined;
}

/** How long a source of users may take for one answer, in milliseconds. */
const SOURCE_MS = 5000;
/** The same for a login elsewhere, which asks an issuer several times. */
const ELSEWHERE_MS = 20_000;

/** Places for questions to the source of one realm. Questions to another source have places of their own. */
interface Places {
  /** Checks of passwords: each takes a core and 32 MiB. */
  readonly checks: Few;
  /** Other questions: the current user of a login, and logins elsewhere. */
  readonly finds: Few;
}

/** The state of logins that all guards of a server share. This class knows no HTTP. */
export class Accounts {
  /** Logins of all users. */
  readonly logins: Logins;
  /** Keys for programs. */
  readonly keys: Keys;
  /** Logins that are under way elsewhere. */
  readonly flows: Flows;
  /** Logins that have failed recently. */
  readonly attempts: Attempts;
  /** Requests and runs of logged-in people. */
  readonly opened: OpenedThings;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly #sources = new Map<string, UserSource>();
  readonly #places = new Map<string, Places>();
  readonly #after: After;
  readonly #dev: boolean;
  readonly #data: string;
  readonly #broke: (error: unknown) => void;

  /** Opens nothing before somebody logs in. */
  constructor(options: AccountsOptions) {
    this.logins = new Logins(options);
    this.keys = new Keys(options);
    this.flows = new Flows(options);
    this.attempts = new Attempts(options.monotonic);
    this.now = options.now;
    this.#after = options.after;
    this.#dev = options.dev;
    this.#data = options.data ?? "data";
    this.#broke = options.broke ?? (() => {});
    this.opened = new OpenedThings({
      after: options.after,
      runs: options.runs ?? (() => []),
      now: (standing) => this.#now(standing),
      standingOf: (user) => this.#standingOf(user),
      broke: this.#broke,
    });
  }

  /**
   * Says that a realm has its users from a source. Two sources under one name would let the user of one in as the
   * user of the same name of the other. A source that cannot be used is reported now, not only at the first login.
   *
   * @throws {TypeError} when it has them from another.
   */
  claim(realm: string, source: UserSource): void {
    const known = this.#sources.get(realm);
    if (known === source) return;
    if (known !== undefined && !this.#dev) {
      if (known.same === source.same) return;
      throw new TypeError(
        `Cannot guard with two sources of users in the realm "${realm}": give one auth() another realm`,
      );
    }
    this.#sources.set(realm, source);
    if (source.way !== "password" || !source.ready) return;
    const ready = source.ready.bind(source);
    this.#inTime(SOURCE_MS, realm, ready).catch(this.#broke);
  }

  /** The user of a name and a password. @throws {Fault} `queue_full`, `offline` */
  async check(
    realm: string,
    source: PasswordSource,
    name: string,
    password: string,
  ): Promise<Known | undefined> {
    return await this.#placesOf(realm).checks.run(() =>
      this.#inTime(SOURCE_MS, realm, (context) => source.check(name, password, context))
    );
  }

  /** How somebody is known now; `undefined`: not any more, or with another password. @throws {Fault} `queue_full`, `offline` */
  async find(realm: string, source: UserSource, before: KnownBefore): Promise<Known | undefined> {
    const find = source.way === "password" ? source.find?.bind(source) : undefined;
    // If the source cannot be asked, a person stays as they were at the login.
    if (!find) return { ...before, mark: before.mark ?? "" };
    const known = await this.#placesOf(realm).finds.run(() =>
      this.#inTime(SOURCE_MS, realm, (context) => find(before.subject, context))
    );
    return before.mark === undefined || known?.mark === before.mark ? known : undefined;
  }

  /** Begins or ends a login elsewhere. @throws {Fault} `queue_full`, `offline` */
  async elsewhere<T>(
    realm: string,
    source: RedirectSource,
    ask: (source: RedirectSource, context: SourceContext) => Promise<T>,
  ): Promise<T> {
    return await this.#placesOf(realm).finds.run(() =>
      this.#inTime(ELSEWHERE_MS, realm, (context) => ask(source, context))
    );
  }

  #placesOf(realm: string): Places {
    let places = this.#places.get(realm);
    if (!places) {
      const few = { waitMs: 2 * SOURCE_MS, after: this.#after };
      places = {
        checks: new Few({ ...few, atOnce: 4, mostWaiting: 64 }),
        finds: new Few({ ...few, atOnce: 32, mostWaiting: 512 }),
      };
      this.#places.set(realm, places);
    }
    return places;
  }

  #inTime<T>(ms: number, realm: string, work: (context: SourceContext) => Promise<T>): Promise<T> {
    const limit = { after: this.#after, ms, what: `The source of users of the realm "${realm}"` };
    return inTime(limit, (signal) => work({ signal, data: this.#data }));
  }

  async #now({ way, realm, by, times, users, known }: Standing): Promise<Now> {
    const [goesOn, found] = await Promise.all([
      way === "cookie" ? this.logins.goesOn(realm, by, times) : this.keys.goesOn(realm, by),
      this.find(realm, users, known),
    ]);
    return { goesOn, known: found };
  }

  // A run that an earlier process began says whose it is, and no more: not by which login, nor with which password.
  #standingOf(user: User): Standing | undefined {
    const at = user.id.indexOf(":");
    const [realm, subject] = [user.id.slice(0, at), user.id.slice(at + 1)];
    const users = this.#sources.get(realm);
    if (!users) return undefined;
    const known = { subject, name: user.name, roles: user.roles, mark: undefined };
    const times = { idleMs: 0, absoluteMs: 0 };
    return { user, known, by: tupleKey("user", user.id), way: "cookie", realm, users, times };
  }
}
