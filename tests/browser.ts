import {
  type Browser,
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

/**
 * A browser for a test, which closes it. `deno task test` starts one for all files, which `CHROMIUM_SHARED` names: to
 * close it ends the test's own pages. By itself a file starts its own.
 */
export async function launch(): Promise<Browser> {
  const shared = Deno.env.get("CHROMIUM_SHARED");
  return shared ? await chromium.connect(shared) : await chromium.launch(options());
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
