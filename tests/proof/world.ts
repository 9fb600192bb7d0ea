import { copyProject } from "@/tests/copied.ts";
import type { Chance } from "@/tests/simulator/chance.ts";
import { controlledDisk, type Disk } from "./disk.ts";

/** A server that can be killed, whole process tree and all. */
export interface Server {
  /** `http://127.0.0.1:<port>` */
  readonly base: string;
  /** Aborts when it is killed or stopped. */
  readonly down: AbortSignal;
}

/** Where the clients find a server: one at a time, with pauses between them. */
export class World implements AsyncDisposable {
  readonly chance: Chance;
  /** What must not be, as sentences. */
  readonly violations: string[] = [];
  /** How often something was tried or seen. */
  readonly counts = new Map<string, number>();
  readonly disk: Disk;
  readonly #folder: string;
  readonly #root: URL;
  readonly #stack: AsyncDisposableStack;
  #up = Promise.withResolvers<Server>();
  #isUp = false;
  #process: Deno.ChildProcess | undefined;
  #down = new AbortController();
  #output = "";

  private constructor(chance: Chance, folder: string, root: URL, disk: Disk, stack: AsyncDisposableStack) {
    this.chance = chance;
    this.#folder = folder;
    this.#root = root;
    this.disk = disk;
    this.#stack = stack;
  }

  /** Copies the project with the demos of the proof. Starts nothing. */
  static async open(chance: Chance): Promise<World> {
    await using stack = new AsyncDisposableStack();
    const copied = stack.use(await copyProject("tests/proof/routes"));
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "atoll-proof-" }));
    stack.defer(() => Deno.remove(folder, { recursive: true }));
    for (const name of ["data", "tools"]) await Deno.mkdir(`${folder}/${name}`);
    await Deno.writeTextFile(`${folder}/data/handlers.log`, "");
    const disk = await controlledDisk(`${folder}/tools`);
    return new World(chance, folder, copied.root, disk, stack.move());
  }

  /** The lines that handlers wrote: `begin <tag>` and `end <tag>`. */
  lines(): string[] {
    return Deno.readTextFileSync(`${this.#folder}/data/handlers.log`).split("\n").slice(0, -1);
  }

  /** Says that something was tried or seen. */
  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  /** Whether the disk of this process has refused to sync what it was given: it may be there all the same. */
  broken = false;
  /** How often a server was launched. */
  launches = 0;
  /** How many lines handlers had written when the last one was: a run may begin again before anybody looks. */
  linesBefore = 0;
  /** What is going on, for what is said of a violation. */
  scene = "";

  /** Says that something is which must not be. */
  violated(about: string): void {
    const what = `${about} [${this.scene}]`;
    this.violations.push(what);
    // deno-lint-ignore no-console -- a proof that goes on for minutes says at once what it has found
    console.log(`VIOLATION ${what}`);
  }

  /** The server that is up, or the next one. */
  async up(): Promise<Server> {
    return await this.#up.promise;
  }

  /** Starts the server and hands it to the clients, later if `hold` is given, once that resolves. */
  async start(hold?: (server: Server) => Promise<void>): Promise<void> {
    this.#down = new AbortController();
    this.#output = "";
    this.broken = false;
    this.launches++;
    this.linesBefore = this.lines().length;
    const started = performance.now();
    const child = this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "lib/cli/launch.ts"],
      cwd: this.#root,
      detached: true,
      env: {
        NO_COLOR: "1",
        PORT: "0",
        ATOLL_DATA: `${this.#folder}/data/files`,
        STORE: `sqlite:${this.#folder}/data/runs.db`,
        ATOLL_DRAIN_SECONDS: "1",
        ATOLL_ALLOW_WRITE: `${this.#folder}/data`,
        ATOLL_ALLOW_READ: `${this.#folder}/data`,
        ATOLL_ALLOW_ENV: "PROOF_LOG",
        PROOF_LOG: `${this.#folder}/data/handlers.log`,
        ...this.disk.env,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const ready = Promise.withResolvers<string>();
    const follow = async (stream: ReadableStream<Uint8Array>) => {
      for await (
        const piece of stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
      ) {
        this.#output = (this.#output + piece).slice(-20_000);
        const base = /ready at (http:\/\/[^/]+)\//.exec(this.#output)?.[1];
        if (base) ready.resolve(base);
      }
    };
    void Promise.all([follow(child.stdout), follow(child.stderr), child.status])
      .then(() => ready.reject(new Error(`The server did not start: ${this.#output}`)));
    ready.promise.catch(() => {});
    const base = await ready.promise.catch(async (error: Error) => {
      if (this.#process !== child) throw error;
      // A start needs no room on the disk. One that is broken is waited for by whoever starts the server again.
      if (this.disk.fault !== "broken") this.violated(error.message);
      this.#process = undefined;
      this.disk.set({});
      return undefined;
    });
    if (base === undefined) return await this.start(hold);
    this.count("starts");
    this.counts.set(
      "slowest start, ms",
      Math.max(this.counts.get("slowest start, ms") ?? 0, Math.round(performance.now() - started)),
    );
    const server = { base, down: this.#down.signal };
    await hold?.(server);
    this.#isUp = true;
    this.#up.resolve(server);
  }

  /** Starts the server and kills it after a while, ready or not. */
  async startAndKill(afterMs: number): Promise<void> {
    const started = this.start(() => new Promise(() => {}));
    started.catch(() => {});
    await pause(afterMs);
    await this.kill();
  }

  /** Kills the server and all that it started, or asks it to stop. Resolves when it is gone. */
  async kill(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    const child = this.#process;
    if (!child) return;
    this.#process = undefined;
    // Whoever waits for a server waits on: what was never handed out is the same promise.
    if (this.#isUp) this.#up = Promise.withResolvers();
    this.#isUp = false;
    // The whole group: the launcher, the server and the processes of handlers.
    if (signal === "SIGKILL") Deno.kill(-child.pid, "SIGKILL");
    else Deno.kill(child.pid, "SIGTERM");
    this.#down.abort();
    const { code } = await child.status;
    this.count(signal === "SIGKILL" ? "kills" : "stops");
    if (signal === "SIGTERM" && code !== 0) {
      this.violated(`A stopped server ended with ${code}: ${this.#output.slice(-500)}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#stack.disposeAsync();
  }
}

/** Lets the server work for a while: a proof is about what happens at random moments. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
