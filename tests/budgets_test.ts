import assert from "node:assert/strict";
import { weigh, type Weight } from "@/bench/weight.ts";
import { startServer } from "./server.ts";

const KB = 1024;

/** What the greeter page may weigh: bodies as sent to a browser that takes brotli. */
const greeter: Readonly<Record<"scriptBytes" | "styleBytes" | "allBytes" | "requests", number>> = {
  scriptBytes: 15 * KB,
  styleBytes: 5 * KB,
  allBytes: 25 * KB,
  requests: 6,
};

Deno.test("The pages keep to their weight", async (t) => {
  await using server = await startServer();

  await t.step("The greeter page", async () => {
    assert.deepEqual(over(await weigh(server.base, "/demos/greeter"), greeter), []);
  });

  await t.step("The gallery ships no script at all", async () => {
    const { scriptElements, scriptBytes } = await weigh(server.base, "/");
    assert.deepEqual({ scriptElements, scriptBytes }, { scriptElements: 0, scriptBytes: 0 });
  });
});

Deno.test("weigh() finds a seeded oversized file, wherever a page or a script asks for it", async () => {
  const big = new Uint8Array(16 * KB).fill(32);
  const asked: string[] = [];
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (!asked.includes(pathname)) asked.push(pathname);
    switch (pathname) {
      case "/imported":
        return html('<script type="module">import{a}from"/a.js";a()</script>');
      case "/linked":
        return html("", { link: '</big.js>; rel="modulepreload"; as="script"' });
      case "/named":
        return html('<script type="module" src="/big.js"></script>');
      case "/styled":
        return html('<link rel="stylesheet" href="/big.css">');
      case "/lazy":
        return html('<script type="module">onclick=()=>import("/big.js")</script>');
      case "/a.js":
        return new Response('import"./big.js";export const a=()=>{};');
      default:
        return new Response(big);
    }
  });
  const base = `http://127.0.0.1:${server.addr.port}`;
  for (const path of ["/imported", "/linked", "/named"]) {
    const weight = await weigh(base, path);
    assert.ok(over(weight, greeter).some((line) => line.startsWith("scriptBytes")), path);
    assert.ok(weight.files.get("/big.js") === big.length, path);
  }
  assert.ok(over(await weigh(base, "/styled"), greeter).some((line) => line.startsWith("styleBytes")));
  assert.equal((await weigh(base, "/imported")).requests, 3);
  assert.deepEqual([...(await weigh(base, "/lazy")).files], []);
});

function over(weight: Weight, most: Readonly<Record<string, number>>): string[] {
  const measured = weight as unknown as Record<string, number>;
  return Object.entries(most).flatMap(([name, budget]) =>
    (measured[name] as number) <= budget ? [] : [`${name} is ${measured[name]}, at most ${budget} may be`]
  );
}

function html(body: string, headers: Record<string, string> = {}): Response {
  return new Response(`<!doctype html><title>Seeded</title>${body}`, {
    headers: { "content-type": "text/html", ...headers },
  });
}
