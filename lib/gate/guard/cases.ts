import assert from "node:assert/strict";
import { App, csp } from "fresh";
import { guarded, type GuardOptions, type GuardRules, RULES } from "@/lib/gate/guard.ts";

/** Sends a request to an app behind the guard, from an address, and gives the answer. */
export type Send = (
  method: string,
  path: string,
  headers?: Record<string, string>,
  from?: string,
  /** Whether a body is sent that does not come to its end: see `bodies`. */
  body?: boolean,
) => Promise<Response>;

/** One promise of the guard. `ask` throws when it is not kept. */
export interface GuardCase {
  readonly name: string;
  readonly settings?: Partial<GuardOptions>;
  readonly ask: (send: Send, effects: Effects) => Promise<void>;
}

/** What the app behind the guard noticed. */
export interface Effects {
  /** How often something was written. */
  writes: number;
  /** Ends what is under way. */
  readonly finish: (() => void)[];
  /** The bodies that were begun. */
  readonly bodies: ReadableByteStreamController[];
  /** Address of the client, as routes see it. */
  client: string;
}

const HOST = "localhost:8000";
const OWN = `http://${HOST}`;
const EVIL = "https://evil.example";
const APP = "https://app.example";
const json = { "content-type": "application/json" };

/** Runs a case against a fresh app behind the guard, with all rules or fewer. */
export async function runCase({ settings, ask }: GuardCase, rules: GuardRules = RULES): Promise<void> {
  const effects: Effects = { writes: 0, finish: [], bodies: [], client: "" };
  const options = { names: ["app.example"], dev: false, now: () => 0, ...settings };
  const handle = guarded(appOf(effects), options, rules).handler();
  await ask(async (method, path, headers = {}, from = "192.0.2.7", begun = false) => {
    const url = path.startsWith("http") ? path : `http://${headers.host ?? HOST}${path}`;
    const body = begun
      ? new ReadableStream({ type: "bytes", start: (body) => void effects.bodies.push(body) })
      : null;
    const request = new Request(url, { method, headers: { host: HOST, ...headers }, body });
    const { promise, resolve } = Promise.withResolvers<void>();
    effects.finish.push(resolve);
    const remoteAddr = { transport: "tcp" as const, hostname: from, port: 1 };
    return await handle(request, { remoteAddr, completed: promise });
  }, effects);
}

