import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { launch } from "@/tests/browser.ts";
import { serveRoutes } from "@/tests/served.ts";

const photo = fileURLToPath(new URL("../../static/readme.png", import.meta.url));

/** Writes and chooses something in every field. */
async function fill(page: Page): Promise<void> {
  await page.locator("#name").pressSequentially("Grace");
  await page.locator("#text").fill("An other\ntext");
  await page.locator("#count").fill("42");
  await page.getByRole("slider", { name: "Level" }).fill("7");
  await page.locator("#sure").check();
  await page.locator("#colour").selectOption("blue");
  await page.locator("#note").fill("below");
  await page.locator("#photo").setInputFiles(photo);
}

const EXPECTED = {
  name: "Grace",
  text: "An other\ntext",
  count: 42,
  level: 7,
  sure: true,
  colour: "blue",
  note: "below",
};

async function got(page: Page): Promise<unknown> {
  const value = await page.waitForFunction(() => (document.getElementById("got") as HTMLInputElement).value);
  return JSON.parse(await value.jsonValue());
}

Deno.test("What is written and chosen before a field is alive is kept, and its handlers hear of it", async (t) => {
  await using served = await serveRoutes("tests/e2e/typed_routes");
  const browser = await launch();
  const size = (await Deno.stat(photo)).size;
  /** Opens the page with its scripts held back, and lets them come when `early` is over. */
  const visit = async (early: (page: Page) => Promise<void>, late: (page: Page) => Promise<void>) => {
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      const complaints: string[] = [];
      page.on("console", (message) => {
        if (/error|warning/.test(message.type())) complaints.push(message.text());
      });
      page.on("pageerror", ({ message }) => complaints.push(message));
      const gate = Promise.withResolvers<void>();
      await page.route("**/_fresh/js/**", async (route) => {
        await gate.promise;
        await route.continue();
      });
      await page.goto(`${served.base}/typed`, { waitUntil: "commit" });
      await page.locator("#live").waitFor();
      await early(page);
      gate.resolve();
      await late(page);
      assert.deepEqual(complaints, []);
    } finally {
      await context.close();
    }
  };
  try {
    await t.step("written and sent before", () =>
      visit(async (page) => {
        await fill(page);
        await page.getByRole("button", { name: "Send" }).click();
      }, async (page) => {
        assert.deepEqual(await got(page), { ...EXPECTED, photo: size });
      }));

    await t.step(
      "written before, sent after; a change is heard once the field is alive",
      () =>
        visit(fill, async (page) => {
          await page.waitForFunction(() =>
            (document.getElementById("live") as HTMLInputElement).value === '{"name":"Grace","level":7}'
          );
          await page.locator("[data-field=photo] img").waitFor();
          await page.getByRole("button", { name: "Send" }).click();
          assert.deepEqual(await got(page), { ...EXPECTED, photo: size });
        }),
    );

    await t.step("the caret stays where it is, and typing goes on there", () =>
      visit(async (page) => {
        await page.locator("#name").pressSequentially("Grce");
        await page.locator("#name").press("ArrowLeft");
        await page.locator("#name").press("ArrowLeft");
        await page.locator("#name").press("a");
      }, async (page) => {
        await page.waitForFunction(() =>
          (document.getElementById("send") as HTMLButtonElement & { __k?: unknown }).matches("button") &&
          performance.getEntriesByType("resource").some(({ name }) => name.includes("/_fresh/js/"))
        );
        await page.getByRole("button", { name: "Send" }).evaluate((button: HTMLElement) => button.click());
        assert.equal((await got(page) as { name: string }).name, "Grace");
        assert.equal(
          await page.locator("#name").evaluate((name) => (name as HTMLInputElement).selectionStart),
          3,
        );
      }));

    await t.step(
      "who wrote nothing finds what the server sent",
      () =>
        visit(() => Promise.resolve(), async (page) => {
          await page.getByRole("button", { name: "Send" }).click();
          assert.deepEqual(await got(page), {
            name: "",
            text: "The first",
            count: 1,
            level: 2,
            sure: false,
            colour: "red",
            note: "",
            photo: null,
          });
        }),
    );
  } finally {
    await browser.close();
  }
});
