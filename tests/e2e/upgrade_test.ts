import assert from "node:assert/strict";
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
