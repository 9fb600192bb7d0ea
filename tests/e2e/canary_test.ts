import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { z } from "zod";
import { builtIn } from "@/components/mod.ts";
import { cleanName } from "@/lib/store/name.ts";
import { launch } from "@/tests/browser.ts";
import { allPayloads, ELSEWHERE, payloadGroups } from "@/tests/canaries.ts";
import { serveRoutes } from "@/tests/served.ts";
import { canaryPage } from "./canary_routes/(_canary)/page.tsx";
import { sinks } from "./canary_routes/(_canary)/sinks.ts";
import { inspect, press, watch, type Watched } from "./canary_routes/(_canary)/watch.ts";

/** Waits until the page shows a text as it is. */
async function shows(page: Page, selector: string, text: string): Promise<void> {
  await page.waitForFunction(
    ([selector, text]) =>
      [...document.querySelectorAll(selector as string)].some(({ textContent }) =>
        textContent?.includes(text as string)
      ),
    [selector, text] as const,
  );
}

/** Goes through all that a page does with some payloads: drawn, alive, written by a handler, refused, answered to a form. */
async function visit({ page }: Watched, base: string, index: number): Promise<string[]> {
  const { sinks, text } = canaryPage(payloadGroups[index] as readonly string[]);
  const all = Object.values(sinks);
  const before = all.flatMap(({ says }) => says);
  const after = all.flatMap(({ says2 }) => says2);
  const always = ["title", "description", "tab", "other tab", "accordion"].map(text);
  const flaws: string[] = [];
  const look = async (at: string, texts: readonly string[]) => {
    for (const flaw of await inspect(page, [...always, ...texts])) flaws.push(`${at}: ${flaw}`);
  };
  const query = encodeURIComponent(text("query"));
  await page.goto(`${base}/canary/${index}?__theme=${query}&view=${query}#${query}`);
  // Tabs are made of what the server drew, once they are alive.
  await page.locator("[role=tablist]").waitFor({ state: "attached" });
  await look("new", before);
  await press(page, "Go");
  await shows(page, ".at-note", text("note"));
  await press(page, "More");
  await page.waitForFunction(() => !document.querySelector("[aria-busy]"));
  await look("given", [...after, text("message"), text("message title")]);
  // Three messages are shown already: an error takes the place of one.
  await press(page, "Fail");
  await shows(page, ".at-toast", text("failure"));
  await page.evaluate(() => {
    const form = document.querySelector("form[data-atoll]") as HTMLFormElement;
    const action = document.createElement("input");
    action.name = "$run.refuse";
    form.append(action);
    // What a page sends back of a file is the sender's word.
    const kept = document.querySelector<HTMLInputElement>("[type=hidden][name=image]");
    if (kept) kept.value = JSON.stringify({ ...JSON.parse(kept.value), url: "javascript:canary(1)" });
    HTMLFormElement.prototype.submit.call(form);
  });
  await shows(page, ".at-error", text("refusal"));
  await look("answered", [
    text("notice"),
    text("new textbox value"),
    text("new lines value"),
    text("dropdown choice"),
  ]);
  await press(page, "Refuse");
  await shows(page, ".at-toast", text("notice"));
  await look("refused", [text("refusal")]);
  return flaws;
}

Deno.test("Every component has canaries, in every prop that takes text", () => {
  const payload = allPayloads[0]?.[1] as string;
  for (const { kind, spec, contains } of builtIn) {
    const made = Object.values(sinks[kind]?.((place) => `${place} ${payload}`, [payload]) ?? {});
    assert.ok(made.length > 0, `${kind} has no canaries in tests/e2e/canary_routes/(_canary)/sinks.ts`);
    const given = made.map(({ give }) => (give as { update?: Record<string, unknown> }).update ?? {});
    const drawn = contains || made.some(({ says }) => says.length > 0);
    for (const [name, schema] of Object.entries(spec.shape as Record<string, z.ZodType>)) {
      if (!drawn || name === "value") continue;
      const takesText = [payload, [payload], [[payload]]].some((value) => schema.safeParse(value).success);
      if (!takesText || schema instanceof z.ZodUnknown) continue;
      assert.ok(
        given.some((props) => JSON.stringify(props[name])?.includes(JSON.stringify(payload).slice(1, -1))),
        `${kind} has no canary in "${name}"`,
      );
    }
  }
});

Deno.test("A page with hostile text in every field runs no script and sends no request", async (t) => {
  await using served = await serveRoutes("tests/e2e/canary_routes");
  const browser = await launch();
  try {
    for (const csp of [false, true]) {
      await t.step(`with its policy ${csp ? "on" : "off"}`, async () => {
        const todo = payloadGroups.map((_, index) => index);
        const found: string[] = [];
        const worker = async () => {
          await using watched = await watch({ browser, served, csp });
          for (let index = todo.shift(); index !== undefined; index = todo.shift()) {
            const flaws = await visit(watched, served.base, index);
            for (const flaw of [...flaws, ...watched.seen.splice(0)]) {
              found.push(`${index}: ${flaw}`);
            }
          }
        };
        await Promise.all([worker(), worker()]);
        assert.deepEqual(found, []);
      });
    }
  } finally {
    await browser.close();
  }
});

