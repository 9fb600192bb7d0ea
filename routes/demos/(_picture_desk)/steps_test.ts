import assert from "node:assert/strict";
import type { Picture } from "atoll";
import sharp from "sharp";
import { blur, edges, resize } from "./steps.ts";

const clear = { r: 0, g: 0, b: 0, alpha: 0 };
const bytes = new Uint8Array(
  await sharp({ create: { width: 32, height: 24, channels: 4, background: clear } }).png().toBuffer(),
);
const photo = {
  decode: (work: (bytes: Uint8Array) => unknown) => Promise.resolve(work(bytes)),
} as unknown as Picture;
const steps = { signal: new AbortController().signal, progress: () => {} };

Deno.test("The picture desk puts what is transparent on white", async () => {
  const made = [await resize(photo, 32)];
  for await (const step of blur(photo, 8, steps)) made.push(step);
  const [grey] = await Array.fromAsync(edges(photo, steps));
  made.push(grey as Uint8Array);
  for (const jpeg of made) {
    const { channels } = await sharp(jpeg).stats();
    for (const { min } of channels) assert.ok(min > 250, `${min}`);
  }
});
