import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launch, open } from "@/tests/browser.ts";
import { serveRoutes } from "@/tests/served.ts";

const PRESSES = 100;

Deno.test("I30: of 100 presses in a second, each trigger mode takes those that it says, and the last word counts", async () => {
  await using served = await serveRoutes("tests/torture/press_routes");
  const browser = await launch();
  const runs = () => served.engine.load.runs;
  try {
    await using watched = await open(browser, `${served.base}/presses`);
    const { page, complaints } = watched;
    const told = (id: string, text: string) =>
      page.waitForFunction(
        ([id, text]) => (document.getElementById(id as string) as HTMLInputElement).value === text,
        [id, text],
      );
    await press(page, "Once");
    await told("onceTold", "done");
    await idle(page);
    const taken = runs();
    assert.ok(taken >= 2 && taken <= 20, `once: ${taken} of ${PRESSES} presses were taken`);

    await press(page, "Many");
    await told("manyTold", `${PRESSES}`);
    await idle(page);
    assert.equal(runs() - taken, PRESSES, "multiple: each press is a run");

    const before = runs();
    await page.evaluate(async (presses) => {
      const field = document.getElementById("word") as HTMLInputElement;
      for (let at = 1; at <= presses; at++) {
        field.value = `word ${at}`;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }, PRESSES);
    await told("lastTold", `heard word ${PRESSES}`);
    await idle(page);
    assert.equal(await page.locator("#lastTold").inputValue(), `heard word ${PRESSES}`);
    assert.ok(runs() - before <= 40, `alwaysLast: ${runs() - before} runs`);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});

/** Presses a button a hundred times in a second. */
async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name }).evaluate(async (button, presses) => {
    for (let at = 0; at < presses; at++) {
      (button as HTMLElement).click();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }, PRESSES);
}

/** Waits until no field waits any more. */
async function idle(page: Page): Promise<void> {
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
}
