import assert from "node:assert/strict";
import type { FormEntries } from "@/lib/demo/component.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import type { Blobs } from "@/lib/store/port.ts";
import { Fault, type FaultCode } from "@/lib/value/fault.ts";
import { type FormLimits, readForm } from "./form.ts";

const GIF = "GIF89a\x01\0\x01\0\0\0\0";
const MIB = 1024 * 1024;
const MULTIPART = "multipart/form-data; boundary=b";
const LONG = "b".repeat(70);
const PAIRS = "application/x-www-form-urlencoded";

/** The parameters of a part's Content-Disposition, with further header lines if any, and its content. */
type Part = readonly [header: string, content: string];
const FILE: Part = ['name="f"; filename="x.txt"', "hello"];

Deno.test("readForm() reads pairs in their order, as browsers encode them", async () => {
  const pairs = [["b", "1"], ["a", "x y+z"], ["b", "&=%"], ["naïve", "é€😀"], ["empty", ""]];
  const { entries } = await read(new URLSearchParams(pairs));
  assert.deepEqual([...entries], [
    ["b", { texts: ["1", "&=%"], files: [] }],
    ["a", { texts: ["x y+z"], files: [] }],
    ["naïve", { texts: ["é€😀"], files: [] }],
    ["empty", { texts: [""], files: [] }],
  ]);
});

Deno.test("readForm() reads odd pairs", async () => {
  const type = "application/x-www-form-urlencoded; charset=UTF-8";
  const { entries } = await read("&a&b=1=2&&__proto__=x&constructor=y&=z&", type);
  const texts = [...entries].map(([name, { texts }]) => [name, ...texts]);
  assert.deepEqual(texts, [["a", ""], ["b", "1=2"], ["__proto__", "x"], ["constructor", "y"], ["", "z"]]);
  assert.equal((await read("", type)).entries.size, 0);
});

Deno.test("readForm() keeps the files of a form, each under its field and in order", async () => {
  const form = new FormData();
  const big = new Uint8Array(300_000).map((_, at) => at * 7 + (at >> 8));
  form.append("note", "é€😀\r\nline");
  form.append("files", new File([big], "../../big.bin"));
  form.append("files", new File(["tiny"], "naïve 😀.txt"));
  form.append("none", new File([], ""));
  form.append("empty", new File([], "empty.txt"));
  form.append("files", new File(["<html>"], "x.png", { type: "image/png" }));
  form.append("note", "");
  const { entries, blobs } = await read(form);
  assert.deepEqual([...entries.keys()], ["note", "files", "empty"]);
  assert.deepEqual(entries.get("note"), { texts: ["é€😀\nline", ""], files: [] });
  const files = entries.get("files")?.files ?? [];
  assert.deepEqual(
    files.map(({ name, size, mime }) => [name, size, mime]),
    [["big.bin", 300_000, "application/octet-stream"], ["naïve 😀.txt", 4, "text/plain"], [
      "x.png",
      6,
      "text/html",
    ]],
  );
  assert.deepEqual(entries.get("empty")?.files.map(({ name, size }) => [name, size]), [["empty.txt", 0]]);
  for (const { id, url } of files) assert.equal(url, `/x/files/${id}`);
  assert.deepEqual(await new Response(await blobs.read(files[0]?.id ?? "")).bytes(), big);
  assert.equal((await blobs.get(files[0]?.id ?? ""))?.owner, "ann");
});

Deno.test("readForm() asks whose a file is with the texts that came before it", async () => {
  const blobs = memoryBlobs();
  const body = multipart(['name="who"', "ann"], FILE, ['name="late"', "x"], ['name="none"; filename=""', ""]);
  const asked: unknown[] = [];
  const owner = (text: (name: string) => string | undefined) => {
    asked.push(["who", "late", "f"].map(text));
    return text("who") ?? "";
  };
  const entries = await readForm(post(body, MULTIPART), { owner, blobs, url: String });
  assert.deepEqual(asked, [["ann", undefined, undefined]]);
  assert.equal((await blobs.get(entries.get("f")?.files[0]?.id ?? ""))?.owner, "ann");

  const refuse = () => {
    throw new Fault("expired", "The session is over");
  };
  const again = readForm(post(body, MULTIPART), { owner: refuse, blobs, url: String });
  await assert.rejects(again, { code: "expired" });
});

