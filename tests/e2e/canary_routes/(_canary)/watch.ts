import type { Browser, Frame, Page } from "playwright-core";
import { CANARY } from "@/tests/canaries.ts";
import type { Served } from "@/tests/served.ts";

/** A page in which everything that should not be is written down. */
export interface Watched extends AsyncDisposable {
  readonly page: Page;
  /** Calls of the canary, dialogs, errors and requests to other hosts. */
  readonly seen: string[];
  /** Waits until something of this kind was seen. */
  readonly until: (pattern: RegExp) => Promise<void>;
}

/** Opens an empty page. What happens in frames other than the page's own is not of interest where `mainOnly` is set. */
export async function watch(
  { browser, served, csp, mainOnly = false }: {
    browser: Browser;
    served: Served;
    csp: boolean;
    mainOnly?: boolean;
  },
): Promise<Watched> {
  const context = await browser.newContext({ bypassCSP: !csp, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const seen: string[] = [];
  const waiting = new Set<() => void>();
  const see = (what: string) => {
    seen.push(what);
    for (const look of waiting) look();
  };
  const counts = (frame: Frame) => !mainOnly || frame === page.mainFrame();
  await context.exposeBinding(CANARY, ({ frame }, what) => {
    see(`canary ${what}${frame === page.mainFrame() ? "" : " in a frame"}`);
  });
  page.on("dialog", async (dialog) => {
    see(`dialog ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on("pageerror", ({ message }) => see(`error ${message}`));
  context.on("page", (other) => see(`window ${other.url()}`));
  context.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (origin === served.base || /^(data|blob|about):/.test(protocol)) return;
    if (!request.isNavigationRequest() && !counts(request.frame())) return;
    see(`request ${request.url()}`);
  });
  const until = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => end(() => reject(new Error(`${pattern} did not come: ${seen}`))), 5000);
      const end = (say: () => void) => {
        clearTimeout(late);
        waiting.delete(look);
        say();
      };
      const look = () => {
        if (seen.some((what) => pattern.test(what))) end(resolve);
      };
      waiting.add(look);
      look();
    });
  return { page, seen, until, [Symbol.asyncDispose]: () => context.close() };
}

/** Which of some texts the page does not show as they are, and what it has that nothing hostile may bring in. */
export async function inspect(page: Page, texts: readonly string[]): Promise<string[]> {
  return await page.evaluate((texts) => {
    const bare = (text: string) => text.replace(/\s+/g, "");
    const shown = [document.title];
    const found: string[] = [];
    for (const element of document.querySelectorAll("*")) {
      if (element.closest("script, template")) continue;
      shown.push(
        element.children.length === 0 || element.matches("summary, td, span, i, b, button, div, a")
          ? element.textContent ?? ""
          : "",
      );
      if ("value" in element) shown.push(String(element.value));
      for (const { name, value } of element.attributes) {
        shown.push(value);
        if (/^on/.test(name)) found.push(`${element.tagName} ${name}`);
      }
      if (element instanceof HTMLAnchorElement && element.href !== "") {
        if (!["http:", "https:", "mailto:"].includes(element.protocol)) found.push(`link to ${element.href}`);
      }
    }
    for (
      const element of document.querySelectorAll(
        ".at-md :is(script, style, link, base, meta, form, input, button, iframe, object, embed, svg, math, template, " +
          "video, audio, map, area, [id], [name], [class], [style], [srcset], [action], [formaction], [background])",
      )
    ) found.push(element.outerHTML.slice(0, 100));
    if (({} as { x?: number }).x !== undefined) found.push("prototype");
    if (!(document.body instanceof HTMLBodyElement) || typeof document.getElementById !== "function") {
      found.push("document");
    }
    const all = bare(shown.join("\0"));
    return [...found, ...texts.filter((text) => !all.includes(bare(text))).map((text) => `missing: ${text}`)];
  }, texts);
}

/** Presses the button of a name. */
export async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
}
