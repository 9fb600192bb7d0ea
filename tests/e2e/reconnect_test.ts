import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launch, open } from "@/tests/browser.ts";
import { type FaultProxy, seeded, startFaultProxy } from "@/tests/fault_proxy.ts";
import { serveRoutes } from "@/tests/served.ts";

const whole = Array.from({ length: 500 }, (_, i) => `${i} `).join("");
const toasts = Array.from({ length: 10 }, (_, i) => `at ${i * 50 + 49}`);

/** Notes each message that the page says, in the name of the window, which a reload does not take away. */
function noteToasts(): void {
  const tab = globalThis as unknown as { name: string };
  new MutationObserver((records) => {
    for (const { target, addedNodes } of records) {
      if ((target as Element).id !== "atoll-say") continue;
      for (const { textContent } of addedNodes) {
        if (textContent?.startsWith("at ")) tab.name += `${textContent}\n`;
      }
    }
  }).observe(document, { subtree: true, childList: true });
}

/** Notes the messages of a page from now on, over reloads. */
async function listen(page: Page): Promise<void> {
  await page.addInitScript(noteToasts);
  await page.evaluate(noteToasts);
}

const press = (page: Page, name: string) => page.getByRole("button", { name }).click();
const valueOf = (page: Page, id: string) => page.locator(`#${id}`).inputValue();
const busy = (page: Page) => page.locator("[data-field=story] [aria-busy]");

/** What a page shows once its run is over. */
async function endOf(page: Page): Promise<{ story: string; title: string; toasts: string[] }> {
  await page.waitForFunction(
    () => {
      const story = document.getElementById("story") as HTMLTextAreaElement;
      return story.value.length > 1000 && !document.querySelector("[data-field=story] [aria-busy]");
    },
    undefined,
    { timeout: 120_000 },
  );
  return {
    story: await valueOf(page, "story"),
    title: await valueOf(page, "title"),
    toasts: (await page.evaluate<string>("name")).split("\n").slice(0, -1),
  };
}

async function reaches(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (text) => (document.getElementById("story") as HTMLTextAreaElement).value.includes(text),
    text,
  );
}

