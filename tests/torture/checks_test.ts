import assert from "node:assert/strict";
import type { TestServer } from "@/tests/server.ts";
import { checkAfter, type Ground, look } from "./checks.ts";
import { Torture } from "./torture.ts";

const SAFE = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "content-security-policy": "default-src 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** What a server that is in order says, and how a case may spoil it. */
interface Spoilt {
  health: number;
  output: string;
  census: Record<string, unknown>;
  answer: () => Response;
  hits: number;
}

const refusal = (message: string, status = 404, headers: Record<string, string> = SAFE) => () =>
  Response.json({ error: { code: "not_found", message } }, { status, headers });

const CASES:
  readonly (readonly [what: string, says: RegExp, spoil: (at: Spoilt, folder: string) => unknown])[] = [
    ["a server that is not well", /U1/, (at) => at.health = 503],
    ["a secret in the log", /U2/, (at) => at.output = "all is CANARY_HOME well"],
    ["a secret in an answer", /U2/, (at) => at.answer = () => new Response("CANARY_ENV", { headers: SAFE })],
    [
      "a secret in a header",
      /U2/,
      (at) => at.answer = () => new Response("", { headers: { ...SAFE, x: "CANARY_SRC" } }),
    ],
    ["an error of the server", /U3/, (at) => at.answer = refusal("Broken", 500)],
    ["a refusal that names a file", /U4/, (at) => at.answer = refusal("No such file /srv/data/x")],
    [
      "a refusal with a stack",
      /U4/,
      (at) => at.answer = refusal("Error\n    at run (file:///srv/run.ts:1:1)"),
    ],
    [
      "a refusal without a code",
      /U4/,
      (at) => at.answer = () => Response.json({ error: {} }, { status: 404, headers: SAFE }),
    ],
    ["a long refusal", /U4/, (at) => at.answer = refusal("no ".repeat(600))],
    ["an answer without its headers", /U5/, (at) => at.answer = refusal("Not here", 404, {})],
    ["a loop that was held up", /U6/, (at) => at.census.lagMs = 900],
    ["a file that was left", /U7/, (_, folder) => Deno.writeTextFile(`${folder}/home/left.txt`, "")],
    ["a part of an upload", /U7/, (_, folder) => Deno.writeTextFile(`${folder}/data/x.part`, "")],
    ["timers that were left", /U8/, (at) => at.census.timers = 50],
    ["a run that goes on", /U8/, (at) => at.census.load = { busy: 1, waiting: 0 }],
    ["a request to somebody else", /U9/, (at) => at.hits = 1],
  ];

for (const [what, says, spoil] of CASES) {
  Deno.test(`checkAfter() finds ${what}`, async () => {
    await assert.rejects(afterCase(spoil), (error) => says.test(String(error)));
  });
}

Deno.test("checkAfter() finds nothing in a server that is in order", async () => {
  await afterCase((at) => at.answer = refusal("There is nothing here"));
});

/** Runs the checks after a case that does one request. */
async function afterCase(spoil: (at: Spoilt, folder: string) => unknown): Promise<void> {
  const load = { waiting: 0, busy: 0, runs: 0, sessions: 0, streams: 0 };
  const at: Spoilt = {
    health: 200,
    output: "",
    census: { timers: 1, lagMs: 1, heapBytes: 1, load, pools: {} },
    answer: () => new Response("well", { headers: SAFE }),
    hits: 0,
  };
  const folder = await Deno.makeTempDir({ prefix: "atoll-checks-" });
  for (const name of ["data", "home"]) await Deno.mkdir(`${folder}/${name}`);
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, ({ url }) => {
    if (url.endsWith("/census")) return Response.json(at.census);
    return url.endsWith("/healthz") ? new Response(null, { status: at.health }) : at.answer();
  });
  const torture = new Torture({
    base: `http://127.0.0.1:${server.addr.port}`,
    pid: Deno.pid,
    output: () => at.output,
  } as unknown as TestServer);
  const ground: Ground = {
    folder,
    canaries: ["CANARY_ENV", "CANARY_HOME", "CANARY_SRC"],
    hits: () => at.hits,
    mostLagMs: 400,
    tries: 3,
  };
  try {
    const before = await look(torture, ground);
    await spoil(at, folder);
    await (await torture.fetch("/case")).text();
    await checkAfter(torture, before, ground, {});
  } finally {
    torture[Symbol.dispose]();
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}