/** A turn of the event loop, in which streams come to their end. */
function left(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function appOf(effects: Effects): App<unknown> {
  const html = { "content-type": "text/html" };
  return new App()
    .use(csp())
    .get("/page", () => new Response("<p>page", { headers: html }))
    .get("/own-policy", () =>
      new Response("<p>", {
        headers: { ...html, "content-security-policy": "default-src 'self'; script-src 'unsafe-eval'" },
      }))
    .get("/data", () => Response.json({ secret: 1 }, { headers: { "access-control-allow-origin": "*" } }))
    .get("/away", () => Response.redirect(`${OWN}/page`, 303))
    .get("/one/:id", (context) => new Response(context.params.id))
    .get("/_fresh/js/0123/metafile.json", () => Response.json({ inputs: "secret names of sources" }))
    .get("/file", ({ url }) =>
      new Response("body{}", {
        headers: {
          "cache-control": "no-cache, no-store, max-age=0, must-revalidate",
          ...url.search === "" ? { etag: '"1"' } : {},
        },
      }))
    .get("/throw", () => {
      throw new Error("secret of the server");
    })
    .get("/client", (context) => {
      effects.client = (context.info.remoteAddr as Deno.NetAddr).hostname;
      return new Response("");
    })
    .get("/stream", () => new Response("data: 1\n\n", { headers: { "content-type": "text/event-stream" } }))
    .post("/write", () => {
      effects.writes++;
      return Response.json({});
    });
}

const refused = (
  what: string,
  method: string,
  path: string,
  status: number,
  headers: Record<string, string>,
): GuardCase => ({
  name: what,
  ask: async (send, effects) => {
    const response = await send(method, path, headers);
    assert.equal(response.status, status);
    assert.equal(response.headers.get("access-control-allow-origin"), null);
    assert.equal(effects.writes, 0);
    assert.doesNotMatch(await response.text(), /secret/);
  },
});

const answered = (
  what: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  settings: Partial<GuardOptions> = {},
): GuardCase => ({
  name: what,
  settings,
  ask: async (send) => {
    const response = await send(method, path, headers);
    assert.equal(response.status, 200);
    await response.body?.cancel();
  },
});

const hosts = [
  "evil.example",
  "localhost.evil.example",
  "127.0.0.1.nip.io",
  "xapp.example",
  "app.example.",
  "",
  "a".repeat(300),
];
const wrongOrigins = [
  EVIL,
  "null",
  "",
  "https://app.example.evil.example",
  "https://evilapp.example",
  "https://app.example:444",
  "https://APP.example",
  "file://",
  "http://localhost",
  "http://localhost:8001",
  "https://127.0.0.1:8000",
];

/** What comes in. */
const entry: readonly GuardCase[] = [
  ...hosts.map((host) =>
    refused(`no answer to the name "${host.slice(0, 30)}"`, "GET", `${OWN}/data`, 421, { host })
  ),
  refused("no other address in the request line", "GET", `${EVIL.replace("https", "http")}/data`, 421, {}),
  refused("no other scheme in the request line", "GET", `https://${HOST}/data`, 421, {}),
  refused("a forged name and an origin to go with it", "POST", "http://evil.example/write", 421, {
    host: "evil.example",
    origin: "http://evil.example",
    cookie: "session=1",
  }),
  ...["PROPFIND", "FOO", "get2", "X".repeat(10_000)].map((method): GuardCase => ({
    name: `no method ${method.slice(0, 20)}`,
    ask: async (send) => {
      const response = await send(method, "/data");
      assert.equal(response.status, 405);
      assert.match(response.headers.get("allow") ?? "", /^GET, HEAD, POST/);
    },
  })),
  refused("no address of 9,000 characters", "GET", `/data?${"a".repeat(9000)}`, 400, {}),
  refused("no body that no route would read", "POST", "/write", 413, {
    origin: OWN,
    "content-length": "1100000000",
  }),
  ...wrongOrigins.map((origin) =>
    refused(`no write from "${origin}"`, "POST", "/write", 403, { ...json, origin })
  ),
  ...["cross-site", "same-site"].map((site) =>
    refused(`no write without Origin that is ${site}`, "POST", "/write", 403, { "sec-fetch-site": site })
  ),
  refused("no write of an old browser with cookies alone", "POST", "/write", 403, {
    cookie: "session=1",
    "content-type": "text/plain;charset=UTF-8",
  }),
  refused("no method override", "POST", "/write", 403, { origin: EVIL, "x-http-method-override": "GET" }),
  ...[EVIL, "null", undefined].map((origin) =>
    refused(`no socket from ${origin}`, "GET", "/data", 403, {
      upgrade: "websocket",
      connection: "upgrade",
      ...(origin === undefined ? {} : { origin }),
    })
  ),
  refused("no event stream to another site", "GET", "/stream", 403, {
    accept: "text/event-stream",
    origin: EVIL,
  }),
  refused("no event stream to another site without Origin", "GET", "/stream", 403, {
    accept: "text/event-stream",
    "sec-fetch-site": "same-site",
  }),
  ...["cors", "no-cors"].flatMap((mode) =>
    ["cross-site", "same-site"].map((site) =>
      refused(`nothing for a page of another site to take in, ${mode} ${site}`, "GET", "/data", 403, {
        "sec-fetch-site": site,
        "sec-fetch-mode": mode,
      })
    )
  ),
  refused("no preflight for another site", "OPTIONS", "/write", 403, {
    origin: EVIL,
    "access-control-request-method": "POST",
    "access-control-request-private-network": "true",
  }),
  answered("a write of the page itself", "POST", "/write", { ...json, origin: OWN }),
  answered("a write of the page itself behind a proxy that takes TLS off", "POST", "/write", {
    host: "app.example",
    origin: APP,
  }),
  answered("a write without any of a browser's headers", "POST", "/write", json),
  answered("a write with a cookie that a browser would have asked leave for", "POST", "/write", {
    ...json,
    cookie: "a=1",
  }),
  answered("a link from another site", "GET", "/page", {
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
  }),
  answered("the page's own pictures", "GET", "/data", {
    "sec-fetch-site": "same-origin",
    "sec-fetch-mode": "no-cors",
  }),
  answered("any name where all are", "GET", "/data", { host: "other.example" }, { names: ["*"] }),
  refused("a name that is none", "GET", `${OWN}/data`, 421, { host: "1.2.3.4.5" }),
  {
    name: "a share of what is under way",
    settings: { connections: 2 },
    ask: async (send, { finish }) => {
      const status = async (from: string) => (await send("GET", "/data", {}, from)).status;
      assert.deepEqual([await status("::ffff:192.0.2.7"), await status("192.0.2.7")], [200, 200]);
      const over = await send("GET", "/data", {}, "192.0.2.7");
      assert.deepEqual([over.status, over.headers.has("retry-after")], [429, true]);
      assert.equal(await status("192.0.2.8"), 200);
      assert.deepEqual([
        await status("2001:db8::1"),
        await status("2001:db8::2"),
        await status("2001:db8::3"),
      ], [200, 200, 429]);
      finish[0]?.();
      await Promise.resolve();
      assert.equal(await status("192.0.2.7"), 200);
    },
  },
  {
    name: "a body that nobody wants counts until it is there",
    settings: { connections: 1 },
    ask: async (send, { finish, bodies }) => {
      const status = async () => (await send("POST", "/nowhere", {}, undefined, true)).status;
      assert.equal(await status(), 404);
      finish[0]?.();
      await Promise.resolve();
      assert.equal(await status(), 429);
      bodies[0]?.close();
      bodies[0]?.byobRequest?.respond(0);
      await left();
      assert.equal(await status(), 404);
    },
  },
  {
    name: "a body by GET, which nobody can read, is refused",
    ask: async (send) => {
      for (const method of ["GET", "HEAD"]) {
        assert.equal((await send(method, "/data", { "content-length": "1" })).status, 400);
        assert.equal((await send(method, "/data", { "transfer-encoding": "chunked" })).status, 400);
        assert.equal((await send(method, "/data", { "content-length": "0" })).status, 200);
      }
    },
  },
  {
    name: "a rate for each address",
    settings: { rate: 2 },
    ask: async (send) => {
      for (let i = 0; i < 20; i++) assert.equal((await send("GET", "/data")).status, 200);
      const over = await send("GET", "/data");
      assert.deepEqual([over.status, over.headers.get("retry-after")], [429, "1"]);
      assert.equal((await send("GET", "/data", {}, "192.0.2.8")).status, 200);
    },
  },
  {
    name: "headers of proxies that are not listed change nothing",
    ask: async (send, effects) => {
      const told = {
        "x-forwarded-for": "198.51.100.1",
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "https",
        forwarded: "for=198.51.100.1;host=evil.example;proto=https",
        "x-original-url": "/throw",
        "x-rewrite-url": "/throw",
      };
      const response = await send("GET", "/client", told);
      assert.deepEqual([response.status, effects.client], [200, "192.0.2.7"]);
      assert.equal(response.headers.has("strict-transport-security"), false);
    },
  },
  {
    name: "a listed proxy says who the client is, and how it came",
    settings: { proxies: ["192.0.2.0/24"], rate: 1 },
    ask: async (send, effects) => {
      const told = {
        "x-forwarded-for": "198.51.100.1",
        "x-forwarded-host": "app.example",
        "x-forwarded-proto": "https",
      };
      assert.equal((await send("GET", "/client", told)).status, 200);
      assert.equal(effects.client, "198.51.100.1");
      const write = async (origin: string) =>
        (await send("POST", "/write", { ...json, ...told, origin })).status;
      assert.deepEqual([await write(APP), await write("http://app.example"), await write(OWN)], [
        200,
        403,
        403,
      ]);
      assert.equal((await send("GET", "/data", { ...told, "x-forwarded-host": "evil.example" })).status, 421);
      // The rate is the client's, not the proxy's.
      for (let i = 0; i < 10; i++) await send("GET", "/data", told);
      assert.equal((await send("GET", "/data", told)).status, 429);
      assert.equal((await send("GET", "/data", { ...told, "x-forwarded-for": "198.51.100.2" })).status, 200);
    },
  },
];

/** What goes out, and what settings open. */
const exit: readonly GuardCase[] = [
  {
    name: "a static file with a tag may be kept and is asked after; nothing else may",
    ask: async (send) => {
      assert.equal((await send("GET", "/file")).headers.get("cache-control"), "no-cache");
      assert.match((await send("GET", "/file?untagged")).headers.get("cache-control") ?? "", /no-store/);
    },
  },
  ...([
    ["page", "GET", "/page", {}],
    ["page's head", "HEAD", "/page", {}],
    ["missing page", "GET", "/nothing", {}],
    ["wrong method", "DELETE", "/page", {}],
    ["unknown method", "FOO", "/page", {}],
    ["name that is not ours", "GET", `${OWN}/page`, { host: "evil.example" }],
    ["route that throws", "GET", "/throw", {}],
    ["redirect", "GET", "/away", {}],
    ["data", "GET", "/data", {}],
    ["stream", "GET", "/stream", {}],
    ["write", "POST", "/write", { origin: OWN }],
    ["refused write", "POST", "/write", { origin: EVIL }],
    ["body that is too large", "POST", "/write", { "content-length": "1100000000" }],
    ["own policy that is too weak", "GET", "/own-policy", {}],
    ["options", "OPTIONS", "/page", {}],
    ["file that is not there", "GET", `/page/files/${"A".repeat(22)}`, {}],
    ["sandbox", "GET", "/files/sandbox", {}],
  ] as const).map(([what, method, path, headers]): GuardCase => ({
    name: `headers on the answer: ${what}`,
    ask: async (send) => checkHeaders(await send(method, path, headers)),
  })),
  {
    name: "https only where the client came by it",
    settings: { proxies: ["192.0.2.0/24"] },
    ask: async (send) => {
      const response = await send("GET", "/page", {
        "x-forwarded-for": "198.51.100.1",
        "x-forwarded-proto": "https",
      });
      assert.match(response.headers.get("strict-transport-security") ?? "", /^max-age=\d{7,}/);
    },
  },
  {
    name: "a listed origin may frame pages, and nobody else",
    settings: { embed: [APP] },
    ask: async (send) => {
      const { headers } = await send("GET", "/page");
      assert.equal(headers.get("x-frame-options"), null);
      assert.match(
        headers.get("content-security-policy") ?? "",
        /frame-ancestors 'self' https:\/\/app\.example$/,
      );
      const other = await send("GET", "/data");
      assert.match(other.headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
    },
  },
  {
    name: "a listed origin may call from scripts",
    settings: { cors: ["https://script.example"] },
    ask: async (send, effects) => {
      const from = {
        origin: "https://script.example",
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "cors",
      };
      const preflight = await send("OPTIONS", "/write", {
        ...from,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,atoll-session,x-evil",
        "access-control-request-private-network": "true",
      });
      assert.equal(preflight.status, 204);
      assert.equal(preflight.headers.get("access-control-allow-private-network"), "true");
      assert.equal(preflight.headers.get("access-control-allow-headers"), "content-type, atoll-session");
      assert.match(preflight.headers.get("access-control-allow-methods") ?? "", /POST/);
      assert.ok(Number(preflight.headers.get("access-control-max-age")) > 0);
      const written = await send("POST", "/write", { ...from, ...json });
      assert.deepEqual([written.status, effects.writes], [200, 1]);
      for (const response of [preflight, written, await send("GET", "/data", from)]) {
        assert.equal(response.headers.get("access-control-allow-origin"), "https://script.example");
        assert.equal(response.headers.get("access-control-allow-credentials"), null);
        assert.match(response.headers.get("vary") ?? "", /origin/i);
      }
      for (const origin of wrongOrigins) {
        const response = await send("GET", "/data", { origin });
        assert.equal(response.headers.get("access-control-allow-origin"), null, origin);
        assert.match(response.headers.get("vary") ?? "", /origin/i);
        const ask = {
          origin,
          "access-control-request-method": "POST",
          "access-control-request-private-network": "true",
        };
        const refusal = await send("OPTIONS", "/write", ask);
        assert.equal(refusal.status, 403);
        assert.equal(refusal.headers.get("access-control-allow-private-network"), null);
      }
    },
  },
  {
    name: "a listed origin may send cookies where a setting says so",
    settings: { cors: ["https://script.example"], corsCredentials: true },
    ask: async (send) => {
      const response = await send("GET", "/data", { origin: "https://script.example" });
      assert.equal(response.headers.get("access-control-allow-credentials"), "true");
    },
  },
];

const paths: readonly GuardCase[] = [
  ...["/one/%", "/one/%zz", "/one/%ff%fe", "/%c0%ae", "/page/%e0%a4%a"].map((path) =>
    refused(`a broken escape is the client's mistake: ${path}`, "GET", path, 400, {})
  ),
  ...["metafile.json", "metafile%2ejson", "%6detafile.json", "metafile.json?x=1", "metafile.json/"].map((
    name,
  ) =>
    refused(
      `what the build says about the sources is not there: ${name}`,
      "GET",
      `/_fresh/js/0123/${name}`,
      404,
      {},
    )
  ),
  ...["//_fresh/js/0123/metafile.json", "/%5ffresh/js/0123/metafile.json"].map((path) =>
    refused(`what the build says about the sources is not there: ${path}`, "GET", path, 404, {})
  ),
  ...["/one/%20", "/one/%E2%82%AC", "/one/a?%zz=%"].map((path) =>
    answered(`an escape may stand where it is whole, and anything in a query: ${path}`, "GET", path, {})
  ),
];

/** All promises of the guard. */
export const CASES: readonly GuardCase[] = [...entry, ...paths, ...exit];

function checkHeaders({ headers }: Response): void {
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.match(headers.get("referrer-policy") ?? "", /^(same-origin|no-referrer)$/);
  assert.equal(headers.get("cross-origin-opener-policy"), "same-origin");
  assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
  assert.match(headers.get("permissions-policy") ?? "", /geolocation=\(\)/);
  assert.match(headers.get("x-frame-options") ?? "", /^(DENY|SAMEORIGIN)$/);
  const policy = headers.get("content-security-policy") ?? "";
  assert.match(policy, /frame-ancestors '(none|self)'/);
  assert.match(policy, /default-src '(none|self)'/);
  assert.doesNotMatch(policy, /unsafe-eval|upgrade-insecure/);
  if (!policy.startsWith("sandbox ")) assert.doesNotMatch(policy, /unsafe-inline/);
  for (const name of ["server", "x-powered-by", "access-control-allow-origin", "strict-transport-security"]) {
    assert.equal(headers.get(name), null);
  }
}