const names: readonly (readonly [given: string, clean: string])[] = [
  ["../../x.png", "x.png"],
  ["C:\\dir\\x.png", "x.png"],
  [".htaccess", "htaccess"],
  ["exe.\u202egnp.scr", "exe.gnp.scr"],
  ["CON.png", "_CON.png"],
  ["%2e%2e%2f", "%2e%2e%2f"],
  ["x".repeat(255), "x".repeat(200)],
];
for (const [given, clean] of names) {
  Deno.test(`readForm() cleans the file name ${given.slice(0, 20)}`, async () => {
    const { entries } = await read(multipart([`name="f"; filename="${given}"`, "hello"]), MULTIPART);
    assert.equal(entries.get("f")?.files[0]?.name, clean);
  });
}

Deno.test("readForm() tells files from texts by what the sender did, and types by the bytes", async () => {
  const body = multipart(
    ['name="a"', "text in place of a file"],
    ['name="b"\r\nContent-Type: application/octet-stream', "bytes without a name"],
    ['name="c"; filename="x.html"\r\nContent-Type: text/html', GIF],
    ["name=\"d\"; filename*=UTF-8''b.html", "x"],
  );
  const { entries } = await read(body, MULTIPART);
  assert.deepEqual(entries.get("a"), { texts: ["text in place of a file"], files: [] });
  assert.equal(entries.get("b")?.files[0]?.name, "file");
  assert.equal(entries.get("c")?.files[0]?.mime, "image/gif");
  assert.equal(entries.get("d")?.files[0]?.name, "b.html");
});

