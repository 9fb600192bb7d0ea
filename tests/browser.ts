import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type BrowserServer,
  chromium,
  type Page,
} from "playwright-core";

/** A page whose console is watched: errors and warnings are collected in `complaints`. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  readonly complaints: string[];
}

const options = () => ({
  executablePath: Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium",
  // Without anything that talks to the outside.
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
  ],
});

/** The browser that `deno task test` has started for all files, and that this file is connected to from its first test on. */
let connected: Browser | undefined;
const shared = Deno.env.get("CHROMIUM_SHARED");
if (shared) {
  Deno.test.beforeAll(async () => {
    connected = await chromium.connect(shared);
  });
  Deno.test.afterAll(async () => await connected?.close());
}

/** A browser for a test, which closes it. Where files share one, this closes what the test has opened in it. */
export async function launch(): Promise<Browser> {
  if (connected === undefined) return await chromium.launch(options());
  const browser = connected;
  const contexts: BrowserContext[] = [];
  const newContext: Browser["newContext"] = async (options) => {
    const context = await browser.newContext(options);
    contexts.push(context);
    return context;
  };
  const close = async () => {
    for (const context of contexts) await context.close();
  };
  return Object.create(browser, { newContext: { value: newContext }, close: { value: close } });
}

/** Starts the browser that files share. */
export async function shareBrowser(): Promise<BrowserServer> {
  return await chromium.launchServer({ ...options(), host: "127.0.0.1" });
}

/** Opens a page in a context of its own. */
export async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(`uncaught ${error.message}`));
  await page.goto(url, { waitUntil: "load" });
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}
