// What holds for every range, path and form. A failure names its seed and the smallest case: give them to `check()`.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { FormEntries } from "@/lib/demo/component.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import { cleanName } from "@/lib/store/name.ts";
import { Fault } from "@/lib/value/fault.ts";
import { answerFiles } from "./file_routes.ts";
import { deliver } from "./files.ts";
import { readForm } from "./form.ts";
import { refuse } from "./reply.ts";

const SEED = 20261121;
const check = <T>(property: fc.IAsyncProperty<T> | fc.IProperty<T>, numRuns = 500) =>
  fc.assert(property, { seed: SEED, numRuns });

const number = fc.oneof(
  fc.nat(40).map(String),
  fc.constantFrom("", "0", "00", "-1", "9e9", "1.5", " 1", "9".repeat(30), "NaN", "0x1", "１"),
);
const piece = fc.tuple(number, fc.constantFrom("-", "--", "", "–", " - "), number).map((parts) =>
  parts.join("")
);
const range = fc.tuple(
  fc.constantFrom("bytes=", "Bytes=", "bytes =", "items=", "", "bytes=bytes="),
  fc.array(piece, { minLength: 1, maxLength: 3 }),
).map(([unit, pieces]) => unit + pieces.join(","));

Deno.test("deliver() answers any range with just those bytes, with all of them, or with none", async () => {
  const sized = fc.record({ size: fc.nat(40), header: range });
  const seen = new Set<number>();
  await check(
    fc.asyncProperty(sized, async ({ size, header }) => {
      const blobs = memoryBlobs();
      const whole = Uint8Array.from({ length: size }, (_, at) => at + 1);
      const { id } = await blobs.put(whole, { owner: "ann", name: "x" });
      let request: Request;
      try {
        request = new Request("http://localhost/", { headers: { range: header } });
      } catch {
        // No header at all: not even a client could send it.
        return;
      }
      const response = await deliver(request, id, blobs);
      const body = await response.bytes();
      const { status, headers } = response;
      seen.add(status);
      assert.equal(headers.get("content-length"), String(body.length));
      switch (status) {
        case 200:
          return assert.deepEqual(body, whole);
        case 206: {
          const [, start, end, of] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get("content-range") ?? "") ??
            [];
          assert.equal(Number(of), size);
          assert.ok(Number(start) <= Number(end) && Number(end) < size);
          return assert.deepEqual(body, whole.slice(Number(start), Number(end) + 1));
        }
        default:
          assert.equal(status, 416);
          assert.equal(headers.get("content-range"), `bytes */${size}`);
          assert.equal(body.length, 0);
      }
    }),
    2000,
  );
  assert.deepEqual([...seen].sort(), [200, 206, 416]);
});

Deno.test("answerFiles() gives a file for its id and for nothing else", async () => {
  const blobs = memoryBlobs();
  const { id } = await blobs.put(new TextEncoder().encode("secret"), { owner: "ann", name: "x" });
  const ask = async (asked: string, method: string, headers: Record<string, string> = {}) => {
    const request = new Request("http://localhost/x/files/y", { method, headers });
    const options = { blobs, owner: () => "bob", url: String, maxBytes: 1000 };
    return await answerFiles({ request, page: "/x", id: asked }, options).catch((error) => refuse(error));
  };
  const grain = fc.constantFrom(
    "/",
    ".",
    "..",
    "%2e",
    "%2F",
    "\\",
    "\0",
    ";",
    ":",
    "é",
    "files",
    id,
    id.slice(1),
    "~",
  );
  const near = fc.tuple(fc.nat(id.length - 1), fc.string({ minLength: 1, maxLength: 2, unit: "binary" }))
    .map(([at, letter]) => id.slice(0, at) + letter + id.slice(at + 1));
  const odd = fc.oneof(fc.array(grain, { maxLength: 8 }).map((grains) => grains.join("")), near, fc.string());
  await check(
    fc.asyncProperty(odd, fc.constantFrom("GET", "HEAD", "PATCH", "DELETE"), async (asked, method) => {
      fc.pre(asked !== id);
      const answer = await ask(asked, method, method === "HEAD" ? { "atoll-session": "bob" } : {});
      assert.equal(answer.status, 404);
      assert.ok(!(await answer.text()).includes("secret"));
    }),
    2000,
  );
  assert.equal(await (await ask(id, "GET")).text(), "secret");
});

