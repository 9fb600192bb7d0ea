import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launch, open } from "@/tests/browser.ts";
import { serveRoutes } from "@/tests/served.ts";
import { gate } from "./heard_routes/house.tsx";

/** Notes what screen readers are told: each text that comes into a live region, or with one, in order. */
function record(): void {
  const LIVE = "[aria-live],[role=status],[role=alert],[role=log]";
  const heard: string[] = [];
  Object.assign(globalThis, { heard });
  new MutationObserver((records) => {
    for (const { target, addedNodes, type } of records) {
      const at = target instanceof Element ? target : target.parentElement;
      for (const node of type === "characterData" ? [target] : addedNodes) {
        const inside = node instanceof Element ? node.querySelectorAll(LIVE) : [];
        const regions = node instanceof Element && node.matches(LIVE) ? [node] : [...inside];
        const texts = at?.closest(LIVE) ? [node] : regions;
        for (const { textContent } of texts) if (textContent) heard.push(textContent);
      }
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

/** What was said since the last call, once its last words are these. */
async function heard(page: Page, last: string): Promise<string[]> {
  await page.waitForFunction(
    (last) => (globalThis as unknown as { heard: string[] }).heard.at(-1) === last,
    last,
  );
  return await page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard.splice(0));
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.id);

async function visit(steps: (page: Page) => Promise<void>, options = {}): Promise<void> {
  const browser = await launch();
  await using watched = await open(browser, "about:blank", options);
  await watched.page.addInitScript(record);
  await watched.page.goto(`${served.base}/house`);
  try {
    await steps(watched.page);
  } finally {
    await browser.close();
  }
  assert.deepEqual(watched.complaints.filter((text) => text.startsWith("uncaught")), []);
}

const served = await serveRoutes("tests/e2e/heard_routes");
