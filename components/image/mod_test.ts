import assert from "node:assert/strict";
import { ascii, heads, hex } from "@/tests/picture_heads.ts";
import type { CodecContext, StoredFile } from "@/lib/demo/component.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { FileRef } from "@/lib/value/file_ref.ts";
import { decodePicture, encodePicture } from "./codec.ts";
import { Room } from "./room.ts";
import { image } from "./mod.ts";

const LIMITS = { maxPixels: 60_000 };

const ref: FileRef = { id: "a".repeat(22), url: "/f", name: "cat.png", size: 30, mime: "image/png" };

function context(bytes: Uint8Array<ArrayBuffer>): CodecContext {
  const stored: StoredFile = {
    ...ref,
    bytes: () => Promise.resolve(bytes),
    // One byte at a time: the header may come in any pieces.
    stream: () => ReadableStream.from(Array.from(bytes, (byte) => Uint8Array.of(byte))),
  };
  return {
    signal: new AbortController().signal,
    open: () => Promise.resolve(stored),
    keep: (kept, name) => Promise.resolve({ ...ref, name, size: (kept as Uint8Array).length }),
    seal: () => Promise.resolve(""),
    unseal: () => Promise.resolve(undefined),
  };
}

Deno.test("image() gives handlers the size, the name and the bytes of a picture", async () => {
  const bytes = new Uint8Array(heads.png);
  const picture = await decodePicture(ref, context(bytes), LIMITS);
  assert.ok(picture);
  assert.deepEqual([picture.width, picture.height, picture.name, picture.mime], [
    300,
    200,
    "cat.png",
    "image/png",
  ]);
  assert.deepEqual(await picture.bytes(), bytes);
  assert.equal(await decodePicture(null, context(bytes), LIMITS), null);
});

for (const [kind, bytes] of Object.entries(heads)) {
  Deno.test(`image() refuses a ${kind} of too many pixels by its header`, async () => {
    const refused = decodePicture(ref, context(new Uint8Array(bytes)), { maxPixels: 59_999 });
    await assert.rejects(
      refused,
      (error) => error instanceof Fault && error.code === "bad_input" && /300 × 200/.test(error.message),
    );
  });
}

Deno.test("image() takes 100 million pixels at most unless its author says otherwise", async () => {
  const huge = hex("89504e470d0a1a0a 0000000d 49484452 0000ea60 0000ea60 0806000000");
  const { maxPixels } = image().props as { maxPixels: number };
  assert.equal(maxPixels, 100_000_000);
  await assert.rejects(decodePicture(ref, context(huge), { maxPixels }), /60000 × 60000/);
});

Deno.test("image(): what decodes a damaged picture fails for the visitor, at the field", async () => {
  const picture = await decodePicture(ref, context(new Uint8Array(heads.png)), LIMITS, "photo");
  await assert.rejects(
    picture?.decode(() => {
      throw new Error("pngload: bad data");
    }) ?? Promise.resolve(),
    (error) => error instanceof Fault && error.code === "bad_input" && error.field === "photo",
  );
  const own = new Fault("forbidden", "Not this one");
  await assert.rejects(picture?.decode(() => Promise.reject(own)) ?? Promise.resolve(), own);
  assert.equal(await picture?.decode(({ length }) => length), heads.png.length);
});

Deno.test("Room lets in what fits, in order, and what never fits alone", async () => {
  const room = new Room(10);
  const log: string[] = [];
  const ends: (() => void)[] = [];
  const work = (name: string, size: number) =>
    room.run(size, () => {
      log.push(name);
      return new Promise<void>((end) => ends.push(end));
    });
  const all = [work("a", 6), work("b", 4), work("c", 20), work("d", 1)];
  assert.deepEqual(log, ["a", "b"]);
  ends[0]?.();
  await all[0];
  assert.deepEqual(log, ["a", "b"], "the next one needs all of it, and nobody passes it by");
  ends[1]?.();
  await all[1];
  assert.deepEqual(log, ["a", "b", "c"]);
  ends[2]?.();
  await all[2];
  ends[3]?.();
  await Promise.all(all);
  assert.deepEqual(log, ["a", "b", "c", "d"]);
});

