import assert from "node:assert/strict";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { acceptedOf, CompressedFiles, FORMS } from "./compress_files.ts";

const script = `export const words = "${"words and ".repeat(500)}é";`;
const bytes = new TextEncoder().encode(script);
const FOREVER = "public, max-age=31536000, immutable";

function answer(headers: Record<string, string> = {}, body: Uint8Array<ArrayBuffer> = bytes): Response {
  return new Response(body, {
    headers: {
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": FOREVER,
      "content-length": String(body.length),
      ...headers,
    },
  });
}

const ask = (encodings?: string, path = "/_fresh/js/0/a.js") =>
  new Request(`http://127.0.0.1${path}`, {
    headers: encodings === undefined ? {} : { "accept-encoding": encodings },
  });

Deno.test("CompressedFiles.send() sends a file of a build in the smallest form that the client takes", async () => {
  const files = new CompressedFiles();
  for (
    const [encodings, encoding, undo] of [
      ["gzip, deflate, br, zstd", "br", brotliDecompressSync],
      ["gzip, br;q=0", "gzip", gunzipSync],
      ["GZIP", "gzip", gunzipSync],
    ] as const
  ) {
    const sent = await files.send(answer({ etag: '"1"' }), ask(encodings));
    assert.equal(sent.headers.get("content-encoding"), encoding);
    assert.equal(sent.headers.get("vary"), "accept-encoding");
    assert.equal(sent.headers.get("cache-control"), FOREVER);
    assert.equal(sent.headers.get("etag"), 'W/"1"');
    const body = await sent.bytes();
    assert.equal(sent.headers.get("content-length"), String(body.length));
    assert.ok(body.length < bytes.length / 4);
    assert.equal(new TextDecoder().decode(undo(body)), script);
  }
});

Deno.test("CompressedFiles.send() compresses a file once, and anew when the path has another content", async () => {
  let made = 0;
  const counted = (make: typeof FORMS.br) => (bytes: Uint8Array<ArrayBuffer>) => (made++, make(bytes));
  const files = new CompressedFiles({ br: counted(FORMS.br), gzip: counted(FORMS.gzip) });
  const paths = ["/_fresh/js/0/a.js", "/_fresh/js/0/a.js?x=1", "/_fresh/js/0/a.js"];
  await Promise.all(paths.map(async (path) => (await files.send(answer(), ask("br", path))).bytes()));
  await (await files.send(answer(), ask("br"))).bytes();
  assert.equal(made, 1);
  const other = new TextEncoder().encode(script.replaceAll("words", "stones"));
  const changed = await (await files.send(answer({}, other), ask("br"))).bytes();
  assert.deepEqual(new Uint8Array(brotliDecompressSync(changed)), other);
  assert.equal(made, 2);
});

Deno.test("CompressedFiles.send() sends a file as it is when its compression fails, and tries again", async () => {
  let failures = 1;
  const br = (bytes: Uint8Array<ArrayBuffer>) =>
    failures-- > 0 ? Promise.reject(new Error("no memory")) : FORMS.br(bytes);
  const files = new CompressedFiles({ ...FORMS, br });
  const plain = await files.send(answer(), ask("br"));
  assert.equal(plain.headers.get("content-encoding"), null);
  assert.equal(plain.headers.get("content-length"), String(bytes.length));
  assert.equal(await plain.text(), script);
  assert.equal((await files.send(answer(), ask("br"))).headers.get("content-encoding"), "br");
});

Deno.test("CompressedFiles.send() leaves alone what may differ for somebody, is no text, or is not asked for so", async () => {
  const files = new CompressedFiles();
  const cases: readonly [Response, Request, vary: string | null][] = [
    [answer({ "cache-control": "no-cache" }), ask("br"), null],
    [answer({ "cache-control": "private, max-age=31536000, immutable" }), ask("br"), null],
    [answer({ "set-cookie": "a=b" }), ask("br"), null],
    [answer({ "content-encoding": "gzip" }), ask("br"), null],
    [answer({ "content-type": "image/png" }), ask("br"), null],
    [answer({ "content-type": "text/html" }), ask("br"), null],
    [answer({ "content-length": "" }), ask("br"), null],
    [answer({}, new TextEncoder().encode("a()")), ask("br"), null],
    [answer(), ask(), "accept-encoding"],
    [answer(), ask("identity, zstd"), "accept-encoding"],
  ];
  for (const [response, request, vary] of cases) {
    const encoding = response.headers.get("content-encoding");
    const sent = await files.send(response, request);
    assert.equal(sent.headers.get("content-encoding"), encoding);
    assert.equal(sent.headers.get("vary"), vary);
    assert.equal(sent, response, "its body was not read");
  }
});

Deno.test("CompressedFiles.send() keeps no more than 16 MiB, and sends the rest as it is", async () => {
  const files = new CompressedFiles();
  const large = new Uint8Array(2 ** 21).fill(97);
  for (let i = 0; i < 8; i++) {
    const sent = await files.send(answer({}, large), ask("gzip", `/_fresh/js/0/${i}.js`));
    assert.equal(sent.headers.get("content-encoding"), "gzip");
    await sent.body?.cancel();
  }
  const sent = await files.send(answer(), ask("gzip", "/_fresh/js/0/more.js"));
  assert.equal(sent.headers.get("content-encoding"), null);
  assert.equal(await sent.text(), script);
});

Deno.test("acceptedOf() reads what a client takes", () => {
  const cases: readonly [string | null, string | undefined][] = [
    [null, undefined],
    ["", undefined],
    ["br", "br"],
    ["gzip;q=1.0, br;q=0.5", "br"],
    ["gzip ; q=0.0, br; q=0", undefined],
    ["xgzip, brx", undefined],
  ];
  for (const [header, encoding] of cases) assert.equal(acceptedOf(header), encoding, header ?? "none");
});
