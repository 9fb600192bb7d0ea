import assert from "node:assert/strict";
import { launch, open } from "@/tests/browser.ts";
import { startDev } from "@/tests/dev_server.ts";
import { until } from "@/tests/until.ts";

const MINE = `import { Interface, textbox } from "atoll";

export default Interface({ title: "Mine", inputs: textbox(), outputs: textbox(), fn: (text) => text.toUpperCase() });
`;

Deno.test("A new demo file appears in the gallery and runs, in dev, without a restart", async () => {
  await using dev = await startDev();
  const { base, get, write, output } = dev;
  await until(async () => (await get("/")).includes("Greeter"), Boolean, { what: output });
  assert.ok(!(await get("/")).includes("Mine"));
  await write(`routes/demos/mine.tsx`, MINE);
  await until(async () => (await get("/")).includes("Mine"), Boolean, { what: output });
  await until(async () => (await get("/demos/mine")).includes("$session"), Boolean, {
    what: output,
  });
  const session = /name="\$session" value="([^"]+)"/.exec(await get("/demos/mine"))?.[1];
  const answer = await fetch(`${base}/demos/mine`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ action: "predict", input: { input: "quiet" }, session }),
  });
  assert.match(await answer.text(), /"output":"QUIET"/);

  // A demo that cannot be declared says why on its page.
  await write(
    `routes/demos/odd.tsx`,
    MINE.replaceAll("textbox()", "textbox({ lable: 1 })"),
  );
  await until(
    async () => (await get("/demos/odd")).includes("unrecognized key: &quot;lable&quot;"),
    Boolean,
    { what: output },
  );

  // Once it is right, its page reloads by itself.
  const browser = await launch();
  try {
    await using watched = await open(browser, `${base}/demos/odd`);
    await watched.page.getByText("unrecognized key").first().waitFor();
    await write(`routes/demos/odd.tsx`, MINE);
    await watched.page.locator("#input").waitFor({ timeout: 30_000 });
  } finally {
    await browser.close();
  }

  // What a handler forgets to wait for ends nothing.
  const forgets = MINE.replace(
    "text.toUpperCase()",
    `(Promise.reject(new Error("forgotten")), text + "!")`,
  );
  await write(`routes/demos/forgets.tsx`, forgets);
  await until(async () => (await get("/demos/forgets")).includes("$session"), Boolean, {
    what: output,
  });
  const call = JSON.stringify({
    action: "predict",
    input: { input: "still" },
    session: /name="\$session" value="([^"]+)"/.exec(await get("/demos/forgets"))?.[1],
  });
  const headers = { "content-type": "application/json" };
  const said = await fetch(`${base}/demos/forgets`, { method: "POST", headers, body: call });
  assert.match(await said.text(), /"output":"still!"/);
  await until(() => Promise.resolve(/stray error .*forgotten/.test(output())), Boolean, { what: output });
  assert.match(await get("/demos/forgets"), /\$session/);
});

/** How an author may break a demo, and what its page then says. */
const broken: Readonly<Record<string, readonly [source: string, says: RegExp]>> = {
  "a syntax error": [
    MINE.replace("fn:", "fn"),
    /SyntaxError: Expected '\{', got '=>'[^]*routes\/demos\/mine\.tsx:3:\d+/,
  ],
  "a missing import": [`import "./nowhere.ts";\n${MINE}`, /Module not found "routes\/demos\/nowhere\.ts"/],
  "an error at load": [
    `${MINE}\nthrow new Error("No model here");\n`,
    /routes\/demos\/mine\.tsx:5[^]*Error: No model here/,
  ],
  "no default export": [
    MINE.replace("export default", "export const demo ="),
    /routes\/demos\/mine\.tsx[^]*It has no default export: export default Interface\(\.\.\.\) or Blocks\(\.\.\.\)/,
  ],
  "a wrong option": [
    MINE.replace("textbox()", "textbox({ lable: 1 })"),
    /routes\/demos\/mine\.tsx:3[^]*"lable"/,
  ],
  "a mistake of wiring": [
    `import { Blocks, button, on, textbox } from "atoll";
export default Blocks({
  fields: { input: textbox(), go: button("Go") },
  actions: ({ input, go }) => {
    on(go.click, { outputs: input, fn: () => "x" });
    return {};
  },
});
`,
    /Cannot leave the action that go\.click starts out of routes\/demos\/mine\.tsx/,
  ],
};

Deno.test("An author is told what is wrong, and where, and the page comes back by itself once it is right", async (t) => {
  await using dev = await startDev();
  const { base, get, write, output } = dev;
  const file = "routes/demos/mine.tsx";
  await until(async () => (await get("/")).includes("Greeter"), Boolean, { what: output });
  await write(file, MINE);
  await until(async () => (await get("/demos/mine")).includes("$session"), Boolean, { what: output });
  const browser = await launch();
  try {
    await using watched = await open(browser, `${base}/demos/mine`);
    const { page } = watched;
    const input = page.locator("#input");
    await input.waitFor({ timeout: 60_000 });
    for (const [what, [source, says]] of Object.entries(broken)) {
      await t.step(what, async () => {
        await write(file, source);
        await page.getByText("This page cannot be shown").waitFor({ timeout: 60_000 });
        const text = await page.locator("main").innerText();
        assert.match(text, says);
        assert.doesNotMatch(text, /\\u000a|our fault|file:\/\//);
        await write(file, MINE);
        await input.waitFor({ timeout: 60_000 });
      });
    }
    await t.step("a type error is shown over the page until it is mended", async () => {
      const types = page.getByRole("status", { name: "Type errors" });
      await write(file, MINE.replace("text.toUpperCase()", "text.length"));
      await types.getByText("routes/demos/mine.tsx:3").waitFor({ timeout: 120_000 });
      assert.match(await types.innerText(), /Type 'number' is not assignable to type 'string \| Update'/);
      await write(file, MINE);
      await types.waitFor({ state: "detached", timeout: 120_000 });
    });
    await t.step("what was typed outlives an edit of labels", async () => {
      await input.waitFor();
      await input.fill("typed before");
      await write(file, MINE.replace("textbox()", 'textbox({ label: "Renamed", placeholder: "New" })'));
      const renamed = page.getByLabel("Renamed");
      await renamed.waitFor({ timeout: 60_000 });
      assert.equal(await renamed.inputValue(), "typed before");
    });
  } finally {
    await browser.close();
  }
  assert.match(output(), /^error [0-9a-f]{8}: Error: No model here/m);
  assert.doesNotMatch(output(), /^Error: No model here/m, "what the log has is not printed once more");
  assert.doesNotMatch(output(), /Fresh ready/);
  assert.match(output(), /^Atoll is ready at http:\/\/127\.0\.0\.1:\d+\/$/m);
});
