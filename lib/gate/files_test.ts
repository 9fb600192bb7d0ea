import assert from "node:assert/strict";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import type { Blobs, BlobsOptions } from "@/lib/store/port.ts";
import { toRef } from "@/lib/store/port.ts";
import { deliver, receive } from "./files.ts";

const PNG = bytes(
  "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDAT",
);
const TEN = bytes("0123456789");
const url = (id: string) => `/x/files/${id}`;

Deno.test("receive() keeps the plain body and gives a reference to it", async () => {
  const blobs = memoryBlobs();
  const request = post(PNG, {
    "atoll-name": encodeURIComponent("../naïve 😀.gif"),
    "content-type": "image/gif",
  });
  const ref = await receive(request, { owner: "ann", blobs, url, maxBytes: 1000 });
  assert.deepEqual(ref, {
    id: ref.id,
    url: url(ref.id),
    name: "naïve 😀.gif",
    size: PNG.length,
    mime: "image/png",
  });
  const record = await blobs.get(ref.id);
  assert.ok(record);
  assert.equal(record.owner, "ann");
  assert.deepEqual(toRef(record, url(record.id)), ref);
});

Deno.test("receive() keeps an empty body, and one without a name", async () => {
  for (const body of [null, new Uint8Array()]) {
    const ref = await receive(post(body), { owner: "ann", blobs: memoryBlobs(), url, maxBytes: 1000 });
    assert.deepEqual([ref.name, ref.size, ref.mime], ["file", 0, "application/octet-stream"]);
  }
});

const refused:
  readonly (readonly [what: string, headers: Record<string, string>, code: string, size?: number])[] = [
    ["a form", { "content-type": "multipart/form-data; boundary=b" }, "unsupported_type"],
    ["pairs", { "content-type": "application/x-www-form-urlencoded" }, "unsupported_type"],
    ["a compressed body", { "content-encoding": "gzip" }, "unsupported_type"],
    ["a name with a broken escape", { "atoll-name": "%zz" }, "bad_request"],
    ["a name that is not UTF-8", { "atoll-name": "%ff" }, "bad_request"],
    ["a length over the limit", { "content-length": "1001" }, "too_large"],
    ["a body over the limit", {}, "too_large", 1001],
    ["a body over the limit that says it is shorter", { "content-length": "5" }, "too_large", 1001],
  ];
for (const [what, headers, code, size = 10] of refused) {
  Deno.test(`receive() refuses ${what} and keeps nothing`, async () => {
    const blobs = memoryBlobs({ quotaBytes: 1000 });
    const options = { owner: "ann", blobs, url, maxBytes: 1000 };
    await assert.rejects(receive(post(new Uint8Array(size), headers), options), { code });
    await receive(post(new Uint8Array(1000)), options);
  });
}

Deno.test("receive() reads nothing of a body that says it is too large", async () => {
  let read = false;
  const body = new ReadableStream<Uint8Array>({ pull: () => void (read = true) }, { highWaterMark: 0 });
  const options = { owner: "ann", blobs: memoryBlobs(), url, maxBytes: 1000 };
  await assert.rejects(receive(post(body, { "content-length": "5000000" }), options), { code: "too_large" });
  assert.equal(read, false);
});

Deno.test("receive() takes 16 MiB and no more of a body whose length is not told", async () => {
  const options = { owner: "ann", blobs: memoryBlobs(), url, maxBytes: 2 ** 30 };
  const body = (count: number) => ReadableStream.from(Array(count).fill(new Uint8Array(2 ** 20)));
  assert.equal((await receive(post(body(16)), options)).size, 2 ** 24);
  await assert.rejects(receive(post(body(17)), options), {
    code: "too_large",
    message: /without a Content-Length/,
  });
  assert.equal(
    (await receive(post(body(17), { "content-length": `${17 * 2 ** 20}` }), options)).size,
    17 * 2 ** 20,
  );
});

Deno.test("receive() gives up on a body that stalls", async () => {
  const body = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) }, { highWaterMark: 0 });
  const options = { owner: "ann", blobs: memoryBlobs(), url, maxBytes: 1000, stallMs: 10 };
  await assert.rejects(receive(post(body), options), { code: "timeout" });
});

Deno.test("deliver() gives the bytes with headers under which nothing in them can run", async () => {
  const { blobs, id } = await kept(PNG, "x.png");
  const response = await deliver(get(), id, blobs);
  assert.equal(response.status, 200);
  assert.deepEqual(Object.fromEntries(response.headers), {
    "accept-ranges": "bytes",
    "cache-control": "private, no-store",
    "content-disposition": 'inline; filename="x.png"',
    "content-length": String(PNG.length),
    "content-security-policy": "default-src 'none'; sandbox",
    "content-type": "image/png",
    "cross-origin-resource-policy": "same-origin",
    etag: `"${id}"`,
    "x-content-type-options": "nosniff",
  });
  assert.deepEqual(await response.bytes(), PNG);
});

