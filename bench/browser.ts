import type { Browser, Page } from "playwright-core";
import { median, sleep } from "./load.ts";

/** How a page is loaded: as it is, or over 1.6 Mbit/s with 150 ms of latency and a CPU slowed four times. */
export type Profile = "local" | "slow";

/** What to press and where the result shows: selectors. */
export interface Press {
  readonly button: string;
  readonly out: string;
}

/** What a browser transferred for a page, headers included, and how it felt. */
export interface Visit {
  readonly requests: number;
  readonly allBytes: number;
  readonly scriptBytes: number;
  readonly lcpMs: number;
  /** What long tasks took beyond 50 ms each, until the network was quiet. */
  readonly blockingMs: number;
}

const SLOW = {
  offline: false,
  latency: 150,
  downloadThroughput: 1.6e6 / 8,
  uploadThroughput: 750e3 / 8,
};
const QUIET_MS = { local: 800, slow: 1500 } as const;

interface Probe {
  benchLcp: number;
  benchBlocking: number;
  benchRead(): string | undefined;
  /** Resolves with the time of the change, or with -1 when there is none for ten seconds. */
  benchChanged(from: string): Promise<number>;
}

/** Loads a page that nobody touches. */
export async function visit(browser: Browser, url: string, profile: Profile): Promise<Visit> {
  await using opened = await open(browser, profile, { button: "button", out: "output" });
  const { page, client } = opened;
  const types = new Map<string, string>();
  let requests = 0, allBytes = 0, scriptBytes = 0, going = 0, last = performance.now();
  client.on("Network.requestWillBeSent", ({ request }) => {
    if (!request.url.startsWith("http")) return;
    going++;
    last = performance.now();
  });
  client.on("Network.responseReceived", ({ requestId, type }) => void types.set(requestId, type));
  client.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (!types.has(requestId)) return;
    going--;
    last = performance.now();
    requests++;
    allBytes += encodedDataLength;
    if (types.get(requestId) === "Script") scriptBytes += encodedDataLength;
  });
  const started = performance.now();
  await page.goto(url, { waitUntil: "load" });
  while (
    performance.now() - started < 30_000 && (going > 0 || performance.now() - last < QUIET_MS[profile])
  ) {
    await sleep(50);
  }
  const seen = await page.evaluate(() => {
    const { benchLcp, benchBlocking } = globalThis as unknown as Probe;
    return { lcpMs: benchLcp, blockingMs: benchBlocking };
  });
  return { requests, allBytes, scriptBytes, ...seen };
}

/**
 * Loads a page as somebody impatient does, who presses the button as soon as it is there and again every 100 ms:
 * milliseconds from the start of the navigation to the changed result.
 */
export async function firstPress(
  browser: Browser,
  url: string,
  profile: Profile,
  press: Press,
): Promise<number> {
  await using opened = await open(browser, profile, press);
  const { page } = opened;
  await page.addInitScript(({ button }) => {
    const probe = globalThis as unknown as Probe & { benchFirst: Promise<number> };
    const press = () => document.querySelector<HTMLElement>(button)?.click();
    probe.benchFirst = new Promise((resolve) => {
      const seen = new MutationObserver(async () => {
        if (!document.querySelector(button)) return;
        seen.disconnect();
        const timer = setInterval(press, 100);
        const changed = probe.benchChanged(probe.benchRead() ?? "");
        press();
        resolve(await changed);
        clearInterval(timer);
      });
      seen.observe(document, { subtree: true, childList: true });
    });
  }, press);
  await page.goto(url, { waitUntil: "commit" });
  const at = await page.evaluate(() => (globalThis as unknown as { benchFirst: Promise<number> }).benchFirst);
  if (at < 0) throw new Error(`Cannot measure ${url}: no press of ${press.button} changed ${press.out}`);
  return at;
}

/** Presses the button many times, one after the other: the median of milliseconds from press to changed result. */
export async function pressMany(browser: Browser, url: string, press: Press, count: number): Promise<number> {
  await using opened = await open(browser, "local", press);
  const { page } = opened;
  await page.goto(url, { waitUntil: "load" });
  await sleep(500);
  const took = await page.evaluate(async ({ button, count }) => {
    const probe = globalThis as unknown as Probe;
    const took: number[] = [];
    for (let i = -5; i < count; i++) {
      const changed = probe.benchChanged(probe.benchRead() ?? "");
      const started = performance.now();
      document.querySelector<HTMLElement>(button)?.click();
      const at = await changed;
      if (i >= 0) took.push(at < 0 ? at : at - started);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    return took;
  }, { button: press.button, count });
  // A press that comes while the one before is still going on is dropped, which may happen on a busy machine.
  const good = took.filter((ms) => ms >= 0);
  if (good.length < took.length * 0.95) {
    throw new Error(
      `Cannot measure ${url}: ${took.length - good.length} of ${took.length} presses changed nothing`,
    );
  }
  return median(good);
}

async function open(browser: Browser, profile: Profile, press: Press) {
  const context = await browser.newContext({ viewport: { width: 412, height: 823 } });
  const page: Page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const client = await context.newCDPSession(page);
  await client.send("Network.enable");
  await client.send("Network.setCacheDisabled", { cacheDisabled: true });
  if (profile === "slow") {
    await client.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await client.send("Network.emulateNetworkConditions", SLOW);
  }
  await page.addInitScript(probe, press);
  return { page, client, [Symbol.asyncDispose]: () => context.close() };
}

// Runs in the page, before anything else does. It sees results as they are written and never polls.
function probe({ out }: Press): void {
  const probe = globalThis as unknown as Probe;
  const waiting = new Set<() => void>();
  const tell = () => waiting.forEach((look) => look());
  for (const { prototype } of [HTMLInputElement, HTMLTextAreaElement]) {
    const own = Object.getOwnPropertyDescriptor(prototype, "value") as PropertyDescriptor;
    Object.defineProperty(prototype, "value", {
      ...own,
      set(value) {
        own.set?.call(this, value);
        tell();
      },
    });
  }
  new MutationObserver(tell).observe(document, { subtree: true, childList: true, characterData: true });
  probe.benchRead = () => {
    const element = document.querySelector<HTMLElement & { value?: string }>(out);
    return (element?.localName === "output" ? element.textContent : element?.value ?? element?.textContent)
      ?.trim();
  };
  probe.benchChanged = (from) =>
    new Promise((resolve) => {
      const look = () => {
        const now = probe.benchRead();
        if (!now || now === from) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve(performance.now());
      };
      const timer = setTimeout(() => {
        waiting.delete(look);
        resolve(-1);
      }, 10_000);
      waiting.add(look);
    });
  probe.benchLcp = 0;
  probe.benchBlocking = 0;
  const observe = (type: string, see: (entry: PerformanceEntry) => void) =>
    new PerformanceObserver((list) => list.getEntries().forEach(see)).observe({ type, buffered: true });
  observe("largest-contentful-paint", ({ startTime }) => probe.benchLcp = startTime);
  observe("longtask", ({ duration }) => probe.benchBlocking += Math.max(0, duration - 50));
}
