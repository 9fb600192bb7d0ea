import assert from "node:assert/strict";
import { buildOf } from "@/lib/cli/builds.ts";
import { launch, open } from "@/tests/browser.ts";
import { type Copied, copyProject } from "@/tests/copied.ts";
import { startServer, type TestServer } from "@/tests/server.ts";

let copy: Copied;
Deno.test.beforeAll(async () => {
  copy = await copyProject("tests/e2e/upgrade_routes");
  await Deno.writeTextFile(new URL("static/plain.txt", copy.root), "of before");
});
Deno.test.afterAll(async () => await copy[Symbol.asyncDispose]());

Deno.test("A server goes on as it was while its project is changed and built, and the next one serves both", async (t) => {
  let scripts: string[];
  let before: string;
  {
    await using old = await startServer({}, copy.root);
    const page = await read(old, "/opened");
    scripts = scriptsIn(page);
    assert.ok(scripts.length > 0);
    await t.step(
      "from the change of its sources on, for pages and handlers that nobody asked for yet too",
      async () => {
        await change("lib/mod.ts", (text) => `${text}\nexport const later = "later";\n`);
        await change(
          "routes/unopened.tsx",
          (text) => text.replace("import {", "import { later,").replace(`"Of before"`, "later"),
        );
        await change("routes/(_work)/work.ts", (text) => text.replaceAll("of before", "of later"));
        await change("static/plain.txt", () => "of later");
        assert.match(await read(old, "/unopened"), /Of before/);
        assert.equal(await press(old, "/unopened", "work"), "worker of before");
        assert.equal(await press(old, "/unopened", "apart"), "process of before");
        assert.equal(await read(old, "/plain.txt"), "of before");
      },
    );
    await t.step("from the build on", async () => {
      await build();
      for (const script of scripts) await read(old, script);
      assert.match(await read(old, "/opened"), new RegExp(scripts[0] as string));
    });
    before = await (await ask(old, scripts[0] as string)).text();
    assert.equal(await old.end(), 0);
  }
  await using next = await startServer({}, copy.root);
  assert.match(await read(next, "/unopened"), /later/);
  assert.equal(await press(next, "/unopened", "apart"), "process of later");
  assert.notDeepEqual(scriptsIn(await read(next, "/opened")), scripts);
  for (const script of scripts) {
    const answer = await ask(next, script);
    assert.equal(answer.status, 200, script);
    assert.equal(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
    if (script === scripts[0]) assert.equal(await answer.text(), before);
    else await answer.body?.cancel();
  }
});

Deno.test("A page that was open goes on with the next build's server, and says to reload once its own build is gone", async () => {
  const data = await Deno.makeTempDir({ prefix: "atoll-" });
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  // The same address and the same records: the page's session is known again.
  const env = { PORT: String(port), ATOLL_DATA: data, STORE: `sqlite:${data}/records/atoll.db` };
  const url = `http://127.0.0.1:${port}/growing`;
  const photo = new URL("static/samples/digit_2.png", copy.root).pathname;
  const browser = await launch();
  try {
    const before = buildOf(copy.root);
    const first = await startServer(env, copy.root);
    await using kept = await open(browser, url);
    await using late = await open(browser, url);
    await first.end();
    await build();
    {
      await using _next = await startServer(env, copy.root);
      const { page } = kept;
      await page.locator("input[type=file]").setInputFiles(photo);
      await page.getByRole("button", { name: "Say" }).click();
      await page.locator(".at-toast", { hasText: "Look" }).waitFor();
      await page.waitForFunction(() =>
        (document.querySelector("#out") as HTMLInputElement).value === "with a photo"
      );
      await page.getByRole("button", { name: "Grow" }).click();
      await page.locator("[data-field=data]", { hasText: "29" }).waitFor();
    }
    await Deno.remove(before, { recursive: true });
    await using _last = await startServer(env, copy.root);
    const { page } = late;
    const reload = page.getByText("Part of this page could not be loaded. Reload the page");
    await page.locator("input[type=file]").setInputFiles(photo);
    await reload.first().waitFor();
    await page.getByRole("button", { name: "Grow" }).click();
    await page.locator("[data-field=data]").getByText("Reload the page").waitFor();
  } finally {
    await browser.close();
    await Deno.remove(data, { recursive: true }).catch(() => {});
  }
});

async function change(path: string, to: (text: string) => string): Promise<void> {
  const file = new URL(path, copy.root);
  const text = await Deno.readTextFile(file).catch(() => "");
  assert.notEqual(to(text), text, path);
  await Deno.writeTextFile(file, to(text));
}

async function build(): Promise<void> {
  // A script of an island changes with it.
  await change("islands/Button.tsx", (text) => `${text}\nconsole.debug("another build");\n`);
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "lib/cli/build.ts"],
    cwd: copy.root,
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}

async function ask({ base }: TestServer, path: string): Promise<Response> {
  return await fetch(base + path);
}

async function read(server: TestServer, path: string): Promise<string> {
  const answer = await ask(server, path);
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return text;
}

function scriptsIn(page: string): string[] {
  return [...new Set(page.match(/\/_fresh\/js\/[\w/.-]+\.js/g))];
}

async function press(server: TestServer, page: string, action: string): Promise<unknown> {
  const session = /name="\$session" value="([^"]+)"/.exec(await read(server, page))?.[1];
  const answer = await fetch(server.base + page, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ action, input: {}, session }),
  });
  const text = await answer.text();
  return /"said":"([^"]*)"/.exec(text)?.[1] ?? text;
}
