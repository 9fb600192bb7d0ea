import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { launch, open } from "@/tests/browser.ts";
import { serveRoutes } from "@/tests/served.ts";

/** The spacing of WCAG 1.4.12, which a reader may ask for. */
const SPACED = "* { letter-spacing: 0.12em !important; word-spacing: 0.16em !important; " +
  "line-height: 1.5 !important }";

Deno.test("Pages keep their form", async (t) => {
  await using served = await serveRoutes("tests/e2e/looks_routes");
  const browser = await launch();
  try {
    for (const css of ["", SPACED]) {
      await t.step(`a long word widens no page of 320 px${css && ", with wide spacing"}`, async () => {
        await using watched = await open(browser, `${served.base}/long`, {
          viewport: { width: 320, height: 640 },
          bypassCSP: true,
        });
        const { page } = watched;
        if (css) await page.addStyleTag({ content: css });
        assert.equal(
          await page.evaluate(() => document.documentElement.scrollWidth),
          320,
          await widest(page),
        );
      });
    }

    await t.step("a page that cannot be shown says so in its title", async () => {
      await using watched = await open(browser, `${served.base}/broken`);
      assert.equal(await watched.page.title(), "Error · Atoll");
      assert.equal(await watched.page.getByRole("heading", { level: 1 }).count(), 1);
    });

    await t.step("what is chosen is seen where a page has the colours of the system", async () => {
      await using watched = await open(browser, `${served.base}/chosen`, { forcedColors: "active" });
      const { page } = watched;
      for (const [chosen, other] of await choose(page)) {
        assert.notEqual(await edgesOf(page, chosen), await edgesOf(page, other), chosen);
      }
    });

    await t.step("what is chosen is seen by an edge, not by a tint alone", async () => {
      await using watched = await open(browser, `${served.base}/chosen`);
      const { page } = watched;
      for (const [chosen, other] of await choose(page)) {
        assert.notEqual(await edgesOf(page, chosen), await edgesOf(page, other), chosen);
      }
    });

    for (const dir of ["ltr", "rtl"]) {
      await t.step(`a slider is filled from where it begins, ${dir}`, async () => {
        await using watched = await open(browser, `${served.base}/chosen`);
        const { page } = watched;
        await page.evaluate((dir) => document.documentElement.dir = dir, dir);
        const range = page.getByRole("slider");
        const { data, info } = await sharp(await range.screenshot()).raw().toBuffer({
          resolveWithObject: true,
        });
        const middle = Math.floor(info.height / 2);
        const at = (share: number) => {
          const from = (middle * info.width + Math.floor(info.width * share)) * info.channels;
          return [...data.subarray(from, from + 3)];
        };
        const accent = [0x0b, 0x6e, 0x7a];
        const [begin, end] = dir === "ltr" ? [0.1, 0.9] : [0.9, 0.1];
        assert.deepEqual(at(begin), accent);
        assert.notDeepEqual(at(end), accent);
      });
    }
  } finally {
    await browser.close();
  }
});

/** Chooses a row and a chip; gives pairs of what is chosen and what is not. */
async function choose(page: Page): Promise<[chosen: string, other: string][]> {
  for (const key of ["rows", "chips"]) {
    await page.locator(`[data-field=${key}]`).getByRole("button").first().click();
    await page.locator(`[data-field=${key}] [aria-pressed=true]`).waitFor();
  }
  await page.mouse.move(0, 0);
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
  return [
    [
      "[data-field=rows] tbody tr:nth-child(1) > :first-child",
      "[data-field=rows] tbody tr:nth-child(2) > :first-child",
    ],
    ["[data-field=chips] button[aria-pressed=true]", "[data-field=chips] button[aria-pressed=false]"],
    [
      ".at-tabs > :checked + label, [role=tab][aria-selected=true]",
      ".at-tabs > :not(:checked) + label, [role=tab][aria-selected=false]",
    ],
  ];
}

function edgesOf(page: Page, selector: string): Promise<string> {
  return page.locator(selector).first().evaluate((element) => {
    const { borderBottomColor, borderInlineStartWidth, outlineColor, outlineStyle } = getComputedStyle(
      element,
    );
    return [
      borderBottomColor,
      borderInlineStartWidth,
      outlineStyle,
      outlineStyle === "none" ? "" : outlineColor,
    ]
      .join();
  });
}

/** The elements that reach past the page, for a message. */
function widest(page: Page): Promise<string> {
  return page.evaluate(() =>
    [...document.querySelectorAll("body *")]
      .filter((element) =>
        element.getBoundingClientRect().right > innerWidth + 1 &&
        !element.parentElement?.closest(".at-rows, .at-tree, .at-md pre, .at-md table, [role=tablist]")
      )
      .map((element) =>
        `${element.tagName}.${element.className} in ${
          element.closest("[data-field]")?.getAttribute("data-field")
        }`
      )
      .slice(0, 12).join("\n")
  );
}
