import assert from "node:assert/strict";
import type { BrowserContextOptions, Page } from "playwright-core";
import sharp from "sharp";
import { builtIn } from "@/components/mod.ts";
import { componentOf } from "@/lib/demo/component.ts";
import { dark, light } from "@/lib/style/tokens.ts";
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
  const visit = async (
    path: string,
    work: (page: Page) => Promise<void>,
    { before, ...options }: BrowserContextOptions & { before?: () => void } = {},
  ) => {
    const context = await browser.newContext(options);
    try {
      const page = await context.newPage();
      if (before) await page.addInitScript(before);
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
            // It is tied to its control, and said once.
            const photo = page.locator("#photo");
            assert.equal(await photo.getAttribute("aria-invalid"), "true");
            assert.equal(await photo.getAttribute("aria-describedby"), "photo-error");
            const said = page.locator("#atoll-say p", { hasText: `Photo: "${name}" is not a PNG` });
            await said.waitFor({ state: "attached" });
            assert.equal(await said.count(), 1);
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
    await t.step(
      "an example of a picture is a thumbnail with a name, and the chosen one says so",
      () =>
        visit("examples", async (page) => {
          const coffee = page.getByRole("button", { name: "coffee, 3" });
          await coffee.click();
          await page.locator("#photo ~ input[type=hidden], .at-pic img").first().waitFor();
          await page.getByRole("button", { name: "Submit" }).click();
          await page.locator("[data-field=same] img").waitFor();
          assert.equal(await coffee.getAttribute("aria-pressed"), "true");
          const drawn = await coffee.locator("img").evaluate((img: HTMLImageElement) =>
            img.decode().then(() => [img.naturalWidth > 0, new URL(img.src).pathname])
          );
          assert.deepEqual(drawn, [true, "/samples/coffee.jpg"]);
          const names = await page.locator("[data-field=examples] [aria-pressed=false]").evaluateAll((all) =>
            all.map((button) => button.ariaLabel)
          );
          assert.deepEqual(names, ["digit 3, \u2013", "(empty), (empty)"]);
        }),
    );
    const clipboards: Record<string, () => void> = {
      "by a selection where the page has no clipboard": () =>
        Object.defineProperty(Navigator.prototype, "clipboard", { value: undefined }),
      "by a selection where the clipboard is refused": () =>
        Clipboard.prototype.writeText = () => Promise.reject(new DOMException("No", "NotAllowedError")),
    };
    for (const [how, before] of Object.entries(clipboards)) {
      await t.step(`a text is copied ${how}`, () =>
        visit("shown", async (page) => {
          const button = page.getByRole("button", { name: "Copy Text" });
          await button.click();
          await page.locator("#atoll-say p", { hasText: /^Copied$/ }).waitFor();
          assert.equal(await button.getAttribute("data-done"), "Copied");
          assert.equal(await button.evaluate((button) => button === document.activeElement), true);
          await page.waitForFunction(() =>
            (document.getElementById("done") as HTMLInputElement).value.startsWith("copied ")
          );
          await page.locator("#text").fill("");
          await page.locator("#text").press("Control+V");
          assert.equal(await page.locator("#text").inputValue(), "copy me");
          assert.equal(await page.locator("body > textarea").count(), 0);
        }, { before }));
    }
    await t.step(
      "where nothing can be copied the person is told, and no event says otherwise",
      () =>
        visit("shown", async (page) => {
          const button = page.getByRole("button", { name: "Copy Data" });
          await page.getByRole("button", { name: "Copy Prose" }).click();
          await page.locator("#atoll-say p", { hasText: /^Cannot copy here/ }).waitFor();
          await button.click();
          assert.match(await button.getAttribute("data-done") ?? "", /^Cannot copy here/);
          // The run of another event would have come after that of the copying.
          await page.getByRole("button", { name: "More" }).click();
          await page.locator("#prose code", { hasText: "more code" }).waitFor();
          assert.equal(await page.locator("#done").inputValue(), "");
        }, {
          before: () => {
            Object.defineProperty(Navigator.prototype, "clipboard", { value: undefined });
            document.execCommand = () => false;
          },
        }),
    );
    await t.step(
      "each block of code has a copy button, also those that come later",
      () =>
        visit("shown", async (page) => {
          const copy = page.getByRole("button", { name: "Copy code" });
          await copy.click();
          await page.locator("#prose [data-done=Copied]").waitFor();
          await page.locator("#text").fill("");
          await page.locator("#text").press("Control+V");
          assert.equal((await page.locator("#text").inputValue()).trim(), "const code = 1;");
          await page.getByRole("button", { name: "More" }).click();
          await page.locator("#prose code", { hasText: "more code" }).waitFor();
          await page.waitForFunction(() => document.querySelectorAll(".at-code").length === 1);
          await copy.click();
          await page.locator("#prose [data-done=Copied]").waitFor();
          await page.locator("#text").fill("");
          await page.locator("#text").press("Control+V");
          assert.equal((await page.locator("#text").inputValue()).trim(), "more code");
        }, { permissions: ["clipboard-read", "clipboard-write"] }),
    );
    await t.step(
      "links to this site stay in the tab, those elsewhere say that they open another",
      () =>
        visit("shown", async (page) => {
          await page.getByRole("link", { name: "there (opens in a new tab)" }).waitFor();
          await page.getByRole("link", { name: "Here", exact: true }).click();
          await page.waitForURL("**/shown?again");
          assert.equal(page.context().pages().length, 1);
        }),
    );
    for (const colorScheme of ["light", "dark"] as const) {
      await t.step(
        `active markup takes the theme of the page, ${colorScheme}`,
        () =>
          visit("shown", async (page) => {
            const look = (id: string, text: string) =>
              page.frameLocator(`#${id}`).getByText(text).evaluate((element) => {
                const root = getComputedStyle(document.documentElement);
                const { color } = getComputedStyle(element);
                const { compatMode, documentElement: { lang } } = document;
                return {
                  scheme: root.colorScheme,
                  text: root.getPropertyValue("--text"),
                  color,
                  compatMode,
                  lang,
                };
              });
            const { text } = { light, dark }[colorScheme];
            const color = `rgb(${text.slice(1).match(/../g)?.map((two) => parseInt(two, 16)).join(", ")})`;
            const compatMode = "CSS1Compat";
            assert.deepEqual(await look("fragment", "Part"), {
              scheme: colorScheme,
              text,
              color,
              compatMode,
              lang: "",
            });
            assert.deepEqual(await look("whole", "Whole"), {
              scheme: "normal",
              text,
              color: "rgb(0, 0, 0)",
              compatMode,
              lang: "de",
            });
          }, { colorScheme }),
      );
    }
    await t.step("active markup takes a theme that changes", () =>
      visit("shown", async (page) => {
        const frame = await (await page.locator("#fragment").elementHandle())?.contentFrame();
        assert.ok(frame);
        const part = frame.getByText("Part");
        await part.waitFor();
        const anew = page.waitForEvent("framenavigated", (one) => one === frame);
        await page.emulateMedia({ colorScheme: "dark" });
        await anew;
        assert.equal(
          await part.evaluate(() => getComputedStyle(document.documentElement).colorScheme),
          "dark",
        );
      }));
  } finally {
    await browser.close();
  }
});
