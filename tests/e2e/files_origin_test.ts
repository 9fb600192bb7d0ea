import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { FileRef } from "@/lib/value/file_ref.ts";
import { launch, open } from "@/tests/browser.ts";
import { startServer, type TestServer } from "@/tests/server.ts";

const page = "/demos/digits";
// One black pixel.
const PNG = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==",
);
const LARGE_BYTES = 9 * 1024 * 1024;

Deno.test("Files have an origin of their own when one is set", async (t) => {
  const { server, origin } = await startApart();
  await using _ = server;
  const { host } = new URL(origin);
  const { token, policy } = await visit(server);
  const sent = await fetch(`${server.base}${page}/files`, {
    method: "POST",
    body: PNG,
    headers: { "atoll-session": token, "atoll-name": "x.png" },
  });
  const { id, url } = await sent.json() as FileRef;
  assert.equal(url, `${origin}/files/${id}`);

  await t.step("It answers with the file, and with parts of it, to pages of the app", async () => {
    const answer = await fetch(url, { headers: { origin: server.base } });
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.bytes(), PNG);
    const headers = Object.fromEntries(answer.headers);
    assert.equal(headers["access-control-allow-origin"], server.base);
    assert.equal(headers["cross-origin-resource-policy"], "cross-origin");
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["cache-control"], "private, no-store");
    assert.match(headers["content-security-policy"] ?? "", /^default-src 'none'; sandbox/);
    const part = await fetch(url, { headers: { range: "bytes=1-3" } });
    assert.deepEqual([part.status, await part.text()], [206, "PNG"]);
    assert.equal(part.headers.get("content-range"), `bytes 1-3/${PNG.length}`);
    assert.equal(await status(url, { method: "HEAD" }), 200);
  });

  await t.step("It lets no other site read it by script, and runs nothing", async () => {
    for (const from of ["https://evil.example", "null", `${server.base}.evil.example`, "file://"]) {
      const answer = await fetch(url, { headers: { origin: from } });
      assert.equal(answer.headers.get("access-control-allow-origin"), null, from);
      await answer.body?.cancel();
    }
    for (const use of ["script", "worker", "serviceworker", "style", "iframe", "object", "embed"]) {
      const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": use };
      assert.equal(await status(url, { headers }), 403, use);
    }
  });

  await t.step("It answers nothing else", async () => {
    const paths = [
      "/",
      page,
      `${page}/files/${id}`,
      "/files",
      "/files/",
      `/files/${id}/x`,
      "/healthz",
      "/files/..%2fx",
    ];
    for (const path of paths) {
      for (const method of ["GET", "HEAD", "POST"]) {
        const answer = await fetch(origin + path, { method });
        assert.equal(answer.status, 404, `${method} ${path}`);
        assert.match(answer.headers.get("content-security-policy") ?? "", /sandbox/);
        await answer.body?.cancel();
      }
    }
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      assert.equal(await status(url, { method, headers: { "atoll-session": token } }), 405, method);
    }
    assert.equal(await status(`${origin}/files/${"A".repeat(24)}`), 404);
  });

  await t.step("The app answers with no file any more, but says how far an upload is", async () => {
    const own = `${server.base}${page}/files/${id}`;
    assert.equal(await status(own, { redirect: "manual" }), 404);
    assert.equal(await status(own, { method: "HEAD" }), 404);
    const asked = await fetch(own, { method: "HEAD", headers: { "atoll-session": token } });
    const told = JSON.parse(decodeURIComponent(asked.headers.get("atoll-file") ?? ""));
    assert.equal(told.url, url);
  });

  await t.step("The policy of a page names the origin where it shows files, and nowhere else", () => {
    const directives = policy.split("; ").filter((directive) => directive.includes(host));
    assert.deepEqual(directives.map((directive) => directive.split(" ")[0]).sort(), [
      "connect-src",
      "img-src",
      "media-src",
    ]);
  });
});

Deno.test("A page sends a picture and shows it, from its own origin and from another", async (t) => {
  const browser = await launch();
  try {
    for (const apart of [false, true]) {
      await t.step(apart ? "another" : "its own", async () => {
        const { server, origin } = await startApart(apart);
        await using _ = server;
        await using watched = await open(browser, server.base + page);
        const { page: tab, complaints } = watched;
        const file = { name: "a b.png", mimeType: "image/png", buffer: Buffer.from(PNG) };
        await tab.locator("input[type=file]").setInputFiles(file);
        const shown = await tab.waitForFunction(() => {
          const picture = document.querySelector<HTMLImageElement>(".at-pic img");
          return picture?.complete && picture.naturalWidth === 1 ? picture.src : undefined;
        });
        const src = await shown.jsonValue();
        assert.ok(src?.startsWith(apart ? `${origin}/files/` : `${server.base}${page}/files/`), src);
        assert.deepEqual(complaints, []);
      });
    }
  } finally {
    await browser.close();
  }
});

Deno.test("A page sends a large picture in pieces", async () => {
  const browser = await launch();
  try {
    await using server = await startServer();
    await using watched = await open(browser, server.base + page);
    const { page: tab, complaints } = watched;
    const methods: string[] = [];
    tab.on("request", (request) => request.url().includes("/files") && methods.push(request.method()));
    const large = new Uint8Array(LARGE_BYTES);
    large.set(PNG);
    const file = { name: "x.png", mimeType: "image/png", buffer: Buffer.from(large) };
    await tab.locator("input[type=file]").setInputFiles(file);
    await tab.locator(".at-pic img").waitFor();
    assert.deepEqual(methods.slice(0, 4), ["POST", "PATCH", "PATCH", "PATCH"]);
    const src = await tab.locator(".at-pic img").getAttribute("src");
    const kept = await (await fetch(server.base + src)).bytes();
    assert.equal(kept.length, LARGE_BYTES);
    assert.ok(kept.every((byte, at) => byte === (PNG[at] ?? 0)));
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});

async function status(url: string, init?: RequestInit): Promise<number> {
  const answer = await fetch(url, init);
  await answer.body?.cancel();
  return answer.status;
}

async function startApart(apart = true): Promise<{ server: TestServer; origin: string }> {
  if (!apart) return { server: await startServer(), origin: "" };
  // The server must be told its own port before it has one.
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const origin = `http://localhost:${port}`;
  return { server: await startServer({ PORT: String(port), ATOLL_FILES_ORIGIN: origin }), origin };
}

async function visit({ base }: TestServer): Promise<{ token: string; policy: string }> {
  const answer = await fetch(base + page);
  const token = /name="\$session" value="([^"]+)"/.exec(await answer.text())?.[1];
  assert.ok(token, "the page names no session");
  return { token, policy: answer.headers.get("content-security-policy") ?? "" };
}
