import assert from "node:assert/strict";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { weigh, type Weight } from "@/bench/weight.ts";
import { freshKind } from "./fresh_kind.ts";
import { startServer } from "./server.ts";

const KB = 1024;

/** The most that a page may weigh: bodies as sent to a browser that takes compressed ones. */
type Budget = Readonly<
  Partial<Record<"scriptBytes" | "styleBytes" | "allBytes" | "requests" | "scriptElements", number>>
>;

const greeter: Budget = { scriptBytes: 15 * KB, styleBytes: 5 * KB, allBytes: 25 * KB, requests: 6 };
/** What upstream's builder makes of it: a script for each field, and parts of a runtime that no page here needs. */
const greeterUpstream: Budget = { scriptBytes: 28 * KB, styleBytes: 5 * KB, allBytes: 38 * KB, requests: 18 };
const gallery: Budget = { scriptElements: 0, scriptBytes: 0 };

Deno.test("The pages keep to their weight", async (t) => {
  await using server = await startServer();

  await t.step("The greeter page", async () => {
    const weight = await weigh(server.base, "/demos/greeter");
    assert.deepEqual(over(weight, await freshKind() === "stand-in" ? greeter : greeterUpstream), []);
    // An alive page has a style sheet and a script: a weight without them was taken of something else.
    assert.ok(weight.styleBytes > KB && weight.scriptBytes > KB && weight.pageBytes > KB);
  });

  await t.step("The gallery ships no script at all", async () => {
    const weight = await weigh(server.base, "/");
    assert.deepEqual(over(weight, gallery), []);
    assert.ok(weight.styleBytes > KB && weight.pageBytes > KB);
  });
});

const SCRIPT = '<script type="module" src="/small.js"></script>';
const seeded: readonly (readonly [budget: Budget, name: string, body: string, link?: string])[] = [
  [greeter, "scriptBytes", '<script type="module">import{a}from"/a.js";a()</script>'],
  [greeter, "scriptBytes", "", '</big.js>; rel="modulepreload"; as="script"'],
  [greeter, "scriptBytes", '<script type="module" src="/big.js"></script>'],
  [greeter, "styleBytes", '<link rel="stylesheet" href="/big.css">'],
  [greeter, "allBytes", '<img src="/big.png"><img src="/huge.png">'],
  [greeter, "allBytes", noise(26 * KB)],
  [greeter, "requests", Array.from({ length: 6 }, (_, at) => `<img src="/${at}.png">`).join("")],
  [gallery, "scriptElements", "<script>1</script>"],
  [gallery, "scriptBytes", SCRIPT],
];

Deno.test("weigh() finds a seeded mistake for each budget, whether the page is compressed or not", async (t) => {
  let [body, link, encoding] = ["", "", ""];
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, ({ url }) => {
    const { pathname } = new URL(url);
    if (pathname === "/") return page(body, link, encoding);
    if (pathname === "/a.js") return new Response('import"./big.js";export const a=()=>{};');
    if (pathname === "/small.js") return new Response("1");
    return new Response(new Uint8Array(/^\/\d/.test(pathname) ? 1 : 16 * KB).fill(32));
  });
  const base = `http://127.0.0.1:${server.addr.port}`;
  for (encoding of Object.keys(compress)) {
    for (const [at, [budget, name, html, preload = ""]] of seeded.entries()) {
      await t.step(`${name}, ${encoding}, seed ${at}`, async () => {
        [body, link] = [html, preload];
        const found = over(await weigh(base, "/"), budget);
        assert.ok(found.some((line) => line.startsWith(`${name} is `)), found.join());
      });
    }
    await t.step(`nothing in a light page, ${encoding}`, async () => {
      [body, link] = ['<script type="module">onclick=()=>import("/big.js")</script>', ""];
      const weight = await weigh(base, "/");
      assert.deepEqual(over(weight, greeter), []);
      assert.deepEqual([weight.requests, weight.scriptElements, [...weight.files]], [1, 1, []]);
    });
  }
  const budgets = [...Object.keys(greeter), ...Object.keys(gallery)];
  assert.deepEqual(new Set(seeded.map(([, name]) => name)), new Set(budgets), "a budget without a seed");
});

function over(weight: Weight, budget: Budget): string[] {
  return Object.entries(budget).flatMap(([name, most]) => {
    const measured = weight[name as keyof Budget];
    return measured <= most ? [] : [`${name} is ${measured}, at most ${most} may be`];
  });
}

const compress = {
  identity: (bytes: Uint8Array) => bytes,
  gzip: gzipSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
} as const;

function page(body: string, link: string, encoding: string): Response {
  const bytes = compress[encoding as keyof typeof compress](
    new TextEncoder().encode(`<!doctype html><title>Seeded</title>${body}`),
  );
  return new Response(new Uint8Array(bytes), {
    headers: { "content-type": "text/html", "content-encoding": encoding, ...(link && { link }) },
  });
}

/** Text that does not become smaller. */
function noise(length: number): string {
  return Array.from(
    { length: length / KB },
    () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(KB)))),
  ).join("");
}
