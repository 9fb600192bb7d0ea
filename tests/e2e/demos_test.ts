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
    await page.locator(".at-error", { hasText: "Cannot divide by zero" }).waitFor();
    assert.equal(await page.locator("#b").getAttribute("aria-invalid"), "true");
    await page.getByLabel("Operation").selectOption("multiply");
    await page.getByLabel("Second number").fill("7");
    await page.getByRole("button", { name: "Submit" }).click();
    await waitForValue(page, "result", "42");
    await page.locator(".at-error", { hasText: "Cannot divide by zero" }).waitFor({ state: "detached" });
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
    await page.getByRole("tab", { name: "Edges" }).click();
    await page.getByRole("button", { name: "Find edges" }).click();
    await page.locator("[data-field=edged] img").waitFor();
    await waitForValue(page, "caption", /picture 2 of this visit/);
    await page.getByRole("tab", { name: "Resize" }).click();
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
    // An example is a file of the build.
    const shown = page.locator("[data-field=picture] img");
    const before = await shown.getAttribute("src");
    await page.locator("[data-field=examples]").getByRole("button", { name: "digit 2" }).click();
    await page.waitForFunction(
      (before) => document.querySelector("[data-field=picture] img")?.getAttribute("src") !== before,
      before,
    );
    await page.getByRole("button", { name: "Submit" }).click();
    await page.waitForFunction(() => document.querySelector("[data-field=digit] p")?.textContent === "2");
  },
  async flipper(page) {
    await page.getByLabel("Text", { exact: true }).fill("héllo 👩‍🚀");
    await page.getByRole("button", { name: "Flip text" }).click();
    await waitForValue(page, "textOutput", "👩‍🚀 olléh");
    await page.getByRole("tab", { name: "Flip picture" }).click();
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
  async queue_lab(page) {
    const browser = page.context().browser() as Browser;
    await using second = await open(browser, page.url());
    await using third = await open(browser, page.url());
    const join = async (one: Page, seconds: string) => {
      await one.getByRole("slider").fill(seconds);
      await one.getByRole("button", { name: "Join the line" }).click();
    };
    const line = (one: Page, text: string) =>
      one.locator("[data-field=counter]").getByText(text, { exact: false }).waitFor();
    const leave = (one: Page) => one.getByRole("button", { name: "Leave the line" }).click();
    await join(page, "0.5");
    await waitForValue(page, "counter", "Turn 1 of this page, served in 0.5 s");
    // Nobody is served by a clock from here on: whoever is at the counter stays until it is left.
    await join(page, "40");
    await waitForValue(page, "counter", "It is your turn");
    await join(second.page, "40");
    await line(second.page, "You are next");
    await join(third.page, "0.5");
    await line(third.page, "1 ahead of you");
    await leave(page);
    await waitForValue(second.page, "counter", "It is your turn");
    await line(third.page, "You are next · about");
    await join(page, "40");
    await line(page, "1 ahead of you");
    await leave(page);
    await leave(second.page);
    // A page that left the line is not served: the next is, at once.
    await waitForValue(third.page, "counter", "Turn 1 of this page, served in 0.5 s");
    await join(second.page, "0.5");
    await waitForValue(second.page, "counter", "Turn 1 of this page, served in 0.5 s");
    assert.equal(await page.locator("#counter").inputValue(), "It is your turn");
    assert.deepEqual([...second.complaints, ...third.complaints], []);
  },
  async chat_of_state(page) {
    const tab = await page.context().newPage();
    await tab.goto(page.url());
    await using elsewhere = await open(page.context().browser() as Browser, page.url());
    const say = async (one: Page, text: string) => {
      // A tab in the background is drawn once a second only.
      await one.bringToFront();
      await one.getByLabel("Message").fill(text);
      await one.getByRole("button", { name: "Send" }).click();
      await waitForValue(one, "message", "");
    };
    await say(page, "The tide is out");
    await say(page, "So are the herons");
    await waitForValue(page, "conversation", /That was message 2\. Before it you said “The tide is out”/);
    for (const other of [tab, elsewhere.page]) {
      await say(other, "Good morning");
      await waitForValue(other, "conversation", /That was message 1\./);
      assert.doesNotMatch(await other.locator("#held").innerText(), /tide/);
    }
    await page.bringToFront();
    await page.getByRole("button", { name: "Forget everything" }).click();
    await waitForValue(page, "conversation", /Nothing has been said yet/);
    await say(page, "Who are you?");
    await waitForValue(page, "conversation", /^You: Who are you\?\s+Atoll: That was message 1\.\s*$/);
    await say(tab, "Good night");
    await waitForValue(tab, "conversation", /That was message 2\. Before it you said “Good morning”/);
    await page.bringToFront();
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator(".at-error").getByText("Say something first").waitFor();
  },
  async long_job(page) {
    await page.getByRole("slider").fill("0.3");
    await page.getByRole("button", { name: "Draw the chart" }).click();
    await page.locator("[data-field=report]").getByText(/[1-9]0 % · /).waitFor();
    await waitForValue(
      page,
      "report",
      /^1 of 10: Sound the lagoon\n(.*\n){8}10 of 10: .*\nThe chart is drawn$/,
    );
    await page.getByRole("slider").fill("0.4");
    await page.getByRole("button", { name: "Draw the chart" }).click();
    // The report of the first run stays until the second one gives its own: only the first is drawn to its end.
    const begun = /^1 of 10.*\n2 of 10((?!drawn)[^])*$/;
    await waitForValue(page, "report", begun);
    await page.getByRole("button", { name: "Cancel" }).click();
    await staysFor(page, "report", 900, begun);
  },
  async cancel_events(page) {
    const start = page.getByRole("button", { name: "Start iterating" });
    // Each step is there for a second: on a busy machine another one may be seen first.
    const some = /^Step [1-8]$/;
    await start.click();
    await waitForValue(page, "iteration", some);
    await page.getByRole("button", { name: "Stop iterating" }).click();
    await staysFor(page, "iteration", 1300, some);
    await output(page, "iteration").evaluate((field) => (field as HTMLInputElement).value = "");
    await start.click();
    await page.getByRole("button", { name: "Run the expensive calculation" }).click();
    const working = page.locator("[data-field=answer] progress, [data-field=iteration] progress");
    await waitForValue(page, "iteration", /^Step \d$/);
    await working.nth(1).waitFor();
    await page.getByLabel("Cancels both on change").fill("x");
    await working.first().waitFor({ state: "detached" });
    assert.equal(await working.count(), 0);
    await start.click();
    await waitForValue(page, "iteration", some);
    await page.getByLabel("Cancels both on Enter").fill("enough");
    await page.getByLabel("Cancels both on Enter").press("Enter");
    await waitForValue(page, "echo", "enough");
    await staysFor(page, "iteration", 1300, some);
    await page.locator("#steps").fill("2");
    await start.click();
    await waitForValue(page, "iteration", "All 2 steps are done");
  },
  async chained(page) {
    const go = page.getByRole("button", { name: "Make the boat ready" });
    await go.click();
    await waitForValue(page, "hull", "Tight");
    await waitForValue(page, "verdict", "All five steps are done: the boat is at sea");
    await waitForValue(page, "locker", "Shut again");
    await page.getByLabel("The sails are torn").check();
    await go.click();
    await waitForValue(page, "verdict", /^Step 3, bending on the sails, failed: .* 2 steps are left undone$/);
    await waitForValue(page, "locker", "Shut again");
    assert.match(await page.locator("[data-field=sails]").innerText(), /The sails are torn/);
    for (const [id, text] of [["mast", "Stands"], ["sails", ""], ["water", ""], ["lines", ""]] as const) {
      assert.equal(await page.locator(`#${id}`).inputValue(), text, id);
    }
  },
  async clock(page) {
    await waitForValue(page, "time", /^\d\d:\d\d:\d\d\.\d UTC$/);
    const ticks = async () => Number(await page.locator("#ticks").inputValue());
    const goesOn = async () =>
      await page.waitForFunction(
        (before) => Number((document.getElementById("ticks") as HTMLInputElement).value) >= before + 2,
        await ticks(),
      );
    await page.getByLabel("Asks every").selectOption("five seconds");
    await staysFor(page, "ticks", 1300, /^\d+$/);
    await page.getByLabel("Asks every").selectOption("half a second");
    await goesOn();
    await page.getByRole("button", { name: "Stop" }).click();
    await staysFor(page, "ticks", 800, /^\d+$/);
    await page.getByRole("button", { name: "Start" }).click();
    await goesOn();
    const beSeen = (seen: boolean) =>
      page.evaluate((seen) => {
        Object.defineProperty(document, "hidden", { configurable: true, value: !seen });
        document.dispatchEvent(new Event("visibilitychange"));
      }, seen);
    await beSeen(false);
    await staysFor(page, "ticks", 800, /^\d+$/);
    await beSeen(true);
    await goesOn();
  },
  async panels(page) {
    const build = page.getByRole("button", { name: "Build it" });
    await build.click();
    await page.locator("form.atoll-demo").getByText("Settings: who are you?").waitFor();
    await page.getByLabel("Captain").fill("Ada");
    await page.getByLabel("Sign formally").check();
    await page.getByRole("slider").fill("6");
    await build.click();
    await page.locator("form.atoll-demo").getByText("Details: who are the 6?").waitFor();
    await page.getByLabel("Names of the crew").fill("Bo, Cy");
    await build.click();
    await page.getByRole("tab", { name: "Result for Ada", selected: true }).waitFor();
    await page.locator("form.atoll-demo").getByText("I have the honour to be your captain, Ada").waitFor();
    await waitForValue(page, "seen", "Result for Ada");
    assert.ok(!await page.getByLabel("Captain").isVisible());
    await page.getByLabel("A word to the crew").fill("Row!");
    await page.getByRole("button", { name: "Plan another" }).click();
    await page.getByRole("tab", { name: "Plan", selected: true }).waitFor();
    await waitForValue(page, "seen", "Plan");
    assert.equal(await page.locator("#names").inputValue(), "Bo, Cy");
    await page.getByRole("tab", { name: "Plan" }).press("ArrowRight");
    await page.getByRole("tabpanel", { name: "Result for Ada" }).waitFor();
    assert.ok(!await page.locator("#thanks").isVisible());
    assert.equal(await page.locator("#thanks").inputValue(), "Row!");
  },
  async hog(page) {
    const asksMeanwhile = async () => {
      await output(page, "pong").evaluate((field) => (field as HTMLInputElement).value = "");
      await page.getByRole("button", { name: "Are you still there?" }).click();
      await waitForValue(page, "pong", /^Yes, at/);
    };
    await page.getByRole("slider").fill("1");
    await page.getByRole("button", { name: "Count in a worker" }).click();
    await waitForValue(page, "counted", /^78,498 primes, the last is 999,983/);
    await page.getByRole("button", { name: "Count in a process" }).click();
    await waitForValue(page, "countedToo", /^78,498 primes/);
    await page.getByRole("button", { name: "Eat all memory" }).click();
    await waitForValue(page, "outcome", /used more memory than it may/);
    for (const where of ["worker", "process"]) {
      await page.getByRole("button", { name: `Loop forever in a ${where}` }).click();
      await asksMeanwhile();
      await waitForValue(page, "outcome", /took longer than 2 s and was stopped/);
      await page.getByRole("button", { name: "Exit from a process" }).click();
      await waitForValue(page, "outcome", /ended \(exit code 3\)/);
    }
  },
  async members(page) {
    const login = async (name: string, password: string) => {
      await page.getByLabel("Name").fill(name);
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Log in" }).click();
    };
    await login("vera", "low-tide");
    await waitForValue(page, "notes", /^1\. High water/);
    await waitForValue(page, "who", "vera: viewer");
    assert.equal(await page.getByRole("button", { name: "Put it up" }).count(), 0);
    await page.getByRole("button", { name: "Log out" }).click();
    await login("edda", "high-tide");
    await waitForValue(page, "who", "edda: viewer and editor");
    await page.getByLabel("New note").fill("Regatta on Sunday");
    await page.getByLabel("New note").press("Enter");
    await waitForValue(page, "notes", /\n3\. Regatta on Sunday$/);
    await page.getByLabel("Number of the note").fill("3");
    await page.getByRole("button", { name: "Take it down" }).click();
    await waitForValue(page, "notes", /paint$/);
    await page.getByRole("button", { name: "Make a poster" }).click();
    await page.locator("[data-field=poster] img").waitFor();
  },
};

/** The value of a field stays as it is, and as it must be, for a while in which it would have changed. */
async function staysFor(page: Page, id: string, ms: number, expected: RegExp): Promise<void> {
  // What was under way when it was stopped has arrived by then.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 250)));
  const before = await page.locator(`#${id}`).inputValue();
  assert.match(before, expected);
  await page.evaluate((ms) => new Promise((resolve) => setTimeout(resolve, ms)), ms);
  assert.equal(await page.locator(`#${id}`).inputValue(), before);
}

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
    // What stands in brackets belongs to a demo and is none.
    if (isFile || !name.startsWith("(")) names.push(name.replace(/\.tsx$/, ""));
  }
  assert.deepEqual(names.sort(), Object.keys(demos).sort());
});
