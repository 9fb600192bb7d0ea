import { mostDescriptors, openDescriptors } from "./watch_descriptors.ts";

/** What a {@linkcode Listener} is told. */
export interface ListenerOptions {
  readonly port: number;
  readonly hostname: string;
  /** Called once, with where it listens. */
  readonly onListen: (address: { hostname: string; port: number }) => void;
  /** Told when connections were cut to stay alive. */
  readonly onCut: (what: string) => void;
  /** How many descriptors this process has open, if that can be known. */
  readonly open?: (() => number | undefined) | undefined;
  /** From how many open descriptors on connections without a request are cut. Default three quarters of the most. */
  readonly maxOpen?: number | undefined;
}

const LOOK_EVERY_MS = 1000;
const TRIES = 1000;

/**
 * Listens for HTTP and survives more connections than the process may have. Deno's server waits for ever for a request
 * that never comes or is never whole, and ends altogether when there is no descriptor left for the next connection.
 *
 * So when many are open, it is put aside for a new one on the same port: that closes whatever has no whole request and
 * lets all requests that are under way come to their end. Should descriptors run out all the same, everything is cut and
 * it starts again: pages read on by themselves.
 */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #handler: Deno.ServeHandler;
  /** Those that were put aside and still have requests under way. */
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
    const { open = () => openDescriptors("self"), maxOpen = mostDescriptors("self") * 3 / 4 } = options;
    this.#timer = setInterval(() => {
      if ((open() ?? 0) > maxOpen) void this.renew();
    }, LOOK_EVERY_MS);
    Deno.unrefTimer(this.#timer);
  }

  /** Where it listens. */
  get addr(): Deno.NetAddr {
    return this.#server.addr;
  }

  /** Closes every connection that has no whole request, and goes on. */
  async renew(): Promise<void> {
    const old = this.#server;
    const ended: Promise<void> = old.shutdown().catch(() => {}).finally(() => this.#aside.delete(ended));
    this.#aside.add(ended);
    this.#options.onCut("Too many connections are open: those without a request were closed");
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
    const server = Deno.serve({ port, hostname: this.#options.hostname, onListen }, this.#handler);
    server.finished.catch((error) => {
      if (this.#server !== server) return;
      this.#options.onCut(`The server ended and starts again, all connections were cut: ${error}`);
      this.#change = this.#again(server);
      return this.#change;
    });
    return server;
  }

  // The port is free again as soon as the one before has let go of it, which takes a turn or two.
  async #again(old: Deno.HttpServer<Deno.NetAddr>): Promise<void> {
    for (let tries = 1; this.#server === old && !this.#stopping; tries++) {
      try {
        this.#server = this.#serve(old.addr.port, () => {});
      } catch (error) {
        if (tries === TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, tries < 10 ? 0 : 10));
      }
    }
  }
}
