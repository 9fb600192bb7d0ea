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
          await page.getByRole("tablist", { name: "Tabs" }).waitFor();
          await tabOf(page, "Hall").focus();
          const walk = async (key: string, name: string) => {
            await page.keyboard.press(key);
            await tabOf(page, name, true).waitFor();
            assert.equal(await page.evaluate(() => document.activeElement?.textContent), name);
            assert.ok(await page.getByRole("tabpanel", { name }).isVisible());
            assert.equal(await page.locator("#rooms > [role=tabpanel]:visible").count(), 1);
            assert.equal(await page.locator('#rooms > div > [role=tab][tabindex="0"]').count(), 1);
          };
          await walk("ArrowRight", "Attic");
          await holds(page, "heard", "attic 1 Attic");
          await holds(page, "opened", "Something opened");
          await walk("End", "Cellar");
          await walk("ArrowRight", "Hall");
          await walk("ArrowLeft", "Cellar");
          await holds(page, "heard", "cellar 2 Cellar");
          await tabOf(page, "Wine").click();
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

Deno.test("Tabs of the layout are tabs once the page is used, and a named radio group without script", async (t) => {
  await using served = await serveRoutes("tests/e2e/container_routes");
  const browser = await launch();
  const visit = async (steps: (page: Page) => Promise<void>, options = {}) => {
    await using watched = await open(browser, `${served.base}/plain`, options);
    await steps(watched.page);
    assert.deepEqual(watched.complaints, []);
  };
  const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent);
  const walk = async (page: Page, key: string, name: string) => {
    await page.keyboard.press(key);
    await tabOf(page, name, true).waitFor();
    assert.equal(await focused(page), name);
    assert.ok(await page.getByRole("tabpanel", { name, exact: true }).isVisible());
    assert.equal(await page.getByRole("tabpanel").count(), 1);
    assert.equal(await page.locator('[role=tab][tabindex="0"]').count(), 1);
  };
  try {
    await t.step(
      "The focus goes from the radio button to its tab; arrows, Home and End choose",
      () =>
        visit(async (page) => {
          await page.getByRole("radio", { name: "Plan" }).focus();
          await tabOf(page, "Plan", true).and(page.locator(":focus")).waitFor();
          await page.getByRole("tablist", { name: "Pages" }).waitFor();
          assert.equal(await page.getByRole("radio").count(), 0);
          assert.equal(await page.getByRole("radiogroup").count(), 0);
          assert.deepEqual(await page.getByRole("tab").allTextContents(), ["Plan", "About", "Depth"]);
          await walk(page, "ArrowRight", "About");
          await walk(page, "ArrowRight", "Depth");
          await walk(page, "ArrowRight", "Plan");
          await walk(page, "End", "Depth");
          await walk(page, "ArrowLeft", "About");
          await walk(page, "Home", "Plan");
        }),
    );

    await t.step(
      "In a page from right to left the left arrow goes on to the next tab",
      () =>
        visit(async (page) => {
          await page.evaluate(() => document.documentElement.dir = "rtl");
          await page.getByLabel("Wish").focus();
          await tabOf(page, "Plan").focus();
          await walk(page, "ArrowLeft", "About");
          await walk(page, "ArrowLeft", "Depth");
          await walk(page, "ArrowRight", "About");
          await walk(page, "Home", "Plan");
          await walk(page, "ArrowRight", "Depth");
        }),
    );

    await t.step("The Tab key leads into a panel that has only text", () =>
      visit(async (page) => {
        await page.getByLabel("Wish").focus();
        await tabOf(page, "About").click();
        await page.keyboard.press("Tab");
        assert.equal(await focused(page), "Three wishes at most");
        assert.equal(await page.getByRole("tabpanel").getAttribute("tabindex"), "0");
        await tabOf(page, "Plan").click();
        assert.equal(await page.getByRole("tabpanel").getAttribute("tabindex"), null);
      }));

    await t.step(
      "A press on a label chooses, and the tab that it opened is the open one",
      () =>
        visit(async (page) => {
          await page.locator("label", { hasText: "Depth" }).click();
          await tabOf(page, "Depth", true).waitFor();
          assert.ok(await page.getByLabel("Deep").isVisible());
        }),
    );

    await t.step(
      "A press that began on a label before there were tabs chooses too",
      () =>
        visit(async (page) => {
          await page.locator("label", { hasText: "Depth" }).hover();
          await page.mouse.down();
          await page.evaluate(async () => {
            const loaded = new Promise<void>((resolve) =>
              new MutationObserver(() => resolve()).observe(document.body, { childList: true, subtree: true })
            );
            document.querySelector<HTMLButtonElement>("#refuse")?.click();
            await loaded;
          });
          await page.locator("#deep-error").waitFor({ state: "attached" });
          assert.equal(await page.getByRole("tab").count(), 0);
          await page.mouse.up();
          await tabOf(page, "Depth", true).or(page.getByRole("tab", { name: "Depth 1 error" })).waitFor();
          assert.ok(await page.getByLabel("Deep").isVisible());
        }),
    );

    await t.step(
      "A refusal in a closed tab opens it, and the tab says how many errors it has",
      () =>
        visit(async (page) => {
          await press(page, "Refuse");
          await page.locator("#deep:focus").waitFor();
          await page.getByRole("tab", { name: "Depth 1 error", selected: true }).waitFor();
        }),
    );

    await t.step("Without script they are a radio group that has a name", () =>
      visit(async (page) => {
        const group = page.getByRole("radiogroup", { name: "Pages" });
        assert.equal(await group.getByRole("radio").count(), 3);
        assert.equal(await page.getByRole("tab").count(), 0);
        await page.getByRole("radio", { name: "Plan" }).focus();
        await page.keyboard.press("ArrowRight");
        assert.ok(await page.getByText("Three wishes at most").isVisible());
      }, { javaScriptEnabled: false }));
  } finally {
    await browser.close();
  }
});
