import sharp from "sharp";

import { Fault } from "atoll";

import { framed } from "./frame.ts";
import type { Grey } from "./ground.ts";
import { digitIn, inked } from "./ink.ts";

/** The longer side of the picture that is looked at: enough for a digit a tenth as high as its page. */
const SIDE = 320;
/** About 10000×10000: decoding takes four bytes of memory for each. */
const MOST_PIXELS = 100_000_000;

/**
 * Makes the network's input of an uploaded picture of one digit.
 *
 * `bytes` is a PNG, JPEG, WebP, GIF, AVIF, TIFF or SVG of any size; the digit may be light or dark, anywhere
 * in it, on an even or a shaded ground, or drawn on a transparent one. Gives `Float32Array` of 64, row-major
 * 8×8, 0 (ground) to 1 (ink), for `Digits.classify()`, or `null` when the picture is blank.
 *
 * @throws {Fault} `bad_input` when `bytes` cannot be read as a picture, or it has more than 100 megapixels.
 */
export async function pixelsOf(bytes: Uint8Array): Promise<Float32Array | null> {
  // White marks on a transparent ground show only on black.
  for (const ground of ["white", "black"] as const) {
    const bitmap = inked(await greyOf(bytes, ground));
    const digit = bitmap && digitIn(bitmap);
    if (digit) return framed(digit.bitmap, digit.box);
  }
  return null;
}

async function greyOf(bytes: Uint8Array, ground: "white" | "black"): Promise<Grey> {
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: MOST_PIXELS })
      .autoOrient()
      .flatten({ background: ground })
      .greyscale()
      .resize(SIDE, SIDE, { fit: "inside", kernel: "cubic" })
      .blur(1)
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, light: data };
  } catch (cause) {
    throw new Fault("bad_input", "Cannot read this file as a picture: upload a PNG, JPEG or WebP", { cause });
  }
}