// Markdown, JSON and text: nothing in them acts as markup. The last hides what follows.
const INERT = ["imageMarkdown", "linkMarkdown", "prototype", "dollars", "plaintext"];

Deno.test("Markup that streams in is safe at every state, wherever its pieces are cut", async () => {
  await using served = await serveRoutes("tests/e2e/canary_routes");
  const browser = await launch();
  try {
    await using watched = await watch({ browser, served, csp: false });
    const { page, seen } = watched;
    await page.goto(`${served.base}/stream`);
    await page.evaluate(() => {
      const states = (globalThis as { states?: number }).states = 0;
      const look = () => {
        (globalThis as unknown as { states: number }).states++;
        const bad = document.querySelector(
          ".at-md :is(script, style, svg, form, iframe, [onerror], [onload])",
        );
        if (bad) (globalThis as unknown as { canary(what: string): void }).canary(bad.outerHTML);
      };
      new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
      return states;
    });
    await press(page, "Go");
    await shows(page, "#done", "all of it");
    assert.ok(await page.evaluate(() => (globalThis as unknown as { states: number }).states) > 10);
    assert.deepEqual(await inspect(page, []), []);
    assert.deepEqual(seen, []);
  } finally {
    await browser.close();
  }
});

Deno.test("What the suite looks for it finds: markup that was not made safe runs, and sends, and is seen", async () => {
  await using served = await serveRoutes("tests/e2e/canary_routes");
  const browser = await launch();
  try {
    await using bare = await watch({ browser, served, csp: false });
    await using strict = await watch({ browser, served, csp: true });
    // The one that leads the page away comes last.
    const leadsAway = ([, [name]]: [number, readonly [string, string]]) => Number(name.endsWith(".refresh"));
    const entries = [...allPayloads.entries()].sort((a, b) => leadsAway(a) - leadsAway(b));
    for (const [index, [name = ""]] of entries) {
      const [group, own = ""] = name.split(".");
      if (INERT.includes(own)) continue;
      bare.seen.length = 0;
      await bare.page.goto(`${served.base}/raw/${index}`, { waitUntil: "commit" });
      if (group === "runs") {
        await bare.until(/^canary 1/);
        // The policy is a second wall: without the first one, script does not run either.
        await strict.page.goto(`${served.base}/raw/${index}`);
      } else if (group === "leaves") {
        await bare.until(new RegExp(`^request https?://${ELSEWHERE}/`));
      } else {
        await bare.page.waitForLoadState();
        const found = await inspect(bare.page, ["not there"]);
        assert.equal(found.pop(), "missing: not there");
        assert.notDeepEqual(found, [], name);
      }
    }
    assert.deepEqual(strict.seen.filter((what) => !what.startsWith("request x:")), []);
  } finally {
    await browser.close();
  }
});

Deno.test("Pages that say what went wrong repeat nothing hostile as markup, or nothing at all", async (t) => {
  await using served = await serveRoutes("tests/e2e/canary_routes");
  const browser = await launch();
  try {
    for (const csp of [false, true]) {
      await t.step(`with their policy ${csp ? "on" : "off"}`, async () => {
        await using watched = await watch({ browser, served, csp });
        const { page, seen } = watched;
        for (const [index, [, text]] of allPayloads.entries()) {
          // An eighth is enough: the words go one way only.
          if (index % 8 !== 0) continue;
          await page.goto(`${served.base}/broken/${index}`);
          assert.deepEqual(await inspect(page, [`refusal ${text}`]), []);
          const answer = await page.goto(
            `${served.base}/${encodeURIComponent(text)}?q=${encodeURIComponent(text)}`,
          );
          assert.equal(answer?.status(), 404);
          assert.deepEqual(await inspect(page, []), []);
        }
        assert.deepEqual(seen, []);
      });
    }
    await t.step("and those that are no pages say nothing of what they were sent", async () => {
      const mark = "<svg onload=canary(1)>";
      const json = { "content-type": "application/json" };
      const page = `${served.base}/canary/0`;
      const requests: Record<string, [number, Promise<Response>]> = {
        "404 of a file": [404, fetch(`${page}/files/${encodeURIComponent(mark)}`)],
        "405": [405, fetch(`${page}?${mark}`, { method: "DELETE" })],
        "400": [400, fetch(page, { method: "POST", headers: json, body: mark })],
        "404 of an action": [
          410,
          fetch(page, {
            method: "POST",
            headers: json,
            body: JSON.stringify({ action: mark, session: mark }),
          }),
        ],
        "413": [
          413,
          fetch(page, { method: "POST", headers: json, body: JSON.stringify(mark.repeat(60_000)) }),
        ],
        "415": [415, fetch(page, { method: "POST", headers: { "content-type": mark }, body: mark })],
      };
      for (const [name, [status, request]] of Object.entries(requests)) {
        const answer = await request;
        const text = await answer.text();
        assert.equal(answer.status, status, `${name}: ${text}`);
        assert.ok(!text.includes("canary"), `${name}: ${text}`);
        assert.equal(answer.headers.get("x-content-type-options"), "nosniff", name);
        assert.match(
          answer.headers.get("content-type") ?? "",
          /^(application\/json|text\/plain|text\/html)/,
          name,
        );
        assert.doesNotMatch(answer.headers.get("content-security-policy") ?? "unsafe", /unsafe/, name);
      }
    });
  } finally {
    await browser.close();
  }
});

