import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import sharp from "sharp";
import { amount } from "@/tests/effort.ts";
import { loadDigits } from "./digits.ts";
import { type DrawingOptions, drawnPath, drawnPixels, STROKES } from "./drawing.ts";
import { pixelsOf } from "./picture.ts";

interface HeldOut {
  labels: string;
  pixels: string[];
  probabilities: string[];
}

const heldOut: HeldOut = JSON.parse(await Deno.readTextFile(new URL("held_out.json", import.meta.url)));
const cases = heldOut.pixels.map((counts, n) => ({
  label: Number(heldOut.labels[n]),
  pixels: Float32Array.from(counts, (count) => parseInt(count, 17) / 16),
  probabilities: heldOut.probabilities[n]!.split(" ").map(Number),
}));
const digits = await loadDigits();

function answer(pixels: Float32Array): number {
  const shares = digits.classify(pixels);
  return shares.indexOf(Math.max(...shares));
}

async function read(picture: Uint8Array): Promise<number | null> {
  const pixels = await pixelsOf(picture);
  return pixels && answer(pixels);
}

/** Of how many held-out digits one is drawn. */
const EVERY = amount({ gate: 15, proof: 1 });

/** The share of these that is read right when drawn so. */
async function shareRead(options: DrawingOptions): Promise<number> {
  const some = cases.filter((_, n) => n % EVERY === 0);
  let right = 0;
  for (const { label, pixels } of some) {
    if (await read(await drawnPixels(pixels, options)) === label) right++;
  }
  return right / some.length;
}

/** How many of the ten pen-drawn digits are read right when drawn so. */
async function strokesRead(pen: number, options: DrawingOptions): Promise<number> {
  const answers = await Promise.all(STROKES.map(async (path) => read(await drawnPath(path, pen, options))));
  return answers.filter((answer, digit) => answer === digit).length;
}

/** A greyscale picture as a camera might give it: shade from a corner, low contrast, grain, JPEG. */
async function photographed(picture: Uint8Array): Promise<Uint8Array> {
  const { data, info } = await sharp(picture).greyscale().raw().toBuffer({ resolveWithObject: true });
  const grain = (at: number) => (Math.imul(at ^ (at >>> 7), 2654435761) >>> 24) / 16 - 8;
  const shot = data.map((light, at) => {
    const x = at % info.width / info.width, y = Math.floor(at / info.width) / info.height;
    return Math.max(0, Math.min(255, (70 + light * 0.65) * (1 - 0.45 * x - 0.25 * y * y) + grain(at)));
  });
  const raw = { width: info.width, height: info.height, channels: 1 as const };
  return new Uint8Array(await sharp(shot, { raw }).jpeg({ quality: 60 }).toBuffer());
}

Deno.test("classify() is right on at least 97 % of the held-out digits", () => {
  const right = cases.filter(({ pixels, label }) => answer(pixels) === label).length;
  equal(cases.length, 360);
  ok(right / cases.length >= 0.97, `${right} of ${cases.length}`);
});

Deno.test("classify() agrees with scikit-learn within 1e-4 on every held-out probability", () => {
  for (const { pixels, probabilities } of cases) {
    const shares = digits.classify(pixels);
    equal(probabilities.length, 10);
    probabilities.forEach((share, digit) => ok(Math.abs(shares[digit]! - share) <= 1e-4));
  }
});

Deno.test("classify() gives shares that add up to 1 and leaves its input alone", () => {
  const pixels = cases[0]!.pixels.slice();
  const shares = digits.classify(pixels);
  ok(Math.abs(shares.reduce((a, b) => a + b, 0) - 1) < 1e-6);
  deepEqual(pixels, cases[0]!.pixels);
});

Deno.test("classify() refuses a picture that is not 8×8", () => {
  throws(() => digits.classify(new Float32Array(63)), RangeError);
});

const ways: Record<string, DrawingOptions> = {
  "a 40×40 picture": { width: 40, height: 40 },
  "a 40×40 picture, light on dark": { width: 40, height: 40, ink: "#ffffff", ground: "#000000" },
  "a 300×500 picture": { width: 300, height: 500 },
  "the corner of a 1200×900 picture": {
    width: 1200,
    height: 900,
    place: { left: 760, top: 60, width: 320, height: 400 },
  },
  "the corner of a 1200×900 picture, light on dark": {
    width: 1200,
    height: 900,
    place: { left: 50, top: 430, width: 300, height: 420 },
    ink: "#f4f0e0",
    ground: "#203040",
  },
  "white on a transparent ground": { width: 200, height: 200, ink: "#ffffff", ground: "none" },
};
for (const [way, options] of Object.entries(ways)) {
  Deno.test(`pixelsOf() frames at least 95 % of held-out digits rightly from ${way}`, async () => {
    const share = await shareRead(options);
    ok(share >= 0.95, `${share}`);
  });
}

Deno.test("pixelsOf() frames digits drawn with pens of several widths", async () => {
  for (const pen of [8, 12, 16, 24]) {
    const right = await strokesRead(pen, {
      width: 800,
      height: 600,
      place: { left: 420, top: 90, width: 240, height: 336 },
      ...(pen > 12 ? { ink: "#ffffff", ground: "#16202c" } : {}),
    });
    ok(right >= 9, `pen ${pen}: ${right} of 10`);
  }
});

Deno.test("pixelsOf() keeps a 9 with a straight stem upright", async () => {
  const nine = "M72 38 A 23 25 0 1 0 72 44 L72 38 L72 127";
  for (const pen of [5, 9, 14]) equal(await read(await drawnPath(nine, pen, { width: 200, height: 280 })), 9);
});

Deno.test("pixelsOf() finds digits in photographs with a shaded ground", async () => {
  let right = 0;
  for (const [digit, path] of STROKES.entries()) {
    const page = { width: 640, height: 480, place: { left: 210, top: 90, width: 190, height: 266 } };
    if (await read(await photographed(await drawnPath(path, 12, page))) === digit) right++;
  }
  ok(right >= 9, `${right} of 10`);
});

Deno.test("pixelsOf() gives 64 shares in steps of 1/16", async () => {
  const pixels = await pixelsOf(await drawnPath(STROKES[3]!, 12, { width: 100, height: 140 }));
  equal(pixels?.length, 64);
  ok(pixels?.every((share) => share >= 0 && share <= 1 && Number.isInteger(share * 16)));
});

Deno.test("pixelsOf() gives null for a blank picture, even a shaded one", async () => {
  const options = { width: 320, height: 240 };
  for (const ground of ["#ffffff", "#000000", "#8899aa", "none"]) {
    const blank = await drawnPath("", 1, { ...options, ground });
    equal(await pixelsOf(blank), null);
    if (ground !== "none") equal(await pixelsOf(await photographed(blank)), null);
  }
});

Deno.test("pixelsOf() refuses bytes that are no picture", async () => {
  await rejects(() => pixelsOf(new TextEncoder().encode("seven")), { name: "Fault", code: "bad_input" });
});

Deno.test("the sample pictures in static/samples show what their names say", async () => {
  const folder = new URL("../../../static/samples/", import.meta.url);
  for (const digit of [2, 3, 7]) {
    equal(await read(await Deno.readFile(new URL(`digit_${digit}.png`, folder))), digit);
  }
});
