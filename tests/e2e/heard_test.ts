import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launch, open } from "@/tests/browser.ts";
import { serveRoutes } from "@/tests/served.ts";
import { gate, turns } from "./heard_routes/house.tsx";

/** Notes what screen readers are told: each text that comes into a live region, or with one, in order. */
function record(): void {
  const LIVE = "[aria-live],[role=status],[role=alert],[role=log]";
  const heard: string[] = [];
  Object.assign(globalThis, { heard });
  new MutationObserver((records) => {
    for (const { target, addedNodes, type } of records) {
      const at = target instanceof Element ? target : target.parentElement;
      for (const node of type === "characterData" ? [target] : addedNodes) {
        const inside = node instanceof Element ? node.querySelectorAll(LIVE) : [];
        const regions = node instanceof Element && node.matches(LIVE) ? [node] : [...inside];
        const texts = at?.closest(LIVE) ? [node] : regions;
        for (const { textContent } of texts) if (textContent) heard.push(textContent);
      }
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

/** What was said since the last call, once its last words are these. */
async function heard(page: Page, last: string): Promise<string[]> {
  await page.waitForFunction(
    (last) => (globalThis as unknown as { heard: string[] }).heard.at(-1) === last,
    last,
  );
  return await page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard.splice(0));
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.id);

Deno.test("A run, an error, a message and a queue are said in order, each once", async (t) => {
  await using served = await serveRoutes("tests/e2e/heard_routes");
  const browser = await launch();

  async function visit(name: string, steps: (page: Page) => Promise<void>): Promise<void> {
    await t.step(name, async () => {
      await using watched = await open(browser, `${served.base}/house`);
      await watched.page.addInitScript(record);
      await watched.page.reload();
      await steps(watched.page);
      assert.deepEqual(watched.complaints.filter((text) => text.startsWith("uncaught")), []);
    });
  }

  try {
    await visit("The region is in the page from the start, and empty", async (page) => {
      const html = await (await fetch(`${served.base}/house`)).text();
      assert.match(html, /<div id="atoll-say" class="sr" role="status" aria-atomic="false"\s*><\/div>/);
      assert.match(html, /<div id="atoll-toasts" class="at-toasts"\s*><\/div>/);
      assert.equal(await page.locator("[role=status],[role=alert],[aria-live]").count(), 1);
    });

    await visit("A short answer is read with the name of its field", async (page) => {
      await press(page, "Quick");
      assert.deepEqual(await heard(page, "Answer: 42"), ["Running", "Answer: 42"]);
    });

    await visit("A text that grows is never read: its quarters are, and that it is done", async (page) => {
      await press(page, "Slow");
      assert.deepEqual(await heard(page, "50 %, Line 5"), ["Running", "25 %, Line 3", "50 %, Line 5"]);
      assert.equal(await page.getByLabel("Story", { exact: true }).count(), 1);
      assert.equal(
        await page.getByRole("button", { name: "Slow", exact: true }).getAttribute("aria-busy"),
        "true",
      );
      await press(page, "Slow");
      assert.deepEqual(await heard(page, "Still running"), ["Still running"]);
      gate.next();
      assert.deepEqual(await heard(page, "Done: Story"), ["75 %, Line 7", "Done: Story"]);
      await page.locator("#slow:not([aria-busy])").waitFor();
    });

    await visit(
      "A run that is stopped is said to be, and Stop rests while there is nothing to stop",
      async (page) => {
        const stop = page.getByRole("button", { name: "Stop", exact: true });
        assert.equal(await stop.getAttribute("aria-disabled"), "true");
        await press(page, "Slow");
        await heard(page, "50 %, Line 5");
        assert.equal(await stop.getAttribute("aria-disabled"), null);
        await press(page, "Stop");
        assert.deepEqual(await heard(page, "Stopped"), ["Stopped"]);
        await page.locator("#stop[aria-disabled=true]").waitFor();
        assert.equal(await focused(page), "stop");
      },
    );

    await visit("A chained output does not show the words of the action before it", async (page) => {
      await press(page, "Chain");
      await page.locator("[data-field=answer] .at-note", { hasText: "50 % · First half" }).waitFor();
      assert.equal(await page.locator("[data-field=second] .at-note").textContent(), "");
      gate.next();
      assert.deepEqual((await heard(page, "Answer: one, Second step: two")).slice(0, 2), [
        "Running",
        "50 %, First half",
      ]);
    });

    await visit("An error is said once, dims the old answer, and goes when a run succeeds", async (page) => {
      await press(page, "Quick");
      await heard(page, "Answer: 42");
      await press(page, "Fail");
      assert.deepEqual(await heard(page, "Error: Cannot divide by zero"), [
        "Running",
        "Error: Cannot divide by zero",
      ]);
      await page.locator("[data-field=answer] .at-slot[data-stale]").waitFor();
      await page.getByLabel("Good").check();
      await press(page, "Fail");
      await heard(page, "Answer: fine");
      assert.equal(await page.locator(".at-error,[data-stale],[aria-invalid]").count(), 0);
    });

    await visit(
      "A refusal is said with its field, and goes when a run of its action succeeds",
      async (page) => {
        await press(page, "Refuse");
        assert.deepEqual(await heard(page, "Name: A name, please"), ["Running", "Name: A name, please"]);
        assert.equal(await focused(page), "refuse");
        await page.getByLabel("Good").check();
        await press(page, "Refuse");
        await heard(page, "Answer: fine");
        assert.equal(await page.locator(".at-error").count(), 0);
      },
    );

    await visit("Several refusals are counted, and the first field gets the focus", async (page) => {
      await press(page, "Several");
      assert.deepEqual(await heard(page, "3 fields need a change"), ["Running", "3 fields need a change"]);
      await page.locator("#name:focus").waitFor();
    });

    await visit(
      "A refusal in a closed tab or fold opens it and gets the focus",
      async (page) => {
        await press(page, "Refuse tab");
        await heard(page, "In the attic: Too dusty");
        await page.locator("#inAttic:focus").waitFor();
        await page.getByRole("tab", { name: "Attic 1 error" }).waitFor();
        await press(page, "Refuse fold");
        await heard(page, "In the fold: Too narrow");
        await page.locator("#inFold:focus").waitFor();
        assert.equal(await page.locator("summary").getAttribute("data-errors"), "1 error");
      },
    );

    await visit("A refusal at a field that is not drawn is a message", async (page) => {
      await press(page, "Refuse hidden");
      assert.deepEqual(await heard(page, "Error: It is needed"), ["Running", "Error: It is needed"]);
      await page.locator(".at-toast[data-level=error]", { hasText: "It is needed" }).waitFor();
    });

    await visit("A button shows its error and is tied to it", async (page) => {
      await press(page, "To button");
      await heard(page, "To button: Not now");
      assert.equal(await page.locator("#toButton").getAttribute("aria-describedby"), "toButton-error");
    });

    await visit(
      "Messages: three at a time, each said once with its level; Escape closes, the focus goes back",
      async (page) => {
        await press(page, "Toasts");
        const words = ["The first", "Success: Done. The second", "Warning: The third", "The fourth"];
        assert.deepEqual(await heard(page, "Done"), ["Running", ...words, "Done"]);
        const messages = page.locator("#atoll-toasts > .at-toast");
        assert.equal(await messages.count(), 3);
        assert.equal(await page.locator("#atoll-toasts").getAttribute("data-more"), "1 more");
        await messages.first().getByRole("button").focus();
        await page.keyboard.press("Escape");
        assert.equal(await focused(page), "toasts");
        assert.match(await messages.last().textContent() ?? "", /The fourth/);
        for (let left = 2; left >= 0; left--) {
          await page.keyboard.press("Escape");
          assert.equal(await messages.count(), left);
        }
        await press(page, "Toasts");
        await messages.nth(2).waitFor();
        await page.mouse.move(0, 0);
        await press(page, "Refuse hidden");
        await messages.getByText("It is needed").waitFor();
        assert.equal(await messages.count(), 3, "an error takes the place of the oldest of the others");
        assert.equal(await page.locator("#atoll-toasts").getAttribute("data-more"), "2 more");
      },
    );

    await visit("The answer to what is typed is said once, when nothing is typed any more", async (page) => {
      await page.getByLabel("Typed").pressSequentially("abc");
      assert.deepEqual(await heard(page, "Echo: abc"), ["Echo: abc"]);
    });
  } finally {
    await browser.close();
  }
});

Deno.test("A run that is stopped while its file is on its way is said to be stopped", async () => {
  await using served = await serveRoutes("tests/e2e/heard_routes");
  const browser = await launch();
  try {
    await using watched = await open(browser, `${served.base}/house`);
    const { page } = watched;
    await page.addInitScript(record);
    await page.reload();
    // The upload stays on its way.
    await page.route("**/house/files", () => {});
    await page.locator("#photo").setInputFiles(
      new URL("../../static/samples/digit_3.png", import.meta.url).pathname,
    );
    await press(page, "Send");
    await page.locator("#stop:not([aria-disabled])").waitFor();
    await press(page, "Stop");
    const words = await heard(page, "Stopped");
    assert.equal(words.filter((text) => text === "Stopped").length, 1);
  } finally {
    await browser.close();
  }
});

Deno.test("The place in a queue is said, and whose turn is next", async () => {
  await using served = await serveRoutes("tests/e2e/heard_routes");
  const browser = await launch();
  try {
    await using first = await open(browser, `${served.base}/house`);
    await using second = await open(browser, `${served.base}/house`);
    await using third = await open(browser, `${served.base}/house`);
    const last = ["Running", "You are next", "Place 2"];
    for (const [at, { page }] of [first, second, third].entries()) {
      await page.evaluate(record);
      await press(page, "Take a turn");
      assert.deepEqual(await heard(page, last[at] ?? ""), [last[at]]);
    }
    turns.next();
    assert.deepEqual(await heard(second.page, "Running"), ["Running"]);
    await third.page.locator("#atoll-say p", { hasText: /^You are next/ }).waitFor();
    turns.next();
    await third.page.locator("#atoll-say p", { hasText: /^Running$/ }).waitFor();
    turns.next();
    await heard(third.page, "Served: Here you are");
  } finally {
    await browser.close();
  }
});