Deno.test("cleanName() leaves nothing that could lead away, of any name", async () => {
  const grain = fc.constantFrom(
    "..",
    "/",
    "\\",
    "\0",
    "\r\n",
    "\u202e",
    "CON",
    ".",
    " ",
    '"',
    "é",
    "e\u0301",
    "😀",
    "-",
  );
  const name = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.array(grain).map((grains) => grains.join("")),
  );
  await check(
    fc.property(name, (given) => {
      const clean = cleanName(given);
      assert.equal(cleanName(clean), clean);
      assert.ok(new TextEncoder().encode(clean).length <= 200);
      assert.match(clean, /^[^\p{Cc}/\\:*?"<>|\u2028\u2029\u202a-\u202e\u2066-\u2069]+$/u);
      assert.ok(!/^[.\s-]|[.\s]$/u.test(clean), clean);
      assert.ok(clean.isWellFormed());
    }),
    3000,
  );
});

/** An entry of a form: a text, or a file if it has a name. */
const entry = fc.record({
  name: fc.string({ unit: fc.constantFrom("a", "b", "é", " ", "-", "😀", "="), minLength: 1, maxLength: 5 }),
  content: fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }).map((text) => text.toWellFormed()),
    fc.array(fc.constantFrom("\r\n", "--b", "--", "\r\n--", "x", "\r\n--b-", "--b--"), { maxLength: 5 })
      .map((grains) => grains.join("")),
  ),
  filename: fc.option(
    fc.string({ unit: fc.constantFrom("a", ".", "é", "/", " "), minLength: 1, maxLength: 6 }),
  ),
});
const BOUNDARY = "b0c1d2e3";

Deno.test("readForm() gives back what was sent, with the line breaks of a script, wherever the pieces are cut", async () => {
  const cuts = fc.array(fc.nat(400), { maxLength: 12 });
  await check(fc.asyncProperty(fc.array(entry, { maxLength: 8 }), cuts, async (entries, cuts) => {
    const blobs = memoryBlobs();
    const form = await readForm(post(cut(encode(entries), cuts)), { owner: "ann", blobs, url: String });
    const expected = new Map<string, { texts: string[]; files: string[] }>();
    for (const { name, content, filename } of entries) {
      // An input with no file chosen: there are no bytes and no name, but for a path that may lead to it.
      if (content === "" && /(?:^|\/)\.{0,2}$/.test(filename ?? "x")) continue;
      const at = expected.get(name) ?? { texts: [], files: [] };
      expected.set(name, at);
      // Line breaks of a text are those that a script reads; a file is as it was sent.
      if (filename === null) at.texts.push(content.replaceAll("\r\n", "\n"));
      else at.files.push(content);
    }
    const got = new Map<string, { texts: readonly string[]; files: string[] }>();
    for (const [name, { texts, files }] of form as Map<string, FormEntries>) {
      const contents = files.map(async ({ id }) => await new Response(await blobs.read(id)).bytes());
      const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
      got.set(name, { texts, files: (await Promise.all(contents)).map((bytes) => decoder.decode(bytes)) });
    }
    assert.deepEqual(got, expected);
  }));
});

Deno.test("readForm() refuses a damaged form with a fault, in no time, and keeps none of its files", async () => {
  const damage = fc.record({ at: fc.nat(1000), drop: fc.nat(30), put: fc.uint8Array({ maxLength: 8 }) });
  let refused = 0;
  await check(
    fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 4 }), damage, async (entries, damage) => {
      const blobs = memoryBlobs({ quotaBytes: 1_000_000 });
      const whole = encode(entries);
      const at = damage.at % whole.length;
      const body = new Uint8Array([
        ...whole.subarray(0, at),
        ...damage.put,
        ...whole.subarray(at + damage.drop),
      ]);
      try {
        await readForm(post(ReadableStream.from([body])), { owner: "ann", blobs, url: String });
      } catch (error) {
        refused++;
        assert.ok(error instanceof Fault, `${error}`);
        assert.ok(["bad_request", "too_large"].includes(error.code), error.code);
        // All room is free again.
        await blobs.put(new Uint8Array(1_000_000), { owner: "ann", name: "x" });
      }
    }),
  );
  assert.ok(refused > 50, `${refused} were refused`);
});

function encode(entries: readonly { name: string; content: string; filename: string | null }[]): Uint8Array {
  const parts = entries.map(({ name, content, filename }) => {
    const file = filename === null ? "" : `; filename="${filename}"`;
    return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${content}\r\n`;
  });
  return new TextEncoder().encode(`${parts.join("")}--${BOUNDARY}--\r\n`);
}

function cut(whole: Uint8Array, cuts: readonly number[]): ReadableStream<Uint8Array> {
  const places = [
    0,
    ...cuts.map((place) => place % (whole.length + 1)).toSorted((a, b) => a - b),
    whole.length,
  ];
  return ReadableStream.from(places.slice(1).map((to, at) => whole.slice(places[at], to)));
}

function post(body: ReadableStream<Uint8Array>): Request {
  const headers = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };
  return new Request("http://localhost/", { method: "POST", body, headers });
}
