import assert from "node:assert/strict";
import axe from "axe-core";
import { launch, open } from "@/tests/browser.ts";
import { startServer } from "@/tests/server.ts";

const demos = Array.from(
  Deno.readDirSync(new URL("../../routes/demos/", import.meta.url)),
  ({ name }) => name.startsWith("(") ? [] : [`/demos/${name.replace(/\.tsx$/, "")}`],
).flat();

const PATHS = ["/", ...demos.sort(), "/nothing-here"];

Deno.test("axe finds no violation, light and dark, wide and 360 px", async (t) => {
  await using server = await startServer();
  const browser = await launch();
  try {
    for (const path of PATHS) {
      for (const [colorScheme, width] of [["light", 1280], ["dark", 360]] as const) {
        await t.step(`${path}, ${colorScheme}, ${width} px`, async () => {
          await using watched = await open(browser, server.base + path, {
            colorScheme,
            viewport: { width, height: 800 },
            bypassCSP: true,
          });
          const { page } = watched;
          const heading = await page.getByRole("heading", { level: 1 }).innerText();
          const name = path === "/nothing-here" ? "Not found" : heading;
          assert.equal(await page.title(), `${name} · Atoll`);
          await page.addScriptTag({ content: axe.source });
          const found = await page.evaluate(async () => {
            const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
              runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
            });
            return violations.map(({ id, nodes }) =>
              `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`
            );
          });
          assert.deepEqual(found, []);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
        });
      }
    }
  } finally {
    await browser.close();
  }
});

Deno.test("The greeter works by keyboard alone", async () => {
  await using server = await startServer();
  const browser = await launch();
  try {
    await using watched = await open(browser, `${server.base}/demos/greeter`);
    const { page } = watched;
    const reach = async (id: string) => {
      for (let i = 0; i < 30; i++) {
        await page.keyboard.press("Tab");
        if (await page.evaluate(() => document.activeElement?.id) === id) return;
      }
      throw new Error(`#${id} cannot be reached by Tab`);
    };
    await reach("name");
    await page.keyboard.type("Ada");
    await reach("volume");
    await page.keyboard.press("ArrowRight");
    await reach("submit");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() =>
      (document.getElementById("greeting") as HTMLInputElement).value === "Hello, Ada!!"
    );
    assert.deepEqual(watched.complaints, []);
  } finally {
    await browser.close();
  }
});

Deno.test("Every control of every demo is reached by Tab, and shows that it is", async (t) => {
  await using server = await startServer();
  const browser = await launch();
  try {
    for (const path of PATHS) {
      await t.step(path, async () => {
        await using watched = await open(browser, server.base + path);
        const { page } = watched;
        // Tabs are radio buttons until they are alive.
        await page.waitForFunction(() =>
          !document.createNodeIterator(
            document.body,
            128, /* comments */
            (comment) => (comment as Comment).data.startsWith("frsh:island") ? 1 : 2,
          ).nextNode()
        );
        // Those of the layout are tabs once the page is used.
        await page.evaluate(() =>
          document.querySelector<HTMLElement>(
            "form.atoll-demo :is(button, input:not([type=hidden]), textarea)",
          )?.focus()
        );
        await page.locator(".at-tabs[role=radiogroup]").waitFor({ state: "detached" });
        await page.evaluate(() => {
          // Where Tab begins is the start of the page again.
          document.body.tabIndex = -1;
          document.body.focus();
          document.body.removeAttribute("tabindex");
        });
        // Of radio buttons and tabs only the chosen one is a stop; the arrows lead to the others.
        const wanted = await page.evaluate(() => {
          const all = document.querySelectorAll<HTMLElement>(
            "a[href], button, input, select, textarea, summary",
          );
          const stops = [...all].filter((element) =>
            element.checkVisibility() &&
            !element.matches(
              ":disabled, [type=hidden], [type=radio]:not(:checked), [role=tab][aria-selected=false]",
            )
          );
          for (const [i, element] of stops.entries()) element.dataset.stop = String(i);
          return stops.length;
        });
        const reached = new Set<string>();
        for (let i = 0; i < wanted + 3; i++) {
          await page.keyboard.press("Tab");
          const stop = await page.evaluate(() => {
            const element = document.activeElement as HTMLElement;
            if (!element.dataset.stop) return undefined;
            const shown = (one: Element | null): boolean => {
              if (!one || one === document.body) return false;
              const marked = ["", "::after"].some((part) => {
                const { outlineStyle, boxShadow } = getComputedStyle(one, part);
                return outlineStyle !== "none" || boxShadow !== "none";
              });
              return marked || shown(one.parentElement);
            };
            const label = element.nextElementSibling?.matches("label") ? element.nextElementSibling : null;
            return shown(element) || shown(label)
              ? element.dataset.stop
              : `unseen: ${element.outerHTML.slice(0, 120)}`;
          });
          if (stop !== undefined) reached.add(stop);
        }
        assert.deepEqual([...reached].filter((stop) => stop.startsWith("unseen")), []);
        assert.equal(reached.size, wanted);
      });
    }
  } finally {
    await browser.close();
  }
});