const refused: readonly (readonly [
  what: string,
  body: () => string,
  code: FaultCode,
  type?: string | undefined,
  limits?: FormLimits,
])[] = [
  ["JSON", () => "{}", "unsupported_type", "application/json"],
  ["another multipart type", () => multipart(), "unsupported_type", "multipart/mixed; boundary=b"],
  ["no content type", () => "a=1", "unsupported_type", ""],
  ["pairs in another charset", () => "a=1", "unsupported_type", `${PAIRS}; charset=iso-8859-1`],
  ["a pair that is not UTF-8", () => "a=%ff", "bad_request", PAIRS],
  ["a broken escape", () => "a=%zz", "bad_request", PAIRS],
  ["256 KiB of pairs and a byte", () => "a=".padEnd(MIB / 4 + 1, "x"), "too_large", PAIRS],
  ["1,001 pairs", () => "a=1&".repeat(1000) + "a=1", "too_large", PAIRS],
  ["2,000,000 pairs", () => "a&".repeat(500_000), "too_large", PAIRS],
  ["a name of 201 bytes", () => `${"x".repeat(201)}=1`, "too_large", PAIRS],
  ["no boundary", () => multipart(), "bad_request", "multipart/form-data"],
  ["an empty boundary", () => multipart(), "bad_request", "multipart/form-data; boundary="],
  [
    "a boundary of 71 characters",
    () => multipart(),
    "bad_request",
    `multipart/form-data; boundary=${"b".repeat(71)}`,
  ],
  ["a boundary of 1 MB", () => "", "bad_request", `multipart/form-data; boundary=${"b".repeat(1_000_000)}`],
  ["an open quote round the boundary", () => multipart(), "bad_request", 'multipart/form-data; boundary="b'],
  ["an empty body", () => "", "bad_request"],
  ["a body that is no form", () => "hello", "bad_request"],
  ["a form that is cut in a text", () => multipart(['name="a"', "1"]).slice(0, -8), "bad_request"],
  ["a form that is cut in a file", () => multipart(FILE, FILE).slice(0, -8), "bad_request"],
  ["a form that is cut in a header", () => `${multipart(FILE).slice(0, -4)}\r\nContent-Disp`, "bad_request"],
  ["a part without a name", () => multipart(FILE, ["x=1", "1"]), "bad_request"],
  ["101 texts", () => multipart(FILE, ...Array(100).fill(['name="a"', "1"])), "too_large"],
  ["101 files", () => multipart(...Array(101).fill(FILE)), "too_large"],
  ["1,001 files", () => multipart(...Array(1001).fill(FILE)), "too_large"],
  ["300,000 parts", () => multipart(['name="a"', "1"]).slice(0, -7).repeat(300_000), "too_large"],
  ["300,000 parts without a name", () => multipart(["", "1"]).slice(0, -7).repeat(300_000), "too_large"],
  [
    "100,000 header lines",
    () => multipart(FILE, [`name="a"${"\r\nX: y".repeat(100_000)}`, "1"]),
    "bad_request",
  ],
  ["a header of 1 MB", () => multipart(FILE, [`name="${"a".repeat(1_000_000)}"`, "1"]), "bad_request"],
  [
    "a form in a form",
    () => multipart(FILE, ['name="a"\r\nContent-Type: multipart/mixed; boundary=c', "--c--"]),
    "bad_request",
  ],
  ["a text of 64 KiB and a byte", () => multipart(FILE, ['name="a"', "x".repeat(65_537)]), "too_large"],
  ["a text name of 201 bytes", () => multipart(FILE, [`name="${"x".repeat(201)}"`, "1"]), "too_large"],
  [
    "a file name of 201 bytes",
    () => multipart(FILE, [`name="${"x".repeat(201)}"; filename="y"`, "1"]),
    "too_large",
  ],
  [
    "a file too large",
    () => multipart(FILE, ['name="f"; filename="y"', "x".repeat(200_000)]),
    "too_large",
    undefined,
    {
      maxFileBytes: 150_000,
    },
  ],
  [
    "a form too large",
    () => multipart(...Array(50).fill(['name="f"; filename="y"', "x".repeat(9000)])),
    "too_large",
    undefined,
    {
      maxFileBytes: 10_000,
      maxBytes: 100_000,
    },
  ],
  [
    "more files than the owner has room for",
    () => multipart(...Array(50).fill(["name=f; filename=y", "x".repeat(90_000)])),
    "too_large",
  ],
];
for (const [what, body, code, type = MULTIPART, limits] of refused) {
  Deno.test(`readForm() refuses ${what} at once and keeps nothing`, async () => {
    const { blobs, kept, deleted } = spied();
    const whole = body();
    const fault = await readForm(post(whole, type), { owner: "ann", blobs, url: String, limits })
      .then(() => undefined, (error) => error);
    assert.ok(fault instanceof Fault && fault.code === code, `${fault}`);
    assert.deepEqual(deleted, kept);
    for (const id of kept) assert.equal(await blobs.get(id), undefined);
  });
}

const allowed: readonly (readonly [what: string, body: () => string, count: number, type?: string])[] = [
  ["1,000 pairs", () => Array(1000).fill("a=1").join("&"), 1000, PAIRS],
  ["a name of 200 bytes", () => `${"x".repeat(200)}=1`, 1, PAIRS],
  ["no part", () => multipart(), 0],
  ["100 parts", () => multipart(...Array(50).fill(['name="a"', "1"]), ...Array(50).fill(FILE)), 100],
  ["a text of 64 KiB", () => multipart(['name="a"', "x".repeat(65_536)]), 1],
  [
    "a boundary of 70 characters",
    () => multipart(FILE).replaceAll("--b", `--${LONG}`),
    1,
    `${MULTIPART.slice(0, -1)}${LONG}`,
  ],
  ["a quoted boundary", () => multipart(FILE), 1, 'Multipart/Form-Data; charset=utf-8; boundary="b"; x=y'],
  ["15 MB of dashes behind its end", () => `--b${"-".repeat(15_000_000)}`, 0],
];
for (const [what, body, count, type = MULTIPART] of allowed) {
  Deno.test(`readForm() reads a form with ${what}`, async () => {
    const whole = body();
    const { entries } = await read(whole, type);
    let found = 0;
    for (const { texts, files } of entries.values()) found += texts.length + files.length;
    assert.equal(found, count);
  });
}

