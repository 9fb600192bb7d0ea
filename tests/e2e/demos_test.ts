import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { launch, open } from "@/tests/browser.ts";
import { startServer, type TestServer } from "@/tests/server.ts";

const samples = new URL("../../static/samples/", import.meta.url);

/** Runs `steps` in a fresh page of a demo; the page must not have complained. */
async function visit(
  { browser, server, demo }: { browser: Browser; server: TestServer; demo: string },
  steps: (page: Page) => Promise<void>,
): Promise<void> {
  await using watched = await open(browser, `${server.base}/demos/${demo}`);
  await steps(watched.page);
  assert.deepEqual(watched.complaints, []);
}

const output = (page: Page, id: string) => page.locator(`#${id}`);

async function waitForValue(page: Page, id: string, expected: string | RegExp): Promise<void> {
  await page.waitForFunction(
    ([id, source, isPattern]) => {
      const element = document.getElementById(id as string);
      const text = element && ("value" in element ? String(element.value) : element.textContent ?? "");
      return text !== null && (isPattern ? new RegExp(source as string).test(text) : text === source);
    },
    [id, typeof expected === "string" ? expected : expected.source, typeof expected !== "string"] as const,
  );
}

const demos: Record<string, (page: Page) => Promise<void>> = {
  async greeter(page) {
    await page.getByLabel("Name").fill("Ada");
    await page.getByRole("slider").fill("3");
    await page.getByRole("button", { name: "Submit" }).click();
    await waitForValue(page, "greeting", "Hello, Ada!!!");
    await page.getByRole("button", { name: /Grace/ }).click();
    await waitForValue(page, "name", "Grace");
    await page.getByLabel("Name").press("Enter");
    await waitForValue(page, "greeting", "Hello, Grace!!!!!!!");
    await page.getByRole("button", { name: "Clear" }).click();
    await waitForValue(page, "greeting", "");
    await waitForValue(page, "name", "");
  },
  async shout(page) {
    await output(page, "input").fill("quiet");
    await page.getByRole("button", { name: "Submit" }).click();
    await waitForValue(page, "output", "QUIET");
  },
  async calculator(page) {
    await page.getByRole("button", { name: "Submit" }).click();
    await waitForValue(page, "result", "2");
    await page.getByLabel("Second number").fill("0");
    await page.getByRole("button", { name: "Submit" }).click();
    await page.getByText("Cannot divide by zero").waitFor();
    assert.equal(await page.locator("#b").getAttribute("aria-invalid"), "true");
    await page.getByLabel("Operation").selectOption("multiply");
    await page.getByLabel("Second number").fill("7");
    await page.getByRole("button", { name: "Submit" }).click();
    await waitForValue(page, "result", "42");
    await page.getByText("Cannot divide by zero").waitFor({ state: "detached" });
  },
  async stories(page) {
    await page.getByLabel("Subject").fill("a kettle");
    await page.getByRole("button", { name: "Write" }).click();
    await waitForValue(page, "story", /a kettle/);
    await page.getByRole("button", { name: "Stop" }).click();
    // Stopped: the same text stands after the time in which several more words would have come.
    const stopped = await page.evaluate(async () => {
      const story = document.getElementById("story") as HTMLTextAreaElement;
      await new Promise((resolve) => setTimeout(resolve, 100));
      const before = story.value;
      await new Promise((resolve) => setTimeout(resolve, 400));
      return before === story.value && before.length > 0 && !before.includes("promise");
    });
    assert.ok(stopped, "the story went on after Stop");
  },
  async picture_desk(page) {
    await page.locator("#photo").setInputFiles(await samplePhoto());
    await page.locator("[data-field=photo] img").waitFor();
    await page.getByRole("button", { name: "Blur" }).click();
    const blurred = page.locator("[data-field=blurred] img");
    await blurred.waitFor();
    await page.waitForFunction(() => {
      const img = document.querySelector<HTMLImageElement>("[data-field=blurred] img");
      return img?.complete && img.naturalWidth > 100;
    });
    await page.getByText(/picture 1 of this visit/).or(page.locator("#caption")).first().waitFor();
    await waitForValue(page, "caption", /picture 1 of this visit/);
    await page.getByText("Edges", { exact: true }).first().click();
    await page.getByRole("button", { name: "Find edges" }).click();
    await page.locator("[data-field=edged] img").waitFor();
    await waitForValue(page, "caption", /picture 2 of this visit/);
    await page.getByText("Resize", { exact: true }).first().click();
    await page.getByRole("button", { name: "Resize" }).click();
    await page.waitForFunction(() =>
      document.querySelector<HTMLImageElement>("[data-field=resized] img")?.naturalWidth === 480
    );
  },
  async digits(page) {
    for (const [file, digit] of [["digit_3.png", "3"], ["digit_7.png", "7"]] as const) {
      await page.locator("#picture").setInputFiles(new URL(file, samples).pathname);
      await page.locator("[data-field=picture] img").waitFor();
      await page.getByRole("button", { name: "Submit" }).click();
      await page.waitForFunction(
        (digit) => document.querySelector("[data-field=digit] p")?.textContent === digit,
        digit,
      );
    }
  },
  async flipper(page) {
    await page.getByLabel("Text", { exact: true }).fill("héllo 👩‍🚀");
    await page.getByRole("button", { name: "Flip text" }).click();
    await waitForValue(page, "textOutput", "👩‍🚀 olléh");
    await page.getByText("Flip picture", { exact: true }).first().click();
    await page.locator("#imageInput").setInputFiles(await samplePhoto());
    await page.locator("[data-field=imageInput] img").waitFor();
    await page.getByRole("button", { name: "Flip picture" }).click();
    await page.locator("[data-field=imageOutput] img").waitFor();
  },
  async form_builder(page) {
    await page.getByLabel("Ocean").selectOption("Indian");
    await page.waitForFunction(() => {
      const atoll = document.getElementById("atoll") as HTMLSelectElement;
      return atoll.value === "Maldives" && atoll.options.length === 3;
    });
    assert.equal(await page.locator("#email").count(), 0);
    await page.getByLabel("Write to me").check();
    await page.locator("#email").fill("ada@example.org");
    await page.getByRole("button", { name: "Check the form" }).click();
    await page.locator("[data-field=result]").getByText("ada@example.org").waitFor();
    await page.getByLabel("Write to me").uncheck();
    await page.locator("#email").waitFor({ state: "detached" });
  },
};

async function samplePhoto(): Promise<string> {
  for await (const { name } of Deno.readDir(samples)) {
    if (/\.jpe?g$/.test(name)) return new URL(name, samples).pathname;
  }
  throw new Error("static/samples has no photograph");
}

Deno.test("Each demo does what it is for, by mouse and keys, and the console stays quiet", async (t) => {
  await using server = await startServer();
  const browser = await launch();
  try {
    for (const [demo, steps] of Object.entries(demos)) {
      await t.step(demo, () => visit({ browser, server, demo }, steps));
    }
  } finally {
    await browser.close();
  }
});

Deno.test("Every demo in the folder is tested here", async () => {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(new URL("../../routes/demos/", import.meta.url))) {
    if (isFile) names.push(name.replace(/\.tsx$/, ""));
  }
  assert.deepEqual(names.sort(), Object.keys(demos).sort());
});
