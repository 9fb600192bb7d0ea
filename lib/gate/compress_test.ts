import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { compress as compressWith } from "./compress.ts";
import { CompressedFiles } from "./compress_files.ts";

const compress = (response: Response, request: Request) =>
  compressWith(response, request, new CompressedFiles());
const page = `<!DOCTYPE html><p>${"words and ".repeat(1000)}é</p>`;
const html = { "content-type": "text/html; charset=utf-8", "x-kept": "1" };
const ask = (headers: Record<string, string> = { "accept-encoding": "br, gzip" }, method = "GET") =>
  new Request("http://127.0.0.1/", { method, headers });

Deno.test("compress() sends a page in its smaller form, with all its headers", async () => {
  const answer = await compress(new Response(page, { headers: html }), ask());
  assert.equal(answer.headers.get("content-encoding"), "gzip");
  assert.equal(answer.headers.get("x-kept"), "1");
  assert.match(answer.headers.get("vary") ?? "", /accept-encoding/);
  const bytes = await answer.bytes();
  assert.ok(bytes.length < page.length / 2);
  assert.equal(new TextDecoder().decode(gunzipSync(bytes)), page);
});

Deno.test("compress() leaves alone what is no page, no answer to GET, small, or not asked for so", async () => {
  const cases: [Response, Request][] = [
    [new Response(page, { headers: html }), ask({})],
    [new Response(page, { headers: html }), ask(undefined, "POST")],
    [new Response(page, { headers: { "content-type": "application/json" } }), ask()],
    [new Response(page, { headers: { ...html, "content-encoding": "br" } }), ask()],
    [new Response("<p>small</p>", { headers: html }), ask()],
    [new Response(page, { headers: html, status: 500 }), ask()],
  ];
  for (const [response, request] of cases) {
    const before = await response.clone().text();
    const encoding = response.headers.get("content-encoding");
    const answer = await compress(response, request);
    assert.equal(answer.headers.get("content-encoding"), encoding);
    assert.equal(await answer.text(), before);
  }
});
