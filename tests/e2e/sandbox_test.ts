import assert from "node:assert/strict";
import { launch } from "@/tests/browser.ts";
import { ELSEWHERE } from "@/tests/canaries.ts";
import { serveRoutes } from "@/tests/served.ts";
import { press, watch, type Watched } from "./canary_routes/(_canary)/watch.ts";

/** Script that puts markup into its document. */
const body = (html: string) => `document.body.innerHTML = \`${html}\``;

Deno.test("A sandbox runs its script and does not reach the page", async (t) => {
  await using served = await serveRoutes("tests/e2e/canary_routes");
  const browser = await launch();
  const tries: Record<string, string> = {
    "the page": "canary(parent.document.title)",
    "the page's session": "canary(JSON.stringify(parent.sessionStorage))",
    "cookies": "canary(document.cookie)",
    "storage": "canary(localStorage.length)",
    "the address of the page": `top.location = "http://${ELSEWHERE}/top"; canary("left")`,
    "another window": `canary(String(open("http://${ELSEWHERE}/open").location))`,
    "a dialog": `canary(confirm("?") + prompt("?").length)`,
    "a form": `${body(`<form action=http://${ELSEWHERE}/form></form>`)}; document.forms[0].submit()`,
  };
  try {
    for (const csp of [false, true]) {
      await t.step(`with policies ${csp ? "on" : "off"}`, async () => {
        await using watched = await watch({ browser, served, csp });
        await watched.page.goto(`${served.base}/sandbox`);
        await watched.until(/^canary first in a frame$/);
        watched.seen.length = 0;
        for (const [name, script] of Object.entries(tries)) {
          assert.deepEqual(await runInSandbox(watched, script), [], name);
        }
        assert.deepEqual(await runInSandbox(watched, "canary(1)"), ["canary 1 in a frame"]);
      });
    }
  } finally {
    await browser.close();
  }
});

Deno.test("A sandbox does not reach the network", async () => {
  await using served = await serveRoutes("tests/e2e/canary_routes");
  const arrived: string[] = [];
  let came = Promise.withResolvers<void>();
  await using elsewhere = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, ({ url }) => {
    arrived.push(new URL(url).pathname);
    came.resolve();
    return new Response("");
  });
  const leaks: readonly ((there: string) => string)[] = [
    (there) => `fetch("${there}", { mode: "no-cors" })`,
    (there) => `navigator.sendBeacon("${there}", "x")`,
    (there) => `new Image().src = "${there}"`,
    (there) => `document.body.append(Object.assign(document.createElement("script"), { src: "${there}" }))`,
    (there) => body(`<link rel=stylesheet href=${there}>`),
    (there) => body(`<link rel=preload as=image href=${there}>`),
    (there) => body(`<iframe src=${there}></iframe>`),
    (there) => body(`<video src=${there}></video>`),
    (there) => body(`<p style="background:url(${there})">x</p>`),
    (there) => body(`<meta http-equiv=refresh content="0;url=${there}">`),
    (there) => `location = "${there}"`,
  ];
  const browser = await launch();
  try {
    await using bare = await watch({ browser, served, csp: false });
    await using strict = await watch({ browser, served, csp: true });
    for (const { page } of [strict, bare]) await page.goto(`${served.base}/sandbox`);
    for (const [index, leak] of leaks.entries()) {
      const at = (name: string) => `http://127.0.0.1:${elsewhere.addr.port}/${name}/${index}`;
      // The last words come first, as some of these end the frame.
      await runInSandbox(strict, `setTimeout(() => { ${leak(at("strict"))} })`);
      await runInSandbox(bare, `setTimeout(() => { ${leak(at("bare"))} })`);
      // Nothing but the policy keeps it from arriving.
      await came.promise;
      came = Promise.withResolvers();
    }
    assert.deepEqual(arrived.filter((path) => path.startsWith("/strict")), []);
  } finally {
    await browser.close();
  }
});

/** Shows markup with a script in the sandbox and gives what was seen besides its last words. */
async function runInSandbox({ page, seen, until }: Watched, script: string): Promise<string[]> {
  seen.length = 0;
  const markup = `<p>Shown</p><script>try { ${script} } catch { } canary("ran")</script>`;
  await page.getByLabel("Markup").fill(markup);
  await press(page, "Go");
  await until(/^canary ran in a frame$/);
  return seen.splice(0).filter((what) => what !== "canary ran in a frame");
}