Deno.test("readForm() refuses by the length that is told before it reads", async () => {
  let read = false;
  const body = new ReadableStream<Uint8Array>({ pull: () => void (read = true) }, { highWaterMark: 0 });
  for (const type of [MULTIPART, PAIRS]) {
    const request = new Request("http://localhost/", {
      method: "POST",
      body: type === MULTIPART ? body : null,
      headers: { "content-type": type, "content-length": "3000000000" },
    });
    const { blobs } = spied();
    await assert.rejects(readForm(request, { owner: "ann", blobs, url: String }), { code: "too_large" });
  }
  assert.equal(read, false);
});

Deno.test("readForm() stops reading when a file is refused, however much is still to come", async () => {
  const { blobs, kept, deleted } = spied();
  const head = new TextEncoder().encode(multipart(FILE, ['name="f"; filename="y"', ""]).slice(0, -9));
  let given = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(given++ === 0 ? head : new Uint8Array(65_536)),
  }, { highWaterMark: 0 });
  const request = new Request("http://localhost/", {
    method: "POST",
    body,
    headers: { "content-type": MULTIPART },
  });
  const limits = { maxFileBytes: 100_000 };
  await assert.rejects(readForm(request, { owner: "ann", blobs, url: String, limits }), {
    code: "too_large",
  });
  assert.ok(given < 10, `${given} chunks were read`);
  assert.equal(kept.length, 1);
  assert.deepEqual(deleted, kept);
});

const gone: readonly (readonly [what: string, code: FaultCode, then: () => Promise<void>])[] = [
  ["whose sender goes away", "cancelled", () => Promise.reject(new Error("connection reset"))],
  ["that stalls", "timeout", () => new Promise(() => {})],
];
for (const [what, code, then] of gone) {
  Deno.test(`readForm() keeps nothing of a form ${what}`, async () => {
    const { blobs, kept, deleted } = spied();
    const head = new TextEncoder().encode(
      multipart(FILE, ['name="f"; filename="y"', "x".repeat(100_000)]).slice(0, -9),
    );
    let given = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => given++ === 0 ? controller.enqueue(head) : then(),
    }, { highWaterMark: 0 });
    const request = new Request("http://localhost/", {
      method: "POST",
      body,
      headers: { "content-type": MULTIPART },
    });
    await assert.rejects(readForm(request, { owner: "ann", blobs, url: String, limits: { stallMs: 20 } }), {
      code,
    });
    assert.equal(kept.length, 1);
    assert.deepEqual(deleted, kept);
  });
}

function multipart(...parts: Part[]): string {
  const lines = parts.map(([header, content]) =>
    `--b\r\nContent-Disposition: form-data; ${header}\r\n\r\n${content}\r\n`
  );
  return `${lines.join("")}--b--\r\n`;
}

function post(body: BodyInit, type?: string): Request {
  const request = new Request("http://localhost/", { method: "POST", body });
  if (type !== undefined) request.headers.set("content-type", type);
  return request;
}

async function read(
  body: BodyInit,
  type?: string,
): Promise<{ entries: Map<string, FormEntries>; blobs: Blobs }> {
  const blobs = memoryBlobs();
  const url = (id: string) => `/x/files/${id}`;
  return { entries: await readForm(post(body, type), { owner: "ann", blobs, url }), blobs };
}

/** A store that tells what was kept and deleted, in which 2 MB have room. */
function spied(): { blobs: Blobs; kept: string[]; deleted: string[] } {
  const blobs = memoryBlobs({ quotaBytes: 2_000_000 });
  const kept: string[] = [];
  const deleted: string[] = [];
  const { put, delete: remove } = blobs;
  blobs.put = async (...args) => {
    const record = await put.apply(blobs, args);
    kept.push(record.id);
    return record;
  };
  blobs.delete = (id) => {
    deleted.push(id);
    return remove.call(blobs, id);
  };
  return { blobs, kept, deleted };
}
