import assert from "node:assert/strict";
import { launch } from "@/tests/browser.ts";
import { freshKind } from "@/tests/fresh_kind.ts";
import { type ParityServer, startParityApp } from "./fresh/server.ts";

/** What upstream 2.3.3 was seen to do, and what the stand-in does in its place, where that is something else. */
interface Recorded {
  readonly name: string;
  readonly upstream: unknown;
  /** With the reason why it may differ. */
  readonly standIn?: readonly [found: unknown, reason: string];
  readonly find: (server: ParityServer) => Promise<unknown>;
}

const DEFAULTS =
  "default-src 'self'; script-src 'self' 'nonce-N'; style-src 'self' 'nonce-N'; font-src 'self'; " +
  "media-src 'self' data: blob:; worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'self'; " +
  "form-action 'self'; frame-ancestors 'none'; upgrade-insecure-requests";

const RECORDED: readonly Recorded[] = [
  {
    name: "directives of an app's own stand behind the default ones",
    upstream: `${DEFAULTS}; img-src 'self' https://x.test`,
    find: async ({ url }) => {
      const { headers, body } = await fetch(`${url}/own-csp/x`);
      await body?.cancel();
      return headers.get("content-security-policy")?.replaceAll(/nonce-[\w-]+/g, "nonce-N");
    },
  },
  {
    name: "a broken escape in a parameter breaks the answer",
    upstream: [500, "Internal Server Error"],
    find: async ({ url }) => {
      const response = await fetch(`${url}/one/%ff%fe`);
      return [response.status, await response.text()];
    },
  },
  {
    name: "a script is sent as it is",
    upstream: null,
    standIn: ["br", "The stand-in's build compresses; Atoll does where Fresh does not"],
    find: async ({ url }) => {
      const response = await fetch(url + await scriptOf(url), { headers: { "accept-encoding": "br" } });
      await response.body?.cancel();
      return response.headers.get("content-encoding");
    },
  },
  {
    name: "what the build says about its sources is among the scripts",
    upstream: true,
    standIn: [false, "Nobody needs it; Atoll's guard hides it on any Fresh"],
    find: async ({ url }) => {
      const path = (await scriptOf(url)).replace(/[^/]+$/, "metafile.json");
      return (await (await fetch(url + path)).text()).startsWith('{"inputs":');
    },
  },
  {
    name: "what is written before an island is alive is lost",
    upstream: "",
    standIn: ["early", "Islands are taken over by hydrate(), which leaves an input alone"],
    find: async ({ url }) => {
      const browser = await launch();
      try {
        const page = await browser.newPage();
        const gate = Promise.withResolvers<void>();
        await page.route("**/_fresh/js/**", async (route) => {
          await gate.promise;
          await route.continue();
        });
        await page.goto(`${url}/typed`, { waitUntil: "commit" });
        await page.locator("#typed").fill("early");
        gate.resolve();
        await page.waitForFunction(() => {
          const alive = document.getElementById("alive");
          alive?.click();
          return alive?.title === "alive";
        });
        return await page.locator("#typed").inputValue();
      } finally {
        await browser.close();
      }
    },
  },
];

Deno.test("Fresh does what upstream was seen to do, or what is listed in its place", async (t) => {
  await using server = await startParityApp();
  const kind = await freshKind();
  for (const { name, upstream, standIn, find } of RECORDED) {
    await t.step(name, async () => {
      assert.deepEqual(await find(server), kind === "stand-in" && standIn ? standIn[0] : upstream);
    });
  }
});

async function scriptOf(url: string): Promise<string> {
  const html = await (await fetch(`${url}/typed`)).text();
  const [, path] = /from ?"(\/_fresh\/js\/[^"]+)"/.exec(html) ?? assert.fail(html);
  return path as string;
}
