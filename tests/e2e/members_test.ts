import assert from "node:assert/strict";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launch, open, type WatchedPage } from "@/tests/browser.ts";
import { startServer, type TestServer } from "@/tests/server.ts";

const users = { vera: "low-tide", edda: "high-tide" } as const;
let browser: Browser;
const looks: BrowserContextOptions[] = [
  { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { colorScheme: "dark", viewport: { width: 360, height: 800 } },
];

async function enter(
  server: TestServer,
  name: keyof typeof users,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const watched = await open(browser, `${server.base}/demos/members`, options);
  const { page } = watched;
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(users[name]);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.locator("#notes").waitFor();
  // What the page asks for when it opens has come: nothing is under way that leaving would cut off.
  if (options.javaScriptEnabled !== false) {
    await page.waitForFunction(() => (document.getElementById("who") as HTMLInputElement).value !== "");
  }
  return watched;
}

async function isFine(page: Page): Promise<void> {
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
}

Deno.test("The members demo in Chromium", async (t) => {
  await using server = await startServer();
  browser = await launch();
  try {
    await steps(t, server);
  } finally {
    await browser.close();
  }
});

async function steps(t: Deno.TestContext, server: TestServer): Promise<void> {
  for (const look of looks) {
    const { colorScheme, viewport } = look;
    await t.step(`${colorScheme}, ${viewport?.width} px: what each sees is fit for everybody`, async () => {
      const options = { ...look, bypassCSP: true };
      await using stranger = await open(browser, `${server.base}/demos/members/login`, options);
      assert.equal(await stranger.page.title(), "Log in · Atoll");
      await stranger.page.getByLabel("Name").fill("vera");
      await stranger.page.getByLabel("Password").fill("wrong");
      await stranger.page.getByLabel("Password").press("Enter");
      await stranger.page.locator("#login-notice", { hasText: "Wrong name or password" }).waitFor();
      assert.equal(await stranger.page.title(), "Error: Log in · Atoll");
      assert.equal(await stranger.page.getByLabel("Name").inputValue(), "vera");
      assert.equal(await stranger.page.getByLabel("Password").inputValue(), "");
      await isFine(stranger.page);
      for (const name of ["vera", "edda"] as const) {
        await using watched = await enter(server, name, options);
        await isFine(watched.page);
        await watched.page.getByRole("link", { name }).click();
        await watched.page.getByLabel("Name of the key").fill("nightly");
        await watched.page.getByRole("button", { name: "Make a key" }).click();
        await watched.page.getByText("This is the new key").waitFor();
        await isFine(watched.page);
        assert.deepEqual(watched.complaints, []);
      }
    });
  }

  await t.step("a stranger is led to the login, and is answered nothing", async () => {
    const page = `${server.base}/demos/members`;
    const ask = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(page + path, { redirect: "manual", ...init });
      return [response.status, await response.text()] as const;
    };
    const led = await fetch(`${page}?x=1`, { redirect: "manual", headers: { accept: "text/html" } });
    await led.body?.cancel();
    assert.equal(led.headers.get("location"), "/demos/members/login?x=1");
    const headers = { "content-type": "application/json" };
    const answers = [
      await ask(""),
      await ask("/"),
      await ask("", { method: "POST", headers, body: JSON.stringify({ action: "look", session: "x" }) }),
      await ask("", { method: "POST", body: new URLSearchParams({ "$run.look": "" }) }),
      await ask("/files", { method: "POST", body: "x" }),
      await ask(`/files/${"A".repeat(22)}`),
      await ask("/account"),
    ];
    for (const [status, text] of answers) {
      assert.equal(status, 401, text);
      assert.doesNotMatch(text, /High water/);
    }
    for (
      const path of ["//demos//members", "/demos/./members", "/demos/members/", "/demos/greeter/../members"]
    ) {
      const response = await fetch(server.base + path, { redirect: "manual" });
      assert.ok([401, 404].includes(response.status), path);
      assert.doesNotMatch(await response.text(), /On the board/);
    }
  });

  await t.step("the viewer neither sees nor reaches what is the editor's", async () => {
    await using editor = await enter(server, "edda");
    await using viewer = await enter(server, "vera");
    await editor.page.getByRole("button", { name: "Make a poster" }).click();
    const img = editor.page.locator("[data-field=poster] img");
    await img.waitFor();
    const poster = await img.getAttribute("src") as string;

    const html = await viewer.page.content();
    for (const word of ["putUp", "takeDown", "makePoster", 'poster"', "New note", "Put it up", 'editor"']) {
      assert.ok(!html.includes(word), word);
    }
    const asked = await viewer.page.evaluate(async (poster) => {
      const session = (document.querySelector("[name='$session']") as HTMLInputElement).value;
      const call = async (action: string) => {
        const headers = { "content-type": "application/json" };
        const body = JSON.stringify({
          action,
          session,
          input: action === "look" ? {} : { note: "I was here" },
        });
        const response = await fetch(location.pathname, { method: "POST", headers, body });
        return [response.status, await response.text()] as const;
      };
      const post = async (action: string) => {
        const form = new FormData();
        form.set("$session", session);
        form.set("note", "I was here");
        form.set(`$run.${action}`, "");
        return (await fetch(location.pathname, { method: "POST", body: form })).status;
      };
      const read = async (path: string) => {
        const response = await fetch(path);
        return [response.status, await response.text()] as const;
      };
      return {
        calls: [await call("putUp"), await call("makePoster"), await call("nothing")],
        own: (await call("look"))[0],
        forms: [await post("putUp"), await post("nothing")],
        files: [
          await read(poster),
          await read(poster.replace("members", "greeter")),
          await read(`${location.pathname}/files/${"A".repeat(22)}`),
        ],
      };
    }, poster);
    assert.equal(asked.own, 200);
    assert.equal(asked.calls[2]?.[0], 404);
    assert.deepEqual(asked.calls.slice(0, 2), [asked.calls[2], asked.calls[2]]);
    assert.deepEqual(asked.forms, [404, 404]);
    assert.equal(asked.files[2]?.[0], 404);
    assert.deepEqual(asked.files.slice(0, 2), [asked.files[2], asked.files[2]]);
    await viewer.page.getByRole("button", { name: "Look again" }).click();
    await viewer.page.waitForFunction(() =>
      (document.getElementById("notes") as HTMLTextAreaElement).value !== ""
    );
    assert.doesNotMatch(await viewer.page.locator("#notes").inputValue(), /I was here/);
  });

  await t.step("what the editor writes, the viewer reads, and a logout ends it", async () => {
    await using editor = await enter(server, "edda");
    await using viewer = await enter(server, "vera");
    await editor.page.getByLabel("New note").fill("Regatta on Sunday");
    await editor.page.getByRole("button", { name: "Put it up" }).click();
    await editor.page.waitForFunction(() =>
      /Regatta/.test((document.getElementById("notes") as HTMLTextAreaElement).value)
    );
    await viewer.page.getByRole("button", { name: "Look again" }).click();
    await viewer.page.waitForFunction(() =>
      /Regatta/.test((document.getElementById("notes") as HTMLTextAreaElement).value)
    );
    await viewer.page.getByRole("button", { name: "Log out" }).click();
    await viewer.page.getByRole("heading", { name: "Log in" }).waitFor();
    await viewer.page.goBack();
    await viewer.page.getByRole("heading", { name: "Log in" }).waitFor();
  });

  await t.step("a login that has ended is said to be, with a link that comes back", async () => {
    await using watched = await enter(server, "vera");
    const { page } = watched;
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Look again" }).click();
    const message = page.locator(".at-toast[data-level=error]", {
      hasText: "You are logged out. Log in again",
    });
    await message.waitFor();
    assert.equal(await page.locator(".at-error").count(), 0);
    await message.getByRole("link", { name: "Log in again" }).click();
    await page.getByLabel("Name").fill("vera");
    await page.getByLabel("Password").fill(users.vera);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.locator("#notes").waitFor();
    assert.equal(new URL(page.url()).pathname, "/demos/members");
  });

  await t.step("without script it does the same", async () => {
    await using editor = await enter(server, "edda", { javaScriptEnabled: false });
    await editor.page.getByLabel("New note").fill("By form");
    await editor.page.getByRole("button", { name: "Put it up" }).click();
    await editor.page.locator("form.atoll-demo").getByText("By form").waitFor();
    await editor.page.getByRole("button", { name: "Log out" }).click();
    await editor.page.getByRole("heading", { name: "Log in" }).waitFor();
  });
}
