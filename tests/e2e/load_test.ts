import assert from "node:assert/strict";
import { launch, open } from "@/tests/browser.ts";
import { serveRoutes } from "@/tests/served.ts";

Deno.test("load comes once what the browser keeps is there, however long a page takes to come alive", async () => {
  await using served = await serveRoutes("tests/e2e/abilities_routes");
  const browser = await launch();
  try {
    await using watched = await open(browser, "about:blank");
    const { page } = watched;
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: 6 });
    for (const visits of ["1", "2", "3"]) {
      await page.goto("about:blank");
      await page.goto(`${served.base}/crowd`);
      await page.waitForFunction(() =>
        (document.getElementById("visits") as HTMLTextAreaElement).value !== ""
      );
      assert.equal(await page.getByLabel("Visits").inputValue(), visits);
      // What is to be kept has arrived too.
      await page.locator("[data-field=visits] [aria-busy]").waitFor({ state: "detached" });
    }
    assert.deepEqual(watched.complaints, []);
  } finally {
    await browser.close();
  }
});