const shown: readonly (readonly [content: string, type: string, shown: boolean])[] = [
  [
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDAT",
    "image/png",
    true,
  ],
  ["\xff\xd8\xff\xe0\0\x10JFIF\0\x01", "image/jpeg", true],
  ["GIF89a\x01\0\x01\0\0\0\0", "image/gif", true],
  ["RIFF\x24\0\0\0WEBPVP8 ", "image/webp", true],
  ["\0\0\0\x20ftypavif\0\0\0\0avifmif1miaf\0\0\0\0", "image/avif", true],
  ["ID3\x04\0\0\0\0\0\x00\xff\xfb\x90\x64\0\0\0\0", "audio/mpeg", true],
  ["RIFF\x24\0\0\0WAVEfmt \x10\0\0\0", "audio/wav", true],
  ["\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41\0\0\0\0", "video/mp4", true],
  ["hello", "text/plain; charset=utf-8", true],
  ['{"a":"<script>"}', "text/plain; charset=utf-8", true],
  ["+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "text/plain; charset=utf-8", true],
  ["<!doctype html><script>alert(1)</script>", "application/octet-stream", false],
  ["<svg onload=alert(1)>", "image/svg+xml", false],
  ['<?xml version="1.0"?><x/>', "application/octet-stream", false],
  ["%PDF-1.4 /JavaScript", "application/octet-stream", false],
  ["PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0", "application/octet-stream", false],
  ["\xff\xfe<\0h\0t\0m\0l\0>\0", "application/octet-stream", false],
  ["BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\0", "image/bmp", false],
  ["", "application/octet-stream", false],
];
for (const [content, type, inline] of shown) {
  Deno.test(`deliver() lets ${JSON.stringify(content).slice(0, 30)} be ${inline ? "shown" : "only saved"}`, async () => {
    const { blobs, id } = await kept(bytes(content), "x.png");
    for (const path of ["", "?type=text/html", "?download"]) {
      const response = await deliver(
        get({ accept: "text/html", "service-worker": "script" }, path),
        id,
        blobs,
      );
      const [disposition] = (response.headers.get("content-disposition") ?? "").split(";");
      assert.equal(disposition, inline && path !== "?download" ? "inline" : "attachment");
      assert.equal(response.headers.get("content-type"), type);
      await response.body?.cancel();
    }
  });
}

const names: readonly (readonly [given: string, header: string])[] = [
  ["a b-(1).txt", 'inline; filename="a b-(1).txt"'],
  ["naïve.txt", "inline; filename=\"na_ve.txt\"; filename*=UTF-8''na%C3%AFve.txt"],
  ["😀.txt", "inline; filename=\"_.txt\"; filename*=UTF-8''%F0%9F%98%80.txt"],
  ["100%.txt", "inline; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"],
  [
    "a\";filename*=UTF-8''b.html",
    "inline; filename=\"a__filename__UTF-8__b.html\"; filename*=UTF-8''a_%3Bfilename_%3DUTF-8%27%27b.html",
  ],
  ["a\r\nX: y", 'inline; filename="aX_ y"'],
  ["it's (*).txt", "inline; filename=\"it_s (_).txt\"; filename*=UTF-8''it%27s%20%28_%29.txt"],
];
for (const [given, header] of names) {
  Deno.test(`deliver() names the file ${JSON.stringify(given)} so that any reader understands`, async () => {
    const { blobs, id } = await kept(TEN, given);
    const response = await deliver(get(), id, blobs);
    assert.equal(response.headers.get("content-disposition"), header);
    await response.body?.cancel();
  });
}

const ranges:
  readonly (readonly [range: string, status: number, body: string, contentRange: string | null])[] = [
    ["bytes=0-", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=0-0", 206, "0", "bytes 0-0/10"],
    ["bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["Bytes=9-9", 206, "9", "bytes 9-9/10"],
    ["bytes=5-99999999999999999999999999", 206, "56789", "bytes 5-9/10"],
    ["bytes=-1", 206, "9", "bytes 9-9/10"],
    ["bytes=-99", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=10-", 416, "", "bytes */10"],
    ["bytes=99999999999999999999999999-", 416, "", "bytes */10"],
    ["bytes=-0", 416, "", "bytes */10"],
    ["bytes=5-2", 200, "0123456789", null],
    ["bytes=9e9-", 200, "0123456789", null],
    ["bytes=-", 200, "0123456789", null],
    ["bytes=a-b", 200, "0123456789", null],
    ["bytes=--1", 200, "0123456789", null],
    ["bytes= 0-1", 200, "0123456789", null],
    ["items=0-1", 200, "0123456789", null],
    ["", 200, "0123456789", null],
    ["bytes=0-0,2-2", 200, "0123456789", null],
    [`bytes=${"0-0,".repeat(1000)}1-1`, 200, "0123456789", null],
  ];
for (const [range, status, body, contentRange] of ranges) {
  Deno.test(`deliver() answers the range ${range.slice(0, 30)} with ${status}`, async () => {
    const { blobs, id } = await kept(TEN, "x");
    const response = await deliver(get({ range }), id, blobs);
    assert.equal(response.status, status);
    assert.equal(response.headers.get("content-range"), contentRange);
    assert.equal(response.headers.get("content-length"), String(body.length));
    assert.equal(await response.text(), body);
    const head = await deliver(get({ range }, "", "HEAD"), id, blobs);
    assert.deepEqual([head.status, head.body], [status, null]);
    assert.deepEqual([...head.headers], [...response.headers]);
  });
}

Deno.test("deliver() answers any range of an empty file", async () => {
  const { blobs, id } = await kept(new Uint8Array(), "x");
  assert.equal((await deliver(get({ range: "bytes=0-" }), id, blobs)).status, 416);
  assert.equal((await deliver(get({ range: "bytes=-1" }), id, blobs)).status, 416);
  assert.equal((await (await deliver(get(), id, blobs)).bytes()).length, 0);
});

Deno.test("deliver() honours If-Range and If-None-Match", async () => {
  const { blobs, id } = await kept(TEN, "x");
  const etag = `"${id}"`;
  const cases: readonly (readonly [headers: Record<string, string>, status: number])[] = [
    [{ range: "bytes=0-1", "if-range": etag }, 206],
    [{ range: "bytes=0-1", "if-range": `W/${etag}` }, 200],
    [{ range: "bytes=0-1", "if-range": '"other"' }, 200],
    [{ range: "bytes=0-1", "if-range": "Sat, 21 Nov 2026 00:00:00 GMT" }, 200],
    [{ range: "bytes=10-", "if-range": '"other"' }, 200],
    [{ "if-none-match": etag }, 304],
    [{ "if-none-match": `"a", W/${etag}` }, 304],
    [{ "if-none-match": "*" }, 304],
    [{ "if-none-match": '"other"' }, 200],
    [{ "if-none-match": etag, range: "bytes=0-1" }, 304],
  ];
  for (const [headers, status] of cases) {
    const response = await deliver(get(headers), id, blobs);
    assert.equal(response.status, status, JSON.stringify(headers));
    assert.equal(response.headers.get("etag"), etag);
    assert.equal(response.body === null, status === 304);
    await response.body?.cancel();
  }
});

Deno.test("deliver() answers every id that gives nothing in the same way", async () => {
  const clock = { ms: 1000 };
  const { blobs, id } = await kept(TEN, "x", { now: () => clock.ms, keepMs: 100 });
  const { id: deleted } = await blobs.put(TEN, { owner: "ann", name: "x" });
  await blobs.delete(deleted);
  const flipped = [...id].map((letter, at) =>
    id.slice(0, at) + (letter === "A" ? "B" : "A") + id.slice(at + 1)
  );
  const odd = [
    "",
    "..",
    "../../etc/passwd",
    "%2e%2e%2f",
    "／",
    `${id}/`,
    `${id}/.`,
    `${id}%00.png`,
    `${id}\0`,
    `${id}.png`,
  ];
  const cased = [
    id.toUpperCase(),
    id.toLowerCase(),
    `${id}\n`,
    `\n${id}`,
    "CON",
    "x".repeat(100_000),
    "__proto__",
  ];
  const missing = await answer("A".repeat(24));
  assert.equal(missing.status, 404);
  assert.ok(!missing.text.includes("AAAA"));
  for (const wrong of [deleted, ...flipped, ...odd, ...cased]) {
    assert.deepEqual(await answer(wrong), missing, wrong);
  }
  assert.equal((await answer(id)).status, 200);
  clock.ms += 100;
  assert.deepEqual(await answer(id), missing);

  async function answer(
    asked: string,
  ): Promise<{ status: number; headers: [string, string][]; text: string }> {
    const response = await deliver(get({ range: "bytes=0-1", "if-none-match": "x" }), asked, blobs);
    return {
      status: response.status === 206 ? 200 : response.status,
      headers: [...response.headers],
      text: await response.text(),
    };
  }
});

Deno.test("deliver() answers nothing but GET and HEAD", async () => {
  const { blobs, id } = await kept(TEN, "x");
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
    const response = await deliver(get({}, "", method), id, blobs);
    assert.equal(response.status, 405);
    assert.equal(response.headers.get("allow"), "GET, HEAD");
  }
});

async function kept(
  body: Uint8Array,
  name: string,
  options?: BlobsOptions,
): Promise<{ blobs: Blobs; id: string }> {
  const blobs = memoryBlobs(options);
  return { blobs, id: (await blobs.put(body, { owner: "ann", name })).id };
}

function get(headers: Record<string, string> = {}, search = "", method = "GET"): Request {
  return new Request(`http://localhost/x/files/id${search}`, { method, headers });
}

function post(body: BodyInit | null, headers: Record<string, string> = {}): Request {
  return new Request("http://localhost/x/files", { method: "POST", body, headers });
}

function bytes(latin1: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(latin1, (letter) => letter.charCodeAt(0));
}
