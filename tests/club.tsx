import { App, type Middleware, type PageProps } from "fresh";
import type { VNode } from "preact";
import { auth, type AuthOptions, Blocks, button, image, on, type Person, textbox, usersFrom } from "atoll";
import { Accounts } from "@/lib/accounts/accounts.ts";
import { Engine } from "@/lib/engine/engine.ts";
import { guarded } from "@/lib/gate/guard.ts";
import { type AtollState, hostPages } from "@/lib/gate/host.ts";
import { report } from "@/lib/gate/reply.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import type { Store } from "@/lib/store/records.ts";
import { memoryStore } from "@/lib/store/records_memory.ts";
import { type FakeClock, fakeClock } from "@/lib/testing/clock.ts";

// One transparent pixel.
const PIXEL = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=",
);

/** A demo with something for everybody who gets in, and something for editors. */
const desk = Blocks({
  title: "Desk",
  fields: {
    greet: button("greet"),
    greeting: textbox(),
    draft: textbox(),
    save: button("save"),
    saved: textbox(),
    paint: button("paint"),
    picture: image(),
    both: button("both"),
    wait: button("wait"),
  },
  actions: ({ greet, greeting, draft, save, saved, paint, picture, both, wait }) => {
    const hello = on(greet.click, {
      outputs: greeting,
      fn: (_, { request: { user } }) => `Hello ${user?.name} (${user?.roles.join()})`,
    });
    const keep = on(save.click, {
      allow: "editor",
      inputs: { draft },
      outputs: saved,
      fn: ({ draft }) => draft,
    });
    const draw = on(paint.click, { allow: "editor", outputs: picture, fn: () => PIXEL });
    const first = on(both.click, { outputs: greeting, fn: () => "first" });
    const second = on(first.success, { allow: "editor", outputs: saved, fn: () => "second" });
    const endless = on(wait.click, {
      outputs: greeting,
      async *fn(_, { signal }) {
        yield "waiting";
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
    });
    return { hello, keep, draw, first, second, endless };
  },
});

/** A demo that nobody guards. */
const open = Blocks({
  title: "Open",
  fields: { go: button("Go"), out: textbox(), photo: image(), look: button("Look") },
  actions: ({ go, out, photo, look }) => ({
    run: on(go.click, { outputs: out, fn: () => "open" }),
    see: on(look.click, { inputs: { photo }, outputs: out, fn: ({ photo }) => `seen ${photo !== null}` }),
  }),
});

/** Names with passwords and roles. */
export const people: Readonly<Record<string, readonly [password: string, ...roles: string[]]>> = {
  ada: ["lovelace", "viewer", "editor"],
  bob: ["builder", "viewer"],
  cyd: ["charisse"],
};

/** Knows {@linkcode people}. */
export function known(name: string, password: string): Person | undefined {
  const [right, ...roles] = (Object.hasOwn(people, name) ? people[name] : undefined) ?? [];
  return right !== undefined && right === password ? { name, roles } : undefined;
}

/** An app with a guarded folder, `/club`, and a page that is open, `/open`, without a network. */
export interface Club extends AsyncDisposable {
  /** Answers a request as the server would. */
  readonly ask: (path: string, init?: RequestInit, address?: string) => Promise<Response>;
  readonly clock: FakeClock;
  readonly engine: Engine;
  readonly accounts: Accounts;
  readonly store: Store;
}

/** What a club may have of its own. */
export interface ClubOptions {
  readonly auth?: Partial<AuthOptions>;
  readonly store?: Store;
  /** Guards everything, not just `/club`. */
  readonly whole?: boolean;
  /** What guards `/second`, a folder of its own. */
  readonly second?: Middleware<AtollState>;
  /** What guards `/club/inner`, below the guard of `/club`. */
  readonly inner?: Middleware<AtollState>;
}

/** Where a club is, to its visitors. */
export const HERE = "http://127.0.0.1:8000";

/** Opens a club. */
export function openClub(options: ClubOptions = {}): Club {
  const clock = fakeClock();
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  const blobs = memoryBlobs({ now: clock.now, random });
  const store = options.store ?? memoryStore({ now: clock.now });
  const engine = new Engine({ blobs, clock, random, secret: random(32), broke: (error) => String(error) });
  const accounts = new Accounts({
    store: () => Promise.resolve(store),
    now: clock.now,
    monotonic: clock.now,
    after: clock.after,
    random,
    dev: false,
    broke: report,
    runs: () => engine.runsOfUsers(),
  });
  const guard = auth<AtollState>({ users: usersFrom(known), ...options.auth });
  const app = guarded(new App<AtollState>(), { names: ["demo.example.org"], dev: false })
    .use(hostPages({ engine, blobs, accounts, clock, maxUploadBytes: 2 ** 20, dev: false }))
    .appWrapper(Frame)
    .use(options.whole ? "/" : "/club", guard)
    .use("/second", options.second ?? ((context) => context.next()))
    .use("/club/inner", options.inner ?? ((context) => context.next()))
    .get("/club/api", () => Response.json({ inside: true }))
    .all("/club/any", () => new Response("inside"))
    .get("/club/page/:name", (context) => new Response(`inside ${context.params.name}`))
    .get("/club/inner/room", () => new Response("inside the inner room"))
    .get("/login", () => new Response("a route of the author's own"))
    .route("/club", { component: desk as never })
    .route("/open", { component: open as never })
    .route("/second", { component: open as never })
    .get("/", () => new Response("home"));
  const handle = app.handler();
  return {
    clock,
    engine,
    accounts,
    store,
    ask: async (path, init = {}, address = "192.0.2.1") => {
      const headers = new Headers(init.headers);
      const host = headers.get("host") ?? new URL(HERE).host;
      headers.set("host", host);
      const info = {
        remoteAddr: { transport: "tcp" as const, hostname: address, port: 1 },
        completed: Promise.resolve(),
      };
      return await handle(
        new Request(`http://${host}${path}`, { redirect: "manual", ...init, headers }),
        info,
      );
    },
    [Symbol.asyncDispose]: async () => {
      engine.close();
      await blobs[Symbol.asyncDispose]();
      if (!options.store) await store[Symbol.asyncDispose]();
    },
  };
}

function Frame({ Component }: PageProps<unknown, AtollState>): VNode {
  return <Component />;
}

/** Somebody who comes with a browser. */
export class Visitor {
  readonly #club: Club;
  readonly #address: string;
  /** Their cookies by name. */
  readonly cookies: Map<string, string> = new Map();

  /** From an address. */
  constructor(club: Club, address = "192.0.2.1") {
    this.#club = club;
    this.#address = address;
  }

  /** Asks as a browser does that navigates. */
  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return await this.#send(path, {
      headers: { accept: "text/html", "sec-fetch-site": "same-origin", ...headers },
    });
  }

  /** Sends a form as a browser does. */
  async post(
    path: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const body = new URLSearchParams(fields);
    return await this.#send(path, {
      method: "POST",
      body,
      headers: { accept: "text/html", origin: HERE, ...headers },
    });
  }

  /** Logs in. Gives the answer. */
  async login(name: string, password = people[name]?.[0] ?? "", page = "/club"): Promise<Response> {
    return await this.post(`${page}/login`, { name, password });
  }

  /** The token of a page that they have opened. */
  async open(page = "/club"): Promise<string> {
    const html = await (await this.get(page)).text();
    return /name="\$session" value="([^"]+)"/.exec(html)?.[1] ?? "";
  }

  /** Sends an event. */
  async event(
    body: Record<string, unknown>,
    page = "/club",
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return await this.#send(page, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", origin: HERE, ...headers },
    });
  }

  /** Sends, continues, asks after or removes a file. */
  async file(
    method: string,
    path: string,
    session: string,
    headers: Record<string, string> = {},
    body: Uint8Array<ArrayBuffer> | null = null,
  ): Promise<Response> {
    return await this.#send(path, {
      method,
      body,
      headers: { accept: "*/*", origin: HERE, "atoll-session": session, ...headers },
    });
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookies.size > 0) {
      headers.set("cookie", [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    }
    const response = await this.#club.ask(path, { ...init, headers }, this.#address);
    for (const cookie of response.headers.getSetCookie()) {
      const [name = "", value = ""] = cookie.split(";")[0]?.split("=") ?? [];
      if (/max-age=0/i.test(cookie)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }
}
