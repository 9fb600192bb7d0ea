import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { launch, open } from "@/tests/browser.ts";
import { copyPlain } from "@/tests/plain.ts";
import { startServer } from "@/tests/server.ts";

const photo = fileURLToPath(new URL("../../static/readme.png", import.meta.url));

const holds = (page: Page, id: string, text: string) =>
  page.waitForFunction(
    ([id, text]) => (document.getElementById(id as string) as HTMLInputElement).value === text,
    [id, text],
  );

/** A part of what `deno task proof` runs on a plain Fresh. */
Deno.test("The app needs nothing of the stand-in for Fresh that upstream does not do", async (t) => {
  await using copy = await copyPlain();
  await using server = await startServer({}, copy.root);
  const browser = await launch();
  const visit = async (path: string, steps: (page: Page) => Promise<void>) => {
    await using watched = await open(browser, server.base + path);
    await steps(watched.page);
    assert.deepEqual(watched.complaints, []);
  };
  try {
    await t.step("this Fresh is a plain one", async () => {
      const html = await (await fetch(`${server.base}/demos/greeter`)).text();
      const scripts = new Set(html.match(/\/_fresh\/js\/[0-9a-f]{40}\/[\w-]+\.js/g));
      assert.ok(scripts.size > 4, [...scripts].join());
    });
    await t.step("a demo hydrates, and a press is answered", () =>
      visit("/demos/greeter", async (page) => {
        await page.getByLabel("Name").fill("Ada");
        await page.getByRole("button", { name: "Submit" }).click();
        await holds(page, "greeting", "Hello, Ada!");
      }));
    await t.step("what is written before a field is alive is kept", async () => {
      await using watched = await open(browser, "about:blank");
      const { page, complaints } = watched;
      const gate = Promise.withResolvers<void>();
      await page.route("**/_fresh/js/**", async (route) => {
        await gate.promise;
        await route.continue();
      });
      await page.goto(`${server.base}/demos/greeter`, { waitUntil: "commit" });
      await page.getByLabel("Name").fill("Grace");
      await page.getByRole("button", { name: "Submit" }).click();
      gate.resolve();
      await holds(page, "greeting", "Hello, Grace!");
      assert.deepEqual(complaints, []);
    });
    await t.step(
      "containers open, and what stands in them is alive",
      () =>
        visit("/demos/panels", async (page) => {
          await page.getByRole("button", { name: "Build it" }).click();
          await page.locator("form.atoll-demo").getByText("Settings: who are you?").waitFor();
          await page.getByLabel("Captain").fill("Ada");
          await page.getByRole("button", { name: "Build it" }).click();
          await page.locator("form.atoll-demo").getByText("Settings: who are you?").waitFor({
            state: "detached",
          });
        }),
    );
    await t.step("a file is sent, shown and read again", () =>
      visit("/demos/picture_desk", async (page) => {
        await page.locator("#photo").setInputFiles(photo);
        const shown = page.locator("[data-field=photo] img");
        await shown.waitFor();
        assert.ok(
          await shown.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth)),
        );
      }));
    await t.step("people log in", () =>
      visit("/demos/members", async (page) => {
        await page.getByLabel("Name").fill("vera");
        await page.getByLabel("Password").fill("low-tide");
        await page.getByRole("button", { name: "Log in" }).click();
        await page.waitForFunction(() =>
          (document.getElementById("who") as HTMLInputElement | null)?.value.includes("vera")
        );
      }));
    await t.step("nothing tells of the sources, and a broken escape is the client's mistake", async () => {
      const html = await (await fetch(`${server.base}/demos/greeter`)).text();
      const [, folder] = /(\/_fresh\/js\/[0-9a-f]+\/)/.exec(html) ?? assert.fail(html);
      const asked = await fetch(`${server.base}${folder}metafile.json`);
      assert.equal(asked.status, 404);
      await asked.body?.cancel();
      const broken = await fetch(`${server.base}/demos/%ff%fe`);
      assert.equal(broken.status, 400);
      await broken.body?.cancel();
    });
    assert.ok(!/error/i.test(server.output()), server.output());
  } finally {
    await browser.close();
  }
});
