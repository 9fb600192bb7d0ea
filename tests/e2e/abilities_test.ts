import assert from "node:assert/strict";
import { launch, open } from "@/tests/browser.ts";
import { serveRoutes } from "@/tests/served.ts";
import { left, someoneLeft } from "./abilities_routes/club.tsx";

Deno.test("What actions can do besides running is seen on the page", async (t) => {
  await using served = await serveRoutes("tests/e2e/abilities_routes");
  const browser = await launch();
  const url = `${served.base}/club`;
  try {
    await t.step("What checks object to stands at every field at fault, and nothing runs", async () => {
      await using watched = await open(browser, url);
      const { page } = watched;
      await page.getByLabel("Name").fill("A");
      await page.getByRole("button", { name: "Join" }).click();
      await page.locator("form.atoll-demo").getByText("A name has two letters or more").waitFor();
      await page.locator("form.atoll-demo").getByText("An address has an @").waitFor();
      assert.equal(await page.getByLabel("Name").getAttribute("aria-invalid"), "true");
      assert.equal(await page.getByLabel("Mail").getAttribute("aria-invalid"), "true");
      assert.equal(await page.getByLabel("Answer").inputValue(), "");
      await page.getByLabel("Name").fill("Ada");
      await page.getByLabel("Mail").fill("ada@example.org");
      await page.getByRole("button", { name: "Join" }).click();
      await page.waitForFunction(() =>
        (document.getElementById("members") as HTMLTextAreaElement).value === "Ada is in"
      );
      assert.equal(await page.getByLabel("Answer").inputValue(), "Welcome, Ada");
      assert.equal(await page.locator("form.atoll-demo").getByText("An address has an @").count(), 0);
      assert.deepEqual(watched.complaints.filter((text) => !text.includes("422")), []);
    });

    await t.step("Programs are refused with 422 and all messages", async () => {
      const session = await fetch(url).then((answer) => answer.text()).then((html) =>
        /name="\$session" value="([^"]+)"/.exec(html)?.[1]
      );
      const answer = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ action: "joining", input: { name: "A", mail: "" }, session }),
      });
      assert.equal(answer.status, 422);
      assert.deepEqual(await answer.json(), {
        error: {
          code: "bad_input",
          message: "A name has two letters or more",
          field: "name",
          fields: { name: "A name has two letters or more", mail: "An address has an @" },
        },
      });
    });

    await t.step("An answer that was known is said to be", async () => {
      await using watched = await open(browser, url);
      const { page } = watched;
      await page.getByLabel("Name").fill("twice");
      for (let time = 1; time <= 2; time++) {
        await page.getByRole("button", { name: "Ask" }).click();
        await page.waitForFunction(() =>
          (document.getElementById("shout") as HTMLTextAreaElement).value === "TWICE" &&
          !document.querySelector("[data-field=shout] [aria-busy]")
        );
        if (time === 1) assert.equal(await page.getByText("Answered from the cache").count(), 0);
        else await page.getByText("Answered from the cache").first().waitFor();
      }
      assert.deepEqual(watched.complaints, []);
    });

    await t.step("What the browser keeps is there at the next visit, and unreadable", async () => {
      await using watched = await open(browser, url);
      const { page } = watched;
      const count = async (visits: string) => {
        await page.waitForFunction(
          (visits) => (document.getElementById("visits") as HTMLTextAreaElement).value === visits,
          visits,
        );
      };
      await count("1");
      // Not a reload, which goes on where the page was: a visit of its own.
      await page.waitForFunction(() => (localStorage.getItem("atoll:state:club")?.length ?? 0) > 20);
      await page.goto("about:blank");
      await page.goto(url);
      await count("2");
      const kept = await page.evaluate(() => localStorage.getItem("atoll:state:club") ?? "");
      assert.ok(
        !kept.includes("visits") && !atob(kept.replaceAll("-", "+").replaceAll("_", "/")).includes("visits"),
      );
      await page.evaluate(() => localStorage.setItem("atoll:state:club", "forged"));
      await page.goto("about:blank");
      await page.goto(url);
      await count("1");
      assert.deepEqual(watched.complaints, []);
    });

    await t.step("A page that is closed is noticed, and what its session held is known", async () => {
      const watched = await open(browser, url);
      const { page } = watched;
      await page.getByLabel("Name").fill("Bob");
      await page.getByLabel("Mail").fill("bob@example.org");
      await page.getByRole("button", { name: "Join" }).click();
      await page.waitForFunction(() =>
        (document.getElementById("members") as HTMLTextAreaElement).value === "Bob is in"
      );
      const here = page.waitForResponse((answer) => answer.request().postData()?.includes('"here"') ?? false);
      await page.reload();
      assert.equal((await here).status(), 204);
      await page.waitForFunction(() =>
        (document.getElementById("members") as HTMLTextAreaElement)?.value === "Bob is in"
      );
      await watched[Symbol.asyncDispose]();
      await someoneLeft.promise;
      assert.equal(left.filter((name) => name === "Bob").length, 1);
    });
  } finally {
    await browser.close();
  }
});
