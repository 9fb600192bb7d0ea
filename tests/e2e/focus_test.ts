import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launch, open } from "@/tests/browser.ts";
import { serveRoutes } from "@/tests/served.ts";

const PICTURE = "static/samples/digit_2.png";

/** Waits until an element has the focus. */
async function hasFocus(page: Page, selector: string): Promise<void> {
  await page.waitForFunction((selector) => document.activeElement?.matches(selector), selector);
}

async function pressKey(page: Page, selector: string, key = "Enter"): Promise<void> {
  await page.locator(selector).focus();
  await page.keyboard.press(key);
}

Deno.test("The focus stays with a control that a handler changes, or goes to the next one", async (t) => {
  await using served = await serveRoutes("tests/e2e/focus_routes");
  const browser = await launch();
  const step = (name: string, steps: (page: Page) => Promise<void>) =>
    t.step(name, async () => {
      await using watched = await open(browser, `${served.base}/changes`);
      await steps(watched.page);
      assert.deepEqual(watched.complaints, []);
    });
  const moves = [
    ["a button that is removed", "#gone", "Enter", "#hidden"],
    ["a button that is hidden", "#hidden", "Enter", "#off"],
    ["a textbox that is removed at Enter", "#typed", "Enter", "#shown"],
    ["a textbox that becomes read-only at Enter", "#shown", "Enter", "#shown"],
    ["a checkbox that is switched off", "#tick", "Space", "#tick"],
    ["a button whose group is hidden", "#inside", "Enter", "#after"],
    ["a button whose accordion is closed", "#shut", "Enter", "#chest summary"],
    ["the last control of a page", "#last", "Enter", "h1"],
  ] as const;
  try {
    for (const [name, from, key, to] of moves) {
      await step(`${name}: ${to} has the focus`, async (page) => {
        const changed = await page.locator(from).elementHandle();
        await pressKey(page, from, key);
        // The answer is there when the control is not what it was.
        await page.waitForFunction(
          (box) =>
            !box?.isConnected || !(box as HTMLElement).checkVisibility() ||
            (box as HTMLInputElement).readOnly,
          changed,
        );
        await hasFocus(page, to);
      });
    }

    await step(
      "a button that is switched off keeps the focus, does nothing, and is off once left",
      async (page) => {
        await pressKey(page, "#off");
        await page.locator("#off[aria-disabled=true]").waitFor();
        await hasFocus(page, "#off");
        await page.waitForFunction(() =>
          (document.getElementById("count") as HTMLInputElement).value === "x"
        );
        const sent: string[] = [];
        page.on("request", (request) => void (request.method() === "POST" && sent.push(request.url())));
        await page.keyboard.press("Enter");
        await page.locator("#off").click({ force: true });
        await page.keyboard.press("Tab");
        await hasFocus(page, "#on");
        assert.deepEqual(sent, []);
        await page.locator("#off:disabled:not([aria-disabled])").waitFor();
        await page.keyboard.press("Enter");
        await page.locator("#off:enabled").waitFor();
        await hasFocus(page, "#on");
      },
    );

    await step("a picture that is removed leaves the focus to the input for files", async (page) => {
      await page.locator("#photo").setInputFiles(PICTURE);
      await page.locator("[data-field=photo] button[aria-label^=Remove]").focus();
      await page.keyboard.press("Enter");
      await hasFocus(page, "#photo");
    });

    await step("whoever leaves a control for none is left alone", async (page) => {
      // The script that moves the focus is there.
      await pressKey(page, "#hidden");
      await hasFocus(page, "#off");
      await page.locator("#gone").focus();
      await page.evaluate(() => (document.activeElement as HTMLElement).blur());
      await page.evaluate(() => document.getElementById("gone")?.remove());
      assert.ok(await page.evaluate(() => document.activeElement === document.body));
    });
  } finally {
    await browser.close();
  }
});
