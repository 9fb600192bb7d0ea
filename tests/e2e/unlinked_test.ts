import assert from "node:assert/strict";
import { buildOf } from "@/lib/cli/builds.ts";
import { launch, open } from "@/tests/browser.ts";
import { startServer } from "@/tests/server.ts";
import { withFullImports } from "@/tests/jsr_registry.ts";
import { copyUnlinked } from "@/tests/unlinked.ts";

Deno.test("Without links and lock the project builds, and starts where there is no network and no cache", async () => {
  await using copy = await copyUnlinked();
  await copy.deno("task", "build");
  const { jsr } = JSON.parse(await Deno.readTextFile(new URL("deno.lock", buildOf(copy.root))));
  assert.deepEqual(Object.keys(jsr), ["@fresh/core@2.3.3"]);
  await copy.goOffline();
  // A build that is made later needs no network either.
  await Deno.writeTextFile(new URL("routes/later.tsx", copy.root), "export default () => <p>Later</p>;\n");
  const empty = await Deno.makeTempDir({ prefix: "atoll-empty-" });
  try {
    await using server = await startServer({ ...copy.env, DENO_DIR: empty }, copy.root);
    assert.match(await (await fetch(`${server.base}/later`)).text(), /Later/);
    const browser = await launch();
    try {
      await using opened = await open(browser, `${server.base}/demos/greeter`);
      const { page, complaints } = opened;
      await page.getByLabel("Name").fill("Grace");
      await page.getByRole("button", { name: "Submit" }).click();
      await page.waitForFunction(() =>
        document.querySelector<HTMLTextAreaElement>("#greeting")?.value.startsWith("Hello, Grace!")
      );
      assert.deepEqual(complaints, []);
    } finally {
      await browser.close();
    }
    assert.ok(!/error/i.test(server.output()), server.output());
  } finally {
    await Deno.remove(empty, { recursive: true });
  }
});

Deno.test("withFullImports() writes out names of packages, and nothing else", () => {
  const imports = { preact: "npm:preact@^10.29.1", "@preact/signals": "npm:@preact/signals@^2" };
  assert.equal(
    withFullImports(
      'import { h } from "preact";import "preact";export * from "@preact/signals/utils";' +
        'await import("preact/hooks");import.meta.resolve("preact");import a from "./preact";"preact";import "node:x";',
      imports,
    ),
    'import { h } from "npm:preact@^10.29.1";import "npm:preact@^10.29.1";' +
      'export * from "npm:@preact/signals@^2/utils";await import("npm:preact@^10.29.1/hooks");' +
      'import.meta.resolve("npm:preact@^10.29.1");import a from "./preact";"preact";import "node:x";',
  );
});