Deno.test("image() refuses a file that is no picture", async () => {
  const refused = decodePicture(ref, context(new Uint8Array(ascii("<svg/>"))), LIMITS);
  await assert.rejects(refused, (error) => error instanceof Fault && error.code === "bad_input");
});

Deno.test("image() keeps bytes, passes pictures on, and refuses bytes that are no picture", async () => {
  const bytes = new Uint8Array(heads.png);
  assert.deepEqual(await encodePicture(bytes, context(bytes)), { ...ref, name: "image", size: bytes.length });
  const picture = await decodePicture(ref, context(bytes), LIMITS);
  assert.deepEqual(await encodePicture(picture, context(bytes)), ref);
  assert.equal(await encodePicture(null, context(bytes)), null);
  assert.throws(() => encodePicture(ascii("hello"), context(bytes)), (error) => error instanceof Fault);
  for (const odd of ["cat.png", {}, bytes.buffer]) {
    assert.throws(() => encodePicture(odd as never, context(bytes)), /its encoded bytes \(a Uint8Array\)/);
  }
});

Deno.test("image() takes words for a picture with its bytes, and with one that was received", async () => {
  const bytes = new Uint8Array(heads.png);
  const given = await encodePicture({ bytes, alt: "A cat", name: "cat.png" }, context(bytes));
  assert.deepEqual(given, { ...ref, size: bytes.length, alt: "A cat" });
  const again = await decodePicture(given, context(bytes), LIMITS);
  assert.equal(again?.alt, "A cat");
  assert.deepEqual(await encodePicture(again && { ...again, alt: "" }, context(bytes)), { ...ref, alt: "" });
  assert.throws(() => encodePicture({ bytes: ascii("x"), alt: "A cat" }, context(bytes)), Fault);
});

Deno.test("image() gives no reference that the server did not make", async () => {
  const bytes = new Uint8Array(heads.png);
  const forged = { ...ref, url: "https://elsewhere.example/x.png", name: "mine.png" };
  assert.deepEqual(await encodePicture(forged, context(bytes)), ref, "what is told is what the server knows");
  const unknown = {
    ...context(bytes),
    open: () => Promise.reject(new Fault("bad_input", "This file has expired")),
  };
  const others = [
    "https://elsewhere.example/x.png",
    "//elsewhere.example/x.png",
    `/demo/files/${ref.id}`,
    "/\\\\a",
  ];
  for (const url of others) {
    const refused = Promise.resolve(encodePicture({ ...ref, url }, unknown));
    await assert.rejects(refused, (error) => error instanceof Fault && error.code === "bad_output");
  }
  const own = { ...ref, url: "/cat.png" };
  assert.deepEqual(await encodePicture(own, unknown), own);
});

Deno.test("image() takes the file of a form", () => {
  assert.deepEqual(image.component.form({ texts: [], files: [ref] }, {}), ref);
  assert.equal(image.component.form({ texts: [], files: [] }, {}), null);
});

Deno.test("image() shows no picture by an address that a browser reads as another host or an upload", async () => {
  const unknown: CodecContext = {
    ...context(new Uint8Array()),
    open: () => Promise.reject(new Error("unknown")),
  };
  const given = (url: string) => Promise.resolve().then(() => encodePicture({ ...ref, url }, unknown));
  for (const url of ["/pictures/caf%C3%A9.png", "/my cat.png"]) assert.equal((await given(url))?.url, url);
  const hosts = ["//a.example", "/\\a.example", "/\t/a.example", "/\n/a.example", "/\r\\a.example"];
  const uploads = [
    "/demos/x/files/abc",
    "/demos/x/fil%65s/abc",
    "/demos/x/f\tiles/abc",
    "/demos/x%2ffiles%2fabc",
  ];
  for (const url of [...hosts, ...uploads, "/demos/x/files?id", "/%"]) {
    await assert.rejects(
      given(url),
      (error) => error instanceof Fault && error.code === "bad_output",
      JSON.stringify(url),
    );
  }
});
