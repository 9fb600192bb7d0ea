import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launch, open } from "@/tests/browser.ts";
import { serveRoutes } from "@/tests/served.ts";

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
const tabOf = (page: Page, name: string, selected?: boolean) =>
  page.getByRole("tab", { name, exact: true, ...selected === undefined ? {} : { selected } });

async function holds(page: Page, id: string, text: string): Promise<void> {
  await page.waitForFunction(
    ([id, text]) => (document.getElementById(id as string) as HTMLInputElement).value === text,
    [id, text],
  );
}

Deno.test("Handlers change containers, and what stands in them lives on", async (t) => {
  await using served = await serveRoutes("tests/e2e/container_routes");
  const browser = await launch();
  const visit = async (steps: (page: Page) => Promise<void>, options = {}) => {
    await using watched = await open(browser, `${served.base}/house`, options);
    await steps(watched.page);
    assert.deepEqual(watched.complaints, []);
  };
  try {
    await t.step(
      "The page's graph travels once, and a container that nothing changes has no door",
      async () => {
        const html = await (await fetch(`${served.base}/house`)).text();
        const [, session = ""] = /name="\$session" value="([^"]+)"/.exec(html) ?? [];
        assert.equal(html.split(session).length - 1, 2, "once in the form, once in the graph");
        const doors = [...html.matchAll(/<!--frsh:island:(\w+):/g)].map(([, name]) => name);
        assert.deepEqual(doors.filter((name) => name === "Column").length, 1);
        assert.deepEqual(doors.filter((name) => name === "Sidebar").length, 1);
      },
    );

    await t.step(
      "A field keeps what was written in it while its containers are hidden and shown",
      () =>
        visit(async (page) => {
          await page.locator("#wing").waitFor({ state: "hidden" });
          await press(page, "Show");
          await page.locator("#chest summary").click();
          await page.getByLabel("Note").fill("the key is here");
          await holds(page, "said", "THE KEY IS HERE");
          const marked = await page.locator("#note").evaluateHandle((note) => note);
          await press(page, "Hide");
          await page.locator("#note").waitFor({ state: "hidden" });
          await press(page, "Show");
          await page.locator("#note").waitFor();
          assert.equal(await page.locator("#note").inputValue(), "the key is here");
          assert.ok(await marked.evaluate((note) => note.isConnected), "it is the same element");
          await page.getByLabel("Note").fill("and here");
          await holds(page, "said", "AND HERE");
          assert.equal(await page.locator("#note").count(), 1);
        }),
    );

    await t.step(
      "accordion raises expand and collapse for persons and handlers, once each",
      () =>
        visit(async (page) => {
          const started: string[] = [];
          page.on("request", (request) => {
            const body = request.method() === "POST" ? request.postDataJSON() as { action?: string } : {};
            if (body.action) started.push(body.action);
          });
          await press(page, "Show");
          await page.locator("#chest summary").click();
          await holds(page, "opened", "Something opened");
          await page.locator("#chest summary").click();
          await holds(page, "opened", "Shut again");
          assert.equal(await page.locator("#chest").getAttribute("open"), null);
          await press(page, "Open");
          await holds(page, "opened", "Something opened");
          await page.locator("form.atoll-demo").getByText("Wide garden").waitFor();
          assert.equal(await page.locator("#side[open]").count(), 1);
          assert.ok(
            await page.locator("form.atoll-demo").getByText("Nothing changes this column").isVisible(),
          );
          assert.deepEqual(started, ["show", "expanded", "collapsed", "open", "expanded"]);
        }),
    );

    await t.step(
      "tabs are tabs: roles, one stop, arrows, Home and End, and change says which",
      () =>
        visit(async (page) => {
          await tabOf(page, "Hall", true).waitFor();
          assert.equal(await page.getByRole("tablist").count(), 1);
          await tabOf(page, "Hall").focus();
          const walk = async (key: string, name: string) => {
            await page.keyboard.press(key);
            await tabOf(page, name, true).waitFor();
            assert.equal(await page.evaluate(() => document.activeElement?.textContent), name);
            assert.ok(await page.getByRole("tabpanel", { name }).isVisible());
            assert.equal(await page.getByRole("tabpanel").count(), 1);
            assert.equal(await page.locator('[role=tab][tabindex="0"]').count(), 1);
          };
          await walk("ArrowRight", "Attic");
          await holds(page, "heard", "attic 1 Attic");
          await holds(page, "opened", "Something opened");
          await walk("End", "Cellar");
          await walk("ArrowRight", "Hall");
          await walk("ArrowLeft", "Cellar");
          await holds(page, "heard", "cellar 2 Cellar");
          await page.locator("form.atoll-demo").getByText("Wine").click();
          assert.ok(
            await page.locator("form.atoll-demo").getByText("Red").isVisible(),
            "plain tabs within go on working",
          );
          await tabOf(page, "Cellar").focus();
          await walk("Home", "Hall");
        }),
    );

    await t.step(
      "Where a handler opens another tab, the keyboard goes on from there if it stood in the one before",
      () =>
        visit(async (page) => {
          await tabOf(page, "Hall", true).waitFor();
          await page.getByRole("button", { name: "Climb" }).focus();
          await page.keyboard.press("Enter");
          await tabOf(page, "Attic", true).waitFor();
          assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Attic");
          await tabOf(page, "Hall").click();
          await page.getByRole("button", { name: "Go up" }).focus();
          await page.keyboard.press("Enter");
          await tabOf(page, "Attic", true).waitFor();
          assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Go up");
        }),
    );

    await t.step(
      "A handler opens a tab, names one anew and locks it, also the open one",
      () =>
        visit(async (page) => {
          await tabOf(page, "Hall", true).waitFor();
          await press(page, "Go up");
          await tabOf(page, "Attic", true).waitFor();
          await holds(page, "heard", "attic 1 Attic");
          await tabOf(page, "Cellar").click();
          await press(page, "Go up");
          await tabOf(page, "Attic", true).waitFor();
          await press(page, "Lock the attic");
          await tabOf(page, "Locked attic", false).waitFor();
          assert.ok(await tabOf(page, "Locked attic").isDisabled());
          await tabOf(page, "Hall", true).waitFor();
          await tabOf(page, "Hall").focus();
          await page.keyboard.press("ArrowRight");
          await tabOf(page, "Cellar", true).waitFor();
        }),
    );

    await t.step(
      "What an action refuses is told even if all it would have changed is a hidden container",
      () =>
        visit(async (page) => {
          await press(page, "Burn");
          await page.locator(".at-toast").getByText("No fire in the house").waitFor();
        }),
    );

    await t.step("After a reload the page is as it was left", () =>
      visit(async (page) => {
        await tabOf(page, "Hall", true).waitFor();
        await press(page, "Show");
        await tabOf(page, "Cellar").click();
        await holds(page, "heard", "cellar 2 Cellar");
        await page.reload();
        await tabOf(page, "Cellar", true).waitFor();
        await tabOf(page, "Hall").click();
        await page.locator("#wing").waitFor();
      }));

    await t.step(
      "Without script the page that answers a form has the changed containers",
      () =>
        visit(async (page) => {
          const go = async (name: string) => {
            await press(page, name);
            await page.waitForLoadState();
          };
          await go("Show");
          assert.ok(await page.locator("#chest").isVisible());
          await page.locator("#chest summary").click();
          await page.getByLabel("Note").fill("kept");
          await go("Hide");
          assert.ok(!await page.locator("#chest").isVisible());
          assert.equal(await page.locator("#note").inputValue(), "kept");
          await go("Go up");
          assert.ok(await page.locator("form.atoll-demo").getByText("Dust").isVisible());
          await page.locator("form.atoll-demo").getByText("Cellar").click();
          await go("Show");
          assert.ok(
            await page.locator("form.atoll-demo").getByText("Black").isVisible(),
            "the tab that the person chose is still open",
          );
          await go("Lock the attic");
          await page.locator("form.atoll-demo").getByText("Locked attic").waitFor();
          assert.ok(await page.locator("#rooms-attic").isDisabled());
        }, { javaScriptEnabled: false }),
    );
  } finally {
    await browser.close();
  }
});
