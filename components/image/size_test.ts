import assert from "node:assert/strict";
import { ascii, box, heads, hex, join, meta } from "@/tests/picture_heads.ts";
import { pictureSize, pictureSizeOf } from "./size.ts";

for (const [kind, bytes] of Object.entries(heads)) {
  Deno.test(`pictureSize() reads the size of a ${kind}`, () => {
    assert.deepEqual(pictureSize(bytes), { width: 300, height: 200 });
  });
}

Deno.test("pictureSize() finds nothing in other bytes, in none, and in heads cut short", () => {
  for (const bytes of [new Uint8Array(), ascii("<svg width='9' height='9'></svg>"), hex("ffd8ffe0")]) {
    assert.equal(pictureSize(bytes), undefined);
  }
  for (const bytes of Object.values(heads)) assert.equal(pictureSize(bytes.subarray(0, 7)), undefined);
});

Deno.test("pictureSize() takes no HEIC for an AVIF, nor a film, nor a picture without a row", () => {
  for (const brand of ["heic", "heix", "hevc", "mif1", "isom", "avc1"]) {
    const bytes = join(box("ftyp", ascii(brand), hex("00000000"), ascii("mif1heic")), meta());
    assert.equal(pictureSize(bytes), undefined, brand);
  }
  assert.equal(
    pictureSize(hex("89504e470d0a1a0a 0000000d 49484452 0000012c 00000000 0806000000")),
    undefined,
  );
});

Deno.test("pictureSizeOf() finds the size behind metadata of some MiB, and keeps little of it", async () => {
  // Extended XMP, as phones write it for portraits.
  const segment = join(hex("ffe1 ffff"), new Uint8Array(65_533));
  const segments = (count: number) =>
    ReadableStream.from(function* () {
      yield heads.jpeg.slice(0, 2);
      for (let i = 0; i < count; i++) yield segment;
      yield heads.jpeg.slice(2);
    }());
  assert.deepEqual(await pictureSizeOf(segments(20)), { width: 300, height: 200 });
  assert.deepEqual(await pictureSizeOf(segments(200)), { width: 300, height: 200 });
  assert.equal(await pictureSizeOf(segments(600)), undefined, "but not behind 39 MiB");
});

Deno.test("pictureSizeOf() ends for heads made to be slow", async () => {
  const ends = (start: Uint8Array, piece: Uint8Array) =>
    pictureSizeOf(ReadableStream.from(function* () {
      yield start;
      for (let i = 0; i < 1000; i++) yield piece;
    }()));
  const many = (bytes: Uint8Array, count: number) => join(...Array<Uint8Array>(count).fill(bytes));
  assert.equal(await ends(hex("ffd8"), new Uint8Array(65_536).fill(255)), undefined);
  assert.equal(await ends(hex("ffd8"), many(hex("ffe10002"), 5000)), undefined);
  assert.equal(await ends(heads.avif.slice(0, 28), many(box("free"), 5000)), undefined);
  assert.equal(pictureSize(join(hex("ffd8"), new Uint8Array(100_000).fill(255))), undefined);
});
