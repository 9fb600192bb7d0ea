import { deepEqual } from "node:assert/strict";
import { type Browser, chromium, type Page } from "playwright-core";
import golden from "./fresh/golden/browser-preact10.json" with { type: "json" };
import { BROWSER_DIFFERENCES } from "./fresh/differences.ts";
import { startParityApp } from "./fresh/server.ts";

const ARGS =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
    .split(" ");

/** One check in the browser: where it starts, what it does, and what it finds. */
interface Check {
  readonly name: keyof typeof golden;
  readonly path: string;
  run(page: Page): Promise<unknown>;
}

const text = (page: Page, selector: string) => page.textContent(selector);

/** Waits for the text of an element, and gives what is there when it does not come. */
async function settle(page: Page, selector: string, expected: string): Promise<string | null> {
  const wait = page.waitForFunction(
    ([selector, expected]) => document.querySelector(selector)?.textContent === expected,
    [selector, expected] as const,
  );
  return await wait.then(() => expected, () => text(page, selector));
}

/** Clicks an element once it listens: before that a click is lost. */
async function press(page: Page, selector: string): Promise<void> {
  await page.waitForFunction((selector) => {
    const element = document.querySelector(selector);
    return element !== null && (window as unknown as { heard: WeakSet<EventTarget> }).heard.has(element);
  }, selector);
  await page.click(selector);
}

/** Runs in the page before its own scripts: notes what has a listener for clicks. */
function noteListeners(): void {
  const heard = new WeakSet<EventTarget>();
  Object.assign(window, { heard });
  const add = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type: string, ...rest: unknown[]) {
    if (type === "click") heard.add(this);
    return Reflect.apply(add, this, [type, ...rest]);
  };
}

const CHECKS: Check[] = [
  {
    name: "shared signal a->b",
    path: "/",
    async run(page) {
      await press(page, "#a");
      return [await settle(page, "#a", "2"), await settle(page, "#b", "2")].join();
    },
  },
  {
    name: "echo types",
    path: "/",
    async run(page) {
      await page.waitForSelector('#echo[data-where="browser"]');
      return `${await page.getAttribute("#echo", "data-where")} ${await text(page, "#echo")}`;
    },
  },
  {
    name: "slot inner<->outer signal",
    path: "/slots",
    async run(page) {
      await press(page, "#inner");
      await press(page, "#outer");
      return [await settle(page, "#inner", "7"), await settle(page, "#outer", "7")].join();
    },
  },
  {
    name: "slot toggle off/on",
    path: "/slots",
    async run(page) {
      await press(page, "#inner");
      await press(page, "#outer");
      await press(page, ".toggle");
      await page.waitForSelector("#inner", { state: "detached" });
      await press(page, ".toggle");
      const inner = await settle(page, "#inner", "7");
      return [true, await text(page, ".slot p"), inner, await text(page, "h2")].join();
    },
  },
  {
    name: "lazy slot template",
    path: "/slots",
    async run(page) {
      await press(page, "#inner");
      await press(page, "#outer");
      await press(page, "#lazybtn");
      await press(page, "#lazyinner");
      return [await settle(page, "#lazyinner", "8"), await settle(page, "#outer", "8")].join();
    },
  },
  {
    name: "(_islands)",
    path: "/about",
    async run(page) {
      await press(page, "#loc");
      return await settle(page, "#loc", "1");
    },
  },
  {
    name: "partial click",
    path: "/partials/list",
    async run(page) {
      await page.evaluate("window.__mark = 1");
      await page.click("#nxt");
      await settle(page, "#n", "n=1");
      const rows = await page.$$eval("li", (items) => items.map((item) => item.textContent).join("/"));
      const mark = await page.evaluate("window.__mark");
      const { pathname, search } = new URL(page.url());
      return [await text(page, "#n"), await text(page, "#pc"), rows, mark, pathname + search].join();
    },
  },
  {
    name: "island in partial",
    path: "/partials/list",
    async run(page) {
      await press(page, "#pc");
      return await settle(page, "#pc", "8");
    },
  },
  {
    name: "partial back",
    path: "/partials/list",
    async run(page) {
      await page.click("#nxt");
      await settle(page, "#n", "n=1");
      await page.goBack();
      const back = await settle(page, "#n", "n=0");
      return [back, new URL(page.url()).pathname, await page.evaluate("window.__mark")].join();
    },
  },
  {
    name: "comments left in DOM",
    path: "/slots",
    run: async (page) => {
      // What reads slots comes in a script of its own, after the page has loaded
      const left = await page.waitForFunction(() => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_COMMENT);
        return walker.nextNode() === null ? "none" : null;
      });
      return await left.jsonValue() === "none" ? 0 : 1;
    },
  },
];

Deno.test("islands of links/fresh behave in the browser as upstream's, but for the listed differences", async (t) => {
  await using server = await startParityApp();
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGS });
  try {
    for (const check of CHECKS) {
      await t.step(check.name, async () => {
        const listed = BROWSER_DIFFERENCES.find((difference) => difference.check === check.name);
        deepEqual(await runCheck(browser, server.url, check), listed?.expected ?? golden[check.name]);
      });
    }
  } finally {
    await browser.close();
  }
});

async function runCheck(browser: Browser, url: string, { path, run }: Check): Promise<unknown> {
  const page = await browser.newPage();
  try {
    page.setDefaultTimeout(60_000);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.addInitScript(noteListeners);
    await page.goto(url + path);
    const found = await run(page);
    deepEqual(errors, []);
    return found;
  } finally {
    await page.close();
  }
}