Deno.test("A file that was sent is named on the page, whatever its name", async () => {
  await using served = await serveRoutes("tests/e2e/canary_routes");
  const browser = await launch();
  try {
    for (const csp of [false, true]) {
      await using watched = await watch({ browser, served, csp });
      const { page, seen } = watched;
      await page.goto(`${served.base}/canary/0`);
      const names = [`<img src=x: onerror=canary(1)>.png`, `"onload="canary(1).png`, `&lt;script&gt;'.png`];
      for (const name of names) {
        const bytes = await Deno.readFile(new URL("../../static/samples/digit_2.png", import.meta.url));
        const [chooser] = await Promise.all([
          page.waitForEvent("filechooser"),
          page.locator("#image_empty").click(),
        ]);
        await chooser.setFiles({ name, mimeType: "image/png", buffer: Buffer.from(bytes) });
        const shown = cleanName(name);
        await page.waitForFunction(
          (shown) => document.querySelector("[data-field=image_empty] a")?.getAttribute("download") === shown,
          shown,
        );
        const link = page.locator("[data-field=image_empty] a");
        assert.match(await link.getAttribute("href") ?? "", /^\/canary\/0\/files\/[\w-]+(\?download)?$/);
        assert.deepEqual(await inspect(page, [shown]), []);
        await page.locator("[data-field=image_empty] [aria-label='Remove image']").click();
      }
      assert.deepEqual(seen, []);
    }
  } finally {
    await browser.close();
  }
});

Deno.test("A file that was sent does not act, however it is opened", async () => {
  await using served = await serveRoutes("tests/e2e/canary_routes");
  const browser = await launch();
  const files: Record<string, string> = {
    "page.html": "<script>parent.canary(1);canary(1)</script>",
    "picture.svg":
      `<svg xmlns="http://www.w3.org/2000/svg" onload="canary(1)"><script>canary(1)</script><foreignObject>` +
      `<img xmlns="http://www.w3.org/1999/xhtml" src="x:" onerror="canary(1)"/></foreignObject></svg>`,
    "page.xhtml": `<html xmlns="http://www.w3.org/1999/xhtml"><script>canary(1)</script></html>`,
    "worker.js": "canary(1);self.onfetch = () => {}",
    "picture.png": "<script>canary(1)</script>",
    "data.json": "<script>canary(1)</script>",
  };
  try {
    for (const csp of [false, true]) {
      await using watched = await watch({ browser, served, csp });
      const { page, seen } = watched;
      await page.goto(`${served.base}/canary/0`);
      for (const [name, text] of Object.entries(files)) {
        const { worker, script } = await page.evaluate(async ({ name, text }) => {
          const session = document.querySelector<HTMLInputElement>("[name='$session']")?.value ?? "";
          const headers = { "atoll-session": session, "atoll-name": encodeURIComponent(name) };
          const { url } = await (await fetch("/canary/0/files", { method: "POST", headers, body: text }))
            .json();
          const ended = (element: HTMLElement) =>
            new Promise<string>((resolve) => {
              element.onload = () => resolve("loaded");
              element.onerror = () => resolve("refused");
              document.body.append(element);
            });
          await ended(Object.assign(document.createElement("img"), { src: url }));
          const script = await ended(Object.assign(document.createElement("script"), { src: url }));
          // A frame says nothing when its document is downloaded instead.
          document.body.append(Object.assign(document.createElement("iframe"), { src: url }));
          document.body.append(
            Object.assign(document.createElement("iframe"), { src: `${url}?type=text/html` }),
          );
          const worker = await navigator.serviceWorker.register(url).then(
            () => "registered",
            () => "refused",
          );
          return { worker, script };
        }, { name, text });
        assert.deepEqual({ worker, script }, { worker: "refused", script: "refused" }, name);
      }
      assert.deepEqual(seen, []);
    }
  } finally {
    await browser.close();
  }
});
