import { manyOf, mostDescriptors, openDescriptors } from "./watch_descriptors.ts";

/** Options for {@linkcode Listener}. */
export interface ListenerOptions {
  readonly port: number;
  readonly hostname: string;
  /** Called once, with where it listens. */
  readonly onListen: (address: { hostname: string; port: number }) => void;
  /** Told when connections were cut to stay alive. */
  readonly onCut: (what: string) => void;
  /** Called when it listens no more and cannot go on. */
  readonly onLost: (error: unknown) => void;
  /** Whether nobody's connection would be cut by a new server but those that are only waited for. */
  readonly onlyLeftovers?: (() => boolean) | undefined;
  /** How often connections of refused requests are closed, at most, in milliseconds. Default 30 s. */
  readonly clearEveryMs?: number | undefined;
  /** How many descriptors this process has open, if that can be known. */
  readonly open?: (() => number | undefined) | undefined;
  /** How often to ask for the port again after a change, at most. Default 1,000 times, a little over ten seconds. */
  readonly tries?: number | undefined;
  /** Default `Deno.serve`. */
  readonly serve?: typeof serveHttp | undefined;
  /** From how many open descriptors on connections without a request are cut. Default three quarters of the most. */
  readonly maxOpen?: number | undefined;
}

function serveHttp(options: Deno.ServeTcpOptions, handler: Deno.ServeHandler): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(options, handler);
}

const LOOK_EVERY_MS = 1000;
const TRIES = 1000;
/** Connections that block nobody else are closed this seldom, because new clients then have to reconnect. */
const CLEAR_EVERY_MS = 30_000;

/**
 * Listens for HTTP and survives more connections than the process may have. Deno's server has no time limit for a
 * missing or incomplete request. It stops when no descriptor is left for the next connection.
 *
 * So when many are open, the server is put aside for a new one on the same port. That closes every connection without
 * a complete request, including those whose body is being read. All other requests finish. Should descriptors
 * run out all the same, everything is cut and the server starts again: pages read on by themselves.
 */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #handler: Deno.ServeHandler;
  /** Replaced servers that still have requests in progress. */
  readonly #aside = new Set<Promise<void>>();
  readonly #timer: ReturnType<typeof setInterval>;
  #server: Deno.HttpServer<Deno.NetAddr>;
  /** The change to a new server, if one is under way. */
  #change: Promise<void> = Promise.resolve();
  #stopping = false;

  /** Listens at once. @throws {Deno.errors.AddrInUse} and whatever else keeps it from listening */
  constructor(options: ListenerOptions, handler: Deno.ServeHandler) {
    this.#options = options;
    this.#handler = handler;
    this.#server = this.#serve(options.port, options.onListen);
    const { open = () => openDescriptors("self"), maxOpen = manyOf(mostDescriptors("self")) } = options;
    const { clearEveryMs = CLEAR_EVERY_MS, onlyLeftovers } = options;
    let clearedMs = performance.now();
    this.#timer = setInterval(() => {
      if ((open() ?? 0) > maxOpen) return void this.renew();
      const nowMs = performance.now();
      if (nowMs - clearedMs < clearEveryMs || onlyLeftovers?.() !== true) return;
      clearedMs = nowMs;
      void this.renew("Refused requests kept their connections: these were closed");
    }, LOOK_EVERY_MS);
    Deno.unrefTimer(this.#timer);
  }

  /** Where it listens. */
  get addr(): Deno.NetAddr {
    return this.#server.addr;
  }

  /** Closes every connection that has no whole request, and goes on. */
  async renew(
    why = "Too many connections are open: those without a whole request were closed",
  ): Promise<void> {
    const old = this.#server;
    const ended: Promise<void> = old.shutdown().catch(() => {}).finally(() => this.#aside.delete(ended));
    this.#aside.add(ended);
    this.#options.onCut(why);
    this.#change = this.#again(old);
    await this.#change;
  }

  /** Takes no more requests; settles when those under way are answered. */
  async shutdown(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#change;
    await Promise.all([this.#server.shutdown(), ...this.#aside]);
  }

  #serve(port: number, onListen: ListenerOptions["onListen"]): Deno.HttpServer<Deno.NetAddr> {
    const { hostname, serve = serveHttp } = this.#options;
    const server = serve({ port, hostname, onListen }, this.#handler);
    server.finished.catch((error) => {
      if (this.#server !== server) return;
      this.#options.onCut(`The server ended and starts again, all connections were cut: ${error}`);
      this.#change = this.#again(server);
      return this.#change;
    });
    return server;
  }

  // The port is free as soon as the previous server has closed it, which takes a turn or two.
  async #again(old: Deno.HttpServer<Deno.NetAddr>): Promise<void> {
    const most = this.#options.tries ?? TRIES;
    for (let tries = 1; this.#server === old && !this.#stopping; tries++) {
      try {
        this.#server = this.#serve(old.addr.port, () => {});
      } catch (error) {
        if (tries === most) return this.#options.onLost(error);
        await new Promise((resolve) => setTimeout(resolve, tries < 10 ? 0 : 10));
      }
    }
  }
}
