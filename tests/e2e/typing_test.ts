import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launch, open } from "@/tests/browser.ts";
import { amount } from "@/tests/effort.ts";
import { seeded } from "@/tests/fault_proxy.ts";
import { serveRoutes } from "@/tests/served.ts";

/** The answers that wait for the test. */
class Answers {
  readonly #waiting: (() => void)[] = [];
  #free = false;

  /** For the handlers: see `typing_routes`. */
  readonly answerOf = (): Promise<void> => {
    if (this.#free) return Promise.resolve();
    return new Promise((resolve) => void this.#waiting.push(resolve));
  };

  /** Lets the oldest one go. */
  next(): void {
    this.#waiting.shift()?.();
  }

  /** Lets all go, and those that come; or holds those that come from now on. */
  set free(free: boolean) {
    this.#free = free;
    while (free && this.#waiting.length > 0) this.next();
  }

  /** Resolves when so many wait. */
  async until(count: number): Promise<void> {
    while (this.#waiting.length < count) await new Promise((resolve) => setTimeout(resolve));
  }
}

const valueOf = (page: Page, id: string) => page.locator(`#${id}`).inputValue();

const says = (page: Page, id: string, value: string) =>
  page.waitForFunction(
    ([id, value]) => (document.getElementById(id as string) as HTMLInputElement).value === value,
    [id, value],
  );

const idle = (page: Page) => page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));

/** Where the caret is. */
const caret = (page: Page) =>
  page.evaluate(() => {
    const { selectionStart, selectionEnd } = document.activeElement as HTMLInputElement;
    return [selectionStart, selectionEnd];
  });

Deno.test("No letter is lost while answers come", async (t) => {
  const answers = new Answers();
  Object.assign(globalThis, { answerOf: answers.answerOf });
  await using served = await serveRoutes("tests/e2e/typing_routes");
  const browser = await launch();

  async function visit(steps: (page: Page) => Promise<void>): Promise<void> {
    answers.free = false;
    await using watched = await open(browser, `${served.base}/typing`);
    try {
      await steps(watched.page);
    } finally {
      answers.free = true;
    }
    await idle(watched.page);
    assert.deepEqual(watched.complaints, []);
  }

  /** Types at the caret; after each letter some answers may come. */
  async function type(page: Page, text: string, random: () => number): Promise<void> {
    for (const letter of text) {
      await page.keyboard.press(letter);
      for (let i = Math.floor(random() * 3); i > 0; i--) answers.next();
      // Now and then the person stops until what came is shown.
      if (random() < 0.3) await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
  }

  try {
    for (let seed = 1; seed <= amount({ gate: 2, proof: 100 }); seed++) {
      await t.step(`A field that is answered in capitals, seed ${seed}`, async () => {
        await visit(async (page) => {
          await page.getByLabel("Text").focus();
          await type(page, "hello brave world", seeded(seed));
          answers.free = true;
          await says(page, "text", "HELLO BRAVE WORLD");
          await idle(page);
          assert.equal(await valueOf(page, "text"), "HELLO BRAVE WORLD");
          assert.deepEqual(await caret(page), [17, 17]);
        });
      });

      await t.step(`The middle of a text, seed ${seed}`, async () => {
        await visit(async (page) => {
          await page.getByLabel("Mid").focus();
          await page.keyboard.press("Home");
          for (const key of ["ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
          await type(page, "xzxqx", seeded(seed));
          answers.free = true;
          await says(page, "mid", "abyzyqycdef");
          await idle(page);
          assert.deepEqual(await caret(page), [7, 7]);
        });
      });

      await t.step(`Two fields that convert each other, seed ${seed}`, async () => {
        await visit(async (page) => {
          const random = seeded(seed);
          await page.getByLabel("C", { exact: true }).focus();
          await type(page, "36.6", random);
          answers.free = true;
          await page.waitForFunction(() =>
            Math.abs((document.getElementById("f") as HTMLInputElement).valueAsNumber - 97.88) < 1e-9
          );
          await idle(page);
          assert.equal(await valueOf(page, "c"), "36.6");
          answers.free = false;
          await page.getByLabel("F", { exact: true }).focus();
          await page.keyboard.press("ControlOrMeta+A");
          await page.keyboard.press("Delete");
          await type(page, "98.61", random);
          answers.free = true;
          await page.waitForFunction(() =>
            Math.abs((document.getElementById("c") as HTMLInputElement).valueAsNumber - 37.00555555) < 1e-6
          );
          await idle(page);
          assert.equal(await valueOf(page, "f"), "98.61");
        });
      });

      await t.step(`A chat, seed ${seed}`, async () => {
        await visit(async (page) => {
          const random = seeded(seed);
          const said: string[] = [];
          await page.getByLabel("Message").focus();
          await type(page, "first", random);
          await page.keyboard.press("Enter");
          said.push("first");
          for (const next of ["second one", "third"]) {
            // While the one before is answered the person clears the box and writes the next one.
            await answers.until(1);
            await page.keyboard.press("ControlOrMeta+A");
            await type(page, next, random);
            await page.keyboard.press("Enter");
            answers.free = true;
            said.push(next);
            await says(page, "talk", said.join("\n"));
            await says(page, "message", "");
            await idle(page);
            answers.free = false;
            if (next !== "third") {
              await page.keyboard.press("x"), await page.keyboard.press("Enter"), said.push("x");
            }
          }
          await page.keyboard.type("and this is not sent");
          answers.free = true;
          await idle(page);
          assert.equal(await valueOf(page, "message"), "and this is not sent");
        });
      });

      await t.step(`A field that follows another, seed ${seed}`, async () => {
        await visit(async (page) => {
          await page.getByLabel("Live").focus();
          await type(page, "abcdefgh", seeded(seed));
          answers.free = true;
          await says(page, "echo", "abcdefgh");
        });
      });
    }

    await t.step(
      "A stream goes on beside what is typed, and the selection stays where nothing is typed",
      async () => {
        await visit(async (page) => {
          const long = page.locator("#long");
          await long.fill("zero");
          await long.focus();
          await page.keyboard.press("Shift+Enter");
          await answers.until(1);
          await long.evaluate((box: HTMLTextAreaElement) => box.setSelectionRange(1, 3, "backward"));
          answers.next();
          await says(page, "long", "zero one");
          assert.deepEqual(await caret(page), [1, 3]);
          await page.keyboard.press("X");
          await answers.until(1);
          answers.free = true;
          await idle(page);
          assert.equal(await valueOf(page, "long"), "zXo one");
          assert.deepEqual(await caret(page), [2, 2]);
        });
      },
    );

    await t.step("Enter that ends a composition sends nothing, in a text and in a number", async () => {
      await visit(async (page) => {
        const runs = served.engine.load.runs;
        for (const [id, text] of [["message", "hi"], ["count", "4"]] as const) {
          await page.locator(`#${id}`).fill(text);
          await page.locator(`#${id}`).evaluate((box) => {
            for (const ends of [{ keyCode: 229 }, { isComposing: true }]) {
              box.dispatchEvent(
                new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...ends }),
              );
            }
          });
        }
        answers.free = true;
        await page.locator("#count").press("Enter");
        await says(page, "echo", "counted 4");
        // What was sent before would have been counted before.
        assert.equal(served.engine.load.runs, runs + 1);
      });
    });

    await t.step("A composition is not disturbed by an answer that comes meanwhile", async () => {
      await visit(async (page) => {
        const input = await page.context().newCDPSession(page);
        await page.getByLabel("Text").focus();
        await page.keyboard.press("a");
        answers.free = true;
        await says(page, "text", "A");
        await idle(page);
        answers.free = false;
        await input.send("Input.imeSetComposition", { text: "ni", selectionStart: 2, selectionEnd: 2 });
        await answers.until(1);
        // The person scrolls with a finger, which ends no composition.
        await page.evaluate(() => {
          document.body.dispatchEvent(new PointerEvent("pointercancel", { bubbles: true }));
          return new Promise((resolve) => setTimeout(resolve));
        });
        answers.free = true;
        await idle(page);
        assert.equal(await valueOf(page, "text"), "Ani");
        await input.send("Input.insertText", { text: "nice" });
        await says(page, "text", "ANICE");
      });
    });

    await t.step(
      "A slider that is held does not move by itself; once it is free the answer is shown",
      async () => {
        await visit(async (page) => {
          const range = page.locator("#level");
          await range.scrollIntoViewIfNeeded();
          const box = await range.boundingBox();
          assert.ok(box);
          const at = (share: number) =>
            [box.x + 8 + (box.width - 16) * share, box.y + box.height / 2] as const;
          await page.mouse.move(...at(0.33));
          await page.mouse.down();
          await answers.until(1);
          const held = await range.inputValue();
          assert.notEqual(Number(held) % 10, 0);
          answers.free = true;
          await idle(page);
          assert.equal(await range.inputValue(), held);
          await page.mouse.up();
          await says(page, "level", "30");
        });
      },
    );
  } finally {
    await browser.close();
  }
});

Deno.test("Where nothing may be stored, what is shown after Back is what is sent", async () => {
  await using served = await serveRoutes("tests/e2e/typing_routes");
  const browser = await launch();
  try {
    await using watched = await open(browser, `${served.base}/press`);
    const { page } = watched;
    await page.addInitScript(() => {
      for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(globalThis, name, {
          get() {
            throw new DOMException("The operation is insecure", "SecurityError");
          },
        });
      }
    });
    await page.reload();
    await page.locator("#name").fill("Ada");
    await page.locator("#note").fill("two\nlines");
    await page.locator("#tick").check();
    await page.locator("#kind").selectOption("c");
    await page.locator("#level").fill("7");
    await page.goto("about:blank");
    await page.goBack();
    await says(page, "name", "Ada");
    await page.getByRole("button", { name: "Go" }).click();
    const out = await page.waitForFunction(() => (document.getElementById("out") as HTMLInputElement).value);
    assert.deepEqual(JSON.parse(await out.jsonValue()), {
      name: await valueOf(page, "name"),
      note: await valueOf(page, "note"),
      tick: await page.locator("#tick").isChecked(),
      kind: await valueOf(page, "kind"),
      level: Number(await valueOf(page, "level")),
    });
    assert.deepEqual([await valueOf(page, "kind"), await valueOf(page, "level")], ["c", "7"]);
    assert.deepEqual(watched.complaints, []);
  } finally {
    await browser.close();
  }
});