Deno.test("A run goes on over cuts of its stream, reloads and lost answers", async (t) => {
  await using served = await serveRoutes("tests/e2e/reconnect_routes");
  await using proxy = await startFaultProxy(served.base);
  const { engine } = served;
  const url = `${proxy.base}/story`;
  const browser = await launch();
  const runs = () => engine.load.runs;

  async function visit(steps: (page: Page, complaints: string[]) => Promise<void>): Promise<void> {
    await using watched = await open(browser, url);
    try {
      await steps(watched.page, watched.complaints);
    } finally {
      proxy.disarm();
    }
    assert.deepEqual(watched.complaints.filter((text) => text.startsWith("uncaught")), []);
  }

  try {
    await t.step("A stream that is cut a hundred times leaves the page as one that is not", async () => {
      let uncut: unknown;
      await visit(async (page, complaints) => {
        await listen(page);
        await press(page, "Go");
        uncut = await endOf(page);
        assert.deepEqual(complaints, []);
      });
      assert.deepEqual(uncut, { story: whole, title: " 1", toasts });
      const before = runs();
      await visit(async (page) => {
        await listen(page);
        await backAtOnce(page);
        cutAtRandom(proxy, { seed: 3, cuts: 100 });
        await press(page, "Go");
        assert.deepEqual(await endOf(page), uncut);
        assert.ok(proxy.broken >= 100, `${proxy.broken} cuts`);
      });
      assert.equal(runs(), before + 1);
    });

    await t.step("A page that is reloaded in the middle goes on, and so does its session", async () => {
      const before = runs();
      await visit(async (page, complaints) => {
        await listen(page);
        await page.addInitScript(() => {
          if (sessionStorage.length > 0) document.title = JSON.stringify({ ...sessionStorage });
        });
        await page.getByLabel("Note").fill("mine");
        await page.getByLabel("Key").fill("hunter2");
        await press(page, "Go");
        for (const text of [" 60 ", " 200 "]) {
          await reaches(page, text);
          await page.reload();
          await reaches(page, text);
          await busy(page).waitFor({ state: "attached" });
        }
        assert.deepEqual(await endOf(page), { story: whole, title: "mine 1", toasts });
        assert.equal(await valueOf(page, "note"), "mine");
        assert.equal(runs(), before + 1);
        await press(page, "Go");
        await page.waitForFunction(() =>
          (document.getElementById("title") as HTMLInputElement).value === "mine 2"
        );
        await press(page, "Stop");
        assert.deepEqual(complaints, []);
        // While the page is seen, nothing lies in the tab: a copy of it has a session of its own.
        assert.equal(await page.evaluate(() => sessionStorage.length), 0);
      });
    });

    await t.step("What is kept over a reload has no passwords in it", async () => {
      await visit(async (page) => {
        const kept: string[] = [];
        await page.exposeFunction("tell", (text: string) => void kept.push(text));
        await page.addInitScript(() => {
          (globalThis as unknown as { tell(text: string): void }).tell(JSON.stringify({ ...sessionStorage }));
        });
        await page.getByLabel("Note").fill("mine");
        await page.getByLabel("Key").fill("hunter2");
        await press(page, "Go");
        await reaches(page, " 10 ");
        await page.reload();
        await reaches(page, " 10 ");
        assert.match(kept.join(), /mine/);
        assert.doesNotMatch(kept.join(), /hunter2/);
        await press(page, "Stop");
      });
    });

    await t.step("A page that is opened anew, not reloaded, has a session of its own", async () => {
      await visit(async (page) => {
        await page.getByLabel("Note").fill("mine");
        await press(page, "Go");
        await reaches(page, " 10 ");
        await page.goto("about:blank");
        await page.goto(url);
        assert.equal(await valueOf(page, "title"), "");
        await press(page, "Go");
        await page.waitForFunction(() =>
          (document.getElementById("title") as HTMLInputElement).value === " 1"
        );
        await press(page, "Stop");
      });
    });

    await t.step("A page that is come back to goes on", async () => {
      await visit(async (page) => {
        await page.getByLabel("Note").fill("mine");
        await press(page, "Go");
        await reaches(page, " 10 ");
        await page.goto("about:blank");
        await page.goBack();
        assert.deepEqual((await endOf(page)).story, whole);
        assert.equal(await valueOf(page, "title"), "mine 1");
      });
    });

    await t.step("An event whose answer is lost starts one run", async () => {
      const before = runs();
      await visit(async (page) => {
        let lost = 0;
        proxy.arm((head) => head.startsWith("POST") && lost++ < 3 ? { bytes: 0, end: "reset" } : undefined);
        await press(page, "Go");
        assert.deepEqual((await endOf(page)).story, whole);
        assert.ok(lost > 3);
      });
      assert.equal(runs(), before + 1);
    });

    await t.step("An event that is raised without a connection is sent when there is one", async () => {
      await visit(async (page) => {
        await page.getByLabel("Note").fill("mine");
        await page.context().setOffline(true);
        await press(page, "Go");
        await page.locator("[data-field=story]").getByText("Reconnecting").waitFor();
        await page.context().setOffline(false);
        assert.equal((await endOf(page)).title, "mine 1");
      });
    });

    await t.step("A run that the server does not know any more is said to be lost", async () => {
      await visit(async (page) => {
        await page.route("**/story", (route) => {
          if (!route.request().postData()?.includes("resume")) return route.fallback();
          return route.fulfill({
            status: 404,
            json: { error: { code: "not_found", message: "No such run" } },
          });
        });
        proxy.arm((head) => head.startsWith("POST") ? { bytes: 2000, end: "close" } : undefined);
        await press(page, "Go");
        await page.locator("#story-error").getByText("This run is no longer available").waitFor();
        assert.match(await valueOf(page, "story"), /^0 1 2 /);
      });
    });

    await t.step("A session that the server does not know after a reload is replaced", async () => {
      await visit(async (page) => {
        await page.addInitScript(() => {
          for (const [key, text] of Object.entries({ ...sessionStorage })) {
            sessionStorage.setItem(
              key,
              JSON.stringify({ ...JSON.parse(text as string), token: "a.b", runs: [] }),
            );
          }
        });
        await page.getByLabel("Note").fill("mine");
        await press(page, "Go");
        await reaches(page, " 10 ");
        await press(page, "Stop");
        await page.reload();
        await reaches(page, " 10 ");
        assert.equal(await valueOf(page, "note"), "mine");
        // Only the run that starts now gives this title, as the first one of its session.
        await page.getByLabel("Note").fill("yours");
        await press(page, "Go");
        await page.waitForFunction(() =>
          (document.getElementById("title") as HTMLInputElement).value === "yours 1"
        );
        await press(page, "Stop");
      });
    });
  } finally {
    await browser.close();
  }
});

/** Makes a page try again at once while a field says that it waits, as it does when the network comes back. */
async function backAtOnce(page: Page): Promise<void> {
  await page.evaluate(() => {
    setInterval(() => {
      const text = document.querySelector("[data-field=story]")?.textContent;
      if (text?.includes("Reconnecting")) dispatchEvent(new Event("online"));
    }, 20);
  });
}

/** Cuts connections at bytes that the seed tells: in the head of an answer, between frames, within them. */
function cutAtRandom(proxy: FaultProxy, { seed, cuts }: { seed: number; cuts: number }): void {
  const random = seeded(seed);
  const ends = ["reset", "close"] as const;
  const most = proxy.broken + cuts;
  proxy.arm((head) =>
    head.startsWith("POST") && proxy.broken < most
      ? {
        bytes: Math.floor(random() * 1400),
        end: ends[Math.floor(random() * 2)] as "reset",
        slice: random() < 0.3 ? 7 : undefined,
      }
      : undefined
  );
}
