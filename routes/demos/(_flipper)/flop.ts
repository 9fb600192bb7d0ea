import sharp from "sharp";

/** Mirrors a picture left to right. Gives PNG. */
export async function flop(picture: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(
    await sharp(picture, { limitInputPixels: 100_000_000 }).rotate().flop().png().toBuffer(),
  );
}
