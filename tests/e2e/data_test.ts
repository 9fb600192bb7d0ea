import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { builtIn } from "@/components/mod.ts";
import { componentOf } from "@/lib/demo/component.ts";
import { launch } from "@/tests/browser.ts";
import { serveRoutes } from "@/tests/served.ts";

/** Puts a file of any name and type into the place for a picture. */
async function choose(page: Page, name: string, type: string, bytes: Uint8Array): Promise<void> {
  await page.locator("#photo").evaluate((input: HTMLInputElement, { name, type, base64 }) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, { type }));
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }, { name, type, base64: bytes.toBase64() });
}

Deno.test("Components of data in a browser", async (t) => {
  await using served = await serveRoutes("tests/e2e/data_routes");
  const browser = await launch();
  const visit = async (path: string, work: (page: Page) => Promise<void>) => {
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      await page.goto(`${served.base}/${path}`);
      await work(page);
    } finally {
      await context.close();
    }
  };
  try {
    const blue = sharp({ create: { width: 8, height: 6, channels: 3, background: "#00f" } });
    const jpeg = new Uint8Array(await blue.jpeg().toBuffer());
    const png = new Uint8Array(await blue.png().toBuffer());
    const avif = new Uint8Array(await blue.avif().toBuffer());
    const segment = new Uint8Array(65_537);
    segment.set([0xff, 0xe1, 0xff, 0xff]);
    const tagged = new Uint8Array(
      await new Blob([jpeg.slice(0, 2), ...Array(20).fill(segment), jpeg.slice(2)]).bytes(),
    );
    const heic = avif.map((byte, at) => at >= 8 && at < 12 ? "heic".charCodeAt(at - 8) : byte);

    await t.step(
      "pictures are judged by their bytes, whatever their type and name",
      () =>
        visit("pictures", async (page) => {
          const pictures: [string, string, Uint8Array][] = [
            ["a.avif", "", avif],
            ["b.jpg", "image/jpg", jpeg],
            ["c.jpg", "image/pjpeg", jpeg],
            ["d.png", "image/apng", png],
            ["e", "text/plain", png],
            ["f.jpg", "image/jpeg", tagged],
          ];
          for (const [name, type, bytes] of pictures) {
            await choose(page, name, type, bytes);
            // A press right after it waits for the picture.
            await page.getByRole("button", { name: "Submit" }).click();
            await page.waitForFunction(
              (expected) => (document.getElementById("facts") as HTMLInputElement).value === expected,
              `${name} 8 x 6`,
            );
            await page.getByAltText(`What ${name} shows`).waitFor();
          }
          for (
            const [name, type, bytes] of [["g.heic", "image/heic", heic], [
              "h.png",
              "image/png",
              heic.slice(0, 3),
            ]] as const
          ) {
            await choose(page, name, type, bytes);
            const error = page.locator("#photo-error");
            await page.waitForFunction(
              (name) => document.getElementById("photo-error")?.textContent?.includes(name),
              name,
            );
            assert.equal(
              await error.textContent(),
              `"${name}" is not a PNG, JPEG, GIF, WebP or AVIF picture`,
            );
          }
        }),
    );
    const RUNS = 4;
    /** The texts of the page after some runs; `wrap` changes the page after the first two, and with `early` before it is used. */
    const textsAfter = async (wrap: (page: Page) => Promise<unknown>, early = false) => {
      let texts: unknown;
      await visit("wrapped", async (page) => {
        if (early) await wrap(page);
        for (let n = 1; n <= RUNS; n++) {
          await page.locator("#go").click();
          await page.waitForFunction(
            (n) => (document.getElementById("read") as HTMLInputElement).value === `read ${n}`,
            n,
          );
          await page.locator(":not([aria-busy]) > #read").waitFor();
          if (n === 1 || n === 2) await wrap(page);
        }
        texts = await page.evaluate(() => ({
          words: document.body.innerText.split(/\s*\n\s*/),
          tree: document.querySelectorAll("body *:not(font)").length,
        }));
      });
      return texts as { words: string[]; tree: number };
    };
    const replaced = (page: Page, how: string) =>
      page.evaluate((how) => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const all: Text[] = [];
        while (walker.nextNode()) all.push(walker.currentNode as Text);
        for (const text of all) {
          if (!text.data.trim() || text.parentElement?.closest("script,style,option,textarea")) continue;
          const outer = document.createElement("font");
          const inner = document.createElement("font");
          outer.append(inner);
          inner.textContent = text.data;
          if (how === "in its place") text.replaceWith(outer);
          else if (how === "beside it") {
            text.before(outer);
            text.remove();
          } else if (how === "around it") {
            inner.textContent = "";
            text.before(outer);
            inner.append(text);
          } else {
            const range = document.createRange();
            range.selectNode(text);
            outer.replaceChildren();
            range.surroundContents(outer);
          }
        }
      }, how);
    const plain = await textsAfter(() => Promise.resolve());
    for (const how of ["in its place", "beside it", "around it", "by its range"]) {
      await t.step(
        `every component shows what is new where an element was put ${how} of each text`,
        async () => {
          assert.deepEqual(await textsAfter((page) => replaced(page, how)), plain);
        },
      );
    }
    await t.step(
      "every component shows what is new where the page was translated before it was used",
      async () => {
        assert.deepEqual(await textsAfter((page) => replaced(page, "in its place"), true), plain);
      },
    );
    const { default: wrapped } = await import("./data_routes/wrapped.tsx");
    const kinds = new Set(Object.values(wrapped.fields).map((field) => componentOf(field).kind));
    assert.deepEqual(
      [...kinds].sort(),
      builtIn.map(({ kind }) => kind).sort(),
      "each component is on the page",
    );
  } finally {
    await browser.close();
  }
});
