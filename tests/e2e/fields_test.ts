import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launch } from "@/tests/browser.ts";
import { serveRoutes } from "@/tests/served.ts";

/** What the handler got, once it differs from `before`. */
async function sent(page: Page, id = "got"): Promise<Record<string, unknown>> {
  const field = page.locator(`#${id}`);
  const before = await field.inputValue();
  await page.getByRole("button", { name: "Go" }).click();
  await page.waitForFunction(
    ([id, before]) => (document.getElementById(id as string) as HTMLInputElement).value !== before,
    [id, before],
  );
  return JSON.parse(await field.inputValue());
}

const hears = (page: Page, words: string) =>
  page.waitForFunction((words) => document.getElementById("atoll-say")?.textContent?.includes(words), words);

Deno.test("Fields that a person fills in", async (t) => {
  await using served = await serveRoutes("tests/e2e/fields_routes");
  const browser = await launch();
  const visit = async (path: string, work: (page: Page) => Promise<void>, options: object = {}) => {
    const context = await browser.newContext(options);
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      await page.goto(`${served.base}/${path}`);
      await work(page);
    } finally {
      await context.close();
    }
  };
  const noScript = { javaScriptEnabled: false };
  try {
    await t.step(
      "a number box with a half-typed number is refused by its name, and keeps the text",
      () =>
        visit("numbers", async (page) => {
          const amount = page.getByLabel("Amount");
          for (const typed of ["5e", "-"]) {
            await amount.fill("");
            await amount.pressSequentially(typed);
            await page.getByRole("button", { name: "Go" }).click();
            await page.locator("#amount-error").getByText("Amount must be a number").waitFor();
            assert.equal(await amount.getAttribute("aria-describedby"), "amount-error");
            assert.equal(await amount.evaluate((box: HTMLInputElement) => box.validity.badInput), true);
            assert.equal(await page.locator("#got").inputValue(), "");
          }
          await amount.pressSequentially("7");
          assert.equal(await page.locator("#amount-error").count(), 0);
          assert.equal((await sent(page)).amount, -7);
        }),
    );

    await t.step(
      "a number with more digits than a number can keep is refused, one that fits is sent",
      () =>
        visit("numbers", async (page) => {
          const amount = page.getByLabel("Amount");
          await amount.fill("9007199254740993");
          await page.getByRole("button", { name: "Go" }).click();
          await page.locator("#amount-error").getByText("Amount has more digits than a number can keep")
            .waitFor();
          assert.equal(await amount.inputValue(), "9007199254740993");
          await amount.fill("9007199254740992");
          assert.equal((await sent(page)).amount, 9007199254740992);
        }),
    );

    await t.step(
      "a half-typed number, which a reload takes out of its box, is not sent after it",
      () =>
        visit("numbers", async (page) => {
          const amount = page.getByLabel("Amount");
          await amount.fill("");
          await amount.pressSequentially("5e");
          await page.getByRole("button", { name: "Go" }).click();
          await page.locator("#amount-error").getByText("Amount must be a number").waitFor();
          await page.reload();
          await page.waitForFunction(() =>
            (document.getElementById("amount") as HTMLInputElement).value === ""
          );
          assert.equal((await sent(page)).amount, null);
        }),
    );

    await t.step(
      "without script, too, and what was typed is on the page that answers",
      () =>
        visit("numbers", async (page) => {
          await page.getByLabel("Amount").fill("9007199254740993");
          await page.getByRole("button", { name: "Go" }).click();
          await page.locator("#amount-error").getByText("Amount must be a number").waitFor();
          assert.equal(await page.getByLabel("Amount").inputValue(), "9007199254740993");
        }, noScript),
    );

    await t.step(
      "a number out of range is named in words when its box is left, and said",
      () =>
        visit("numbers", async (page) => {
          const guests = page.getByLabel("Guests (required)");
          await guests.fill("99");
          await guests.press("Tab");
          await page.locator("#guests-error").getByText("Guests must be at most 12").waitFor();
          await hears(page, "Guests must be at most 12");
          assert.equal(await guests.getAttribute("aria-invalid"), "true");
          await guests.fill("");
          assert.equal(await page.locator("#guests-error").count(), 0);
          await page.getByRole("button", { name: "Go" }).click();
          await page.locator("#guests-error").getByText("Guests is required").waitFor();
        }),
    );

    await t.step(
      "a number box that the page is scrolled under keeps its number",
      () =>
        visit("numbers", async (page) => {
          const amount = page.getByLabel("Amount");
          await amount.focus();
          await amount.hover();
          const wheel = page.evaluate(() =>
            new Promise<boolean>((resolve) =>
              addEventListener("wheel", (event) => resolve(event.defaultPrevented), { once: true })
            )
          );
          await page.mouse.wheel(0, 100);
          assert.equal(await wheel, true);
          assert.equal(await amount.inputValue(), "5");
        }),
    );

    await t.step(
      "a slider's box brings a number to the limit and says so; leaving it without a change is no event",
      () =>
        visit("numbers", async (page) => {
          const box = page.getByLabel("Level, number");
          await box.fill("500");
          await box.press("Tab");
          await hears(page, "10 is the most");
          await page.waitForFunction(() =>
            (document.getElementById("released") as HTMLInputElement).value === "x"
          );
          assert.equal(await box.inputValue(), "10");
          await box.focus();
          await box.press("Tab");
          assert.equal((await sent(page)).level, 10);
          assert.equal(await page.locator("#released").inputValue(), "x");
        }),
    );

    await t.step(
      "limits that an action moves take the slider's value with them, and reset goes no further",
      () =>
        visit("numbers", async (page) => {
          await page.getByRole("button", { name: "Lower" }).click();
          await page.waitForFunction(() =>
            (document.querySelector("[aria-label='Level, number']") as HTMLInputElement).value === "5"
          );
          assert.equal((await sent(page)).level, 5);
          await page.getByRole("slider", { name: "Level" }).fill("2");
          await page.getByRole("button", { name: "Reset to default value" }).first().click();
          await page.waitForFunction(() =>
            (document.getElementById("level") as HTMLInputElement).value === "5"
          );
          await hears(page, "5 is the most");
        }),
    );

    await t.step(
      "a slider of a small range has positions between its ends",
      () =>
        visit("numbers", async (page) => {
          const rate = page.getByRole("slider", { name: "Rate" });
          await rate.press("ArrowRight");
          await rate.press("ArrowRight");
          assert.equal((await sent(page)).rate, 0.000102);
        }),
    );

    await t.step(
      "reset brings the author's first value back after an answer to a form",
      () =>
        visit("numbers", async (page) => {
          // As a page without script sends it; its answer comes alive.
          await page.evaluate(() => {
            const form = document.forms[0] as HTMLFormElement;
            (document.getElementById("level") as HTMLInputElement).value = "3";
            form.submit();
          });
          await page.waitForFunction(() =>
            (document.getElementById("got") as HTMLInputElement | null)?.value
          );
          assert.equal(await page.locator("#level").inputValue(), "3");
          await page.getByRole("button", { name: "Reset to default value" }).first().click();
          await page.waitForFunction(() =>
            (document.getElementById("level") as HTMLInputElement).value === "8"
          );
        }),
    );

    await t.step(
      "a choice can be taken back where nothing may be chosen",
      () =>
        visit("choices", async (page) => {
          await page.getByLabel("Few").selectOption("b");
          assert.equal((await sent(page)).few, "b");
          await page.getByLabel("Few").selectOption("");
          assert.equal((await sent(page)).few, null);
        }),
    );
    await t.step("without script, too", () =>
      visit("choices", async (page) => {
        await page.getByLabel("Few").selectOption("b");
        await page.getByRole("button", { name: "Go" }).click();
        assert.equal(JSON.parse(await page.locator("#got").inputValue()).few, "b");
        await page.getByLabel("Few").selectOption("");
        await page.getByRole("button", { name: "Go" }).click();
        assert.equal(JSON.parse(await page.locator("#got").inputValue()).few, null);
      }, noScript));

    await t.step(
      "many choices are searched by keyboard, after the pattern for comboboxes",
      () =>
        visit("choices", async (page) => {
          const many = page.getByRole("combobox", { name: "Many" }).and(page.locator("input"));
          await many.focus();
          assert.equal(await many.getAttribute("aria-expanded"), "false");
          await many.press("ArrowDown");
          assert.equal(await many.getAttribute("aria-expanded"), "true");
          assert.equal(await page.locator("[aria-selected=true]").textContent(), "Choice 0");
          await many.fill("cafe");
          await hears(page, "1 choice");
          const active = await many.getAttribute("aria-activedescendant");
          assert.equal(await page.locator(`[id="${active}"]`).textContent(), "Café");
          await many.press("Enter");
          assert.equal(await many.inputValue(), "Café");
          assert.equal((await sent(page)).many, "Café");
          await many.fill("nothing of this kind");
          await page.getByText("No choice has this text").waitFor();
          await many.press("Escape");
          assert.equal(await many.inputValue(), "Café");
          await many.fill("choice 7");
          await many.press("ArrowDown");
          await many.press("Enter");
          assert.equal((await sent(page)).many, "Choice 70");
          const maybe = page.getByRole("combobox", { name: "Maybe" }).and(page.locator("input"));
          await maybe.fill("choice 399");
          await page.getByRole("option", { name: "Choice 399" }).click();
          assert.equal((await sent(page)).maybe, "Choice 399");
          await maybe.fill("");
          await maybe.press("Tab");
          assert.equal((await sent(page)).maybe, null);
        }),
    );

    await t.step("many choices are the browser's own list on a touch screen and without script", async () => {
      await visit("choices", async (page) => {
        assert.equal((await sent(page)).many, "Choice 0");
        assert.equal(await page.locator("select#many").count(), 1);
      }, { hasTouch: true, isMobile: true });
      await visit("choices", async (page) => {
        assert.equal(await page.locator("select#many").count(), 1);
      }, noScript);
    });

    await t.step(
      "fields that are only shown can be reached and read by keyboard",
      () =>
        visit("choices", async (page) => {
          const long = page.getByLabel("Long");
          assert.match(await long.inputValue(), /end$/);
          assert.equal(await long.evaluate((box) => box.scrollHeight <= box.clientHeight), true);
          const reached: string[] = [];
          await page.getByLabel("Few").focus();
          for (let step = 0; step < 6; step++) {
            reached.push(
              await page.evaluate(() =>
                document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.id ?? ""
              ),
            );
            await page.keyboard.press("Tab");
          }
          assert.deepEqual(reached, ["few", "many", "maybe", "long", "Ticked", "Set, number"]);
          const box = page.getByRole("checkbox", { name: "Ticked" });
          await box.press("Space");
          assert.equal(await box.getAttribute("aria-checked"), "true");
          assert.equal(await page.getByLabel("Set, number").getAttribute("readonly"), "");
        }),
    );

    await t.step(
      "text is the same with and without script: first line breaks, ends of lines, lengths",
      async () => {
        const out: unknown[] = [];
        for (const options of [{}, noScript]) {
          await visit("lines", async (page) => {
            assert.equal(await page.locator("#quiet").inputValue(), "\nquiet");
            assert.equal(await page.locator("#poem").inputValue(), "\nfirst line is empty");
            await page.locator("#short").fill("abc\nde\nfgh");
            if (options === noScript) {
              await page.getByRole("button", { name: "Go" }).click();
              out.push(JSON.parse(await page.locator("#out").inputValue()));
              assert.equal(await page.locator("#poem").inputValue(), "\nfirst line is empty");
            } else out.push(await sent(page, "out"));
          }, options);
        }
        const right = { poem: "\nfirst line is empty", short: "abc\nde\nfgh" };
        assert.deepEqual(out, [right, right]);
      },
    );
  } finally {
    await browser.close();
  }
});
