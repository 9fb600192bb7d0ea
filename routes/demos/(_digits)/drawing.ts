import sharp, { type Sharp } from "sharp";

/** How a drawn picture of a digit looks. Colours are `"#rrggbb"`; lengths are pixels. */
export interface DrawingOptions {
  width: number;
  height: number;
  /** Where the digit's own square or box goes in the picture. The whole picture unless given. */
  place?: { left: number; top: number; width: number; height: number } | undefined;
  /** Colour of the digit; black unless given. */
  ink?: string | undefined;
  /** Colour of the paper; white unless given. `"none"` leaves it transparent. */
  ground?: string | undefined;
}

/** One pen path for each digit 0–9, as a hand writes it, in a box of 100×140. Several pieces mean a lifted pen. */
export const STROKES: readonly string[] = [
  "M54 14 C28 14 17 46 19 74 C21 106 34 126 52 125 C74 124 84 94 81 64 C79 36 70 15 52 15",
  "M34 38 C44 32 53 24 58 13 C57 50 55 88 54 126",
  "M21 40 C24 18 44 10 60 16 C80 24 78 48 64 68 C50 88 32 104 20 123 C42 117 62 120 84 122",
  "M24 26 C38 10 72 10 72 36 C72 56 54 64 42 65 C64 64 80 76 78 96 C75 124 38 132 20 110",
  "M58 13 C48 38 34 62 18 84 C40 83 62 82 86 82 M66 56 C65 80 64 104 62 127",
  "M78 16 C62 17 48 17 34 17 C31 34 29 48 27 60 C44 50 76 54 78 86 C80 118 44 134 20 114",
  "M70 13 C44 32 24 64 23 92 C22 116 38 127 54 126 C72 125 82 108 78 92 C73 74 40 70 25 98",
  "M19 20 C40 18 62 18 82 18 C70 46 54 84 42 127",
  "M74 30 C66 8 26 12 28 38 C30 58 76 72 76 100 C76 130 24 132 24 102 C24 76 72 58 74 30",
  "M76 40 C70 12 30 10 25 40 C22 66 58 74 74 46 C76 76 72 104 60 127",
];

/** Draws pen strokes in the box of {@linkcode STROKES}. `pen` is the stroke's width in that box. Gives a PNG. */
export function drawnPath(
  path: string,
  pen: number,
  options: DrawingOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, place, ink = "#000000", ground = "#ffffff" } = options;
  const { left, top, width: wide, height: high } = place ?? { left: 0, top: 0, width, height };
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<rect width="100%" height="100%" fill="${ground}"/>
<g transform="translate(${left} ${top}) scale(${wide / 100} ${high / 140})" fill="none" stroke="${ink}"
 stroke-width="${pen}" stroke-linecap="round" stroke-linejoin="round"><path d="${path}"/></g></svg>`;
  return png(sharp(new TextEncoder().encode(svg)));
}

/** Draws an 8×8 digit, row-major, 0 (ground) to 1 (ink), smoothly enlarged with a blank row around. Gives a PNG. */
export async function drawnPixels(
  pixels: Float32Array,
  options: DrawingOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, place, ink = "#000000", ground = "#ffffff" } = options;
  const { left, top, width: wide, height: high } = place ?? { left: 0, top: 0, width, height };
  const small = new Uint8Array(10 * 10);
  pixels.forEach((share, at) => small[(Math.floor(at / 8) + 1) * 10 + at % 8 + 1] = Math.round(share * 255));
  const alpha = await sharp(small, { raw: { width: 10, height: 10, channels: 1 } })
    .resize(wide, high, { fit: "fill", kernel: "cubic" })
    .extractChannel(0)
    .raw()
    .toBuffer();
  const digit = await sharp({ create: { width: wide, height: high, channels: 3, background: ink } })
    .joinChannel(alpha, { raw: { width: wide, height: high, channels: 1 } }).png().toBuffer();
  return png(
    sharp({ create: { width, height, channels: 4, background: ground === "none" ? "#00000000" : ground } })
      .composite([{ input: digit, left, top }]),
  );
}

async function png(picture: Sharp): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await picture.png({ compressionLevel: 9, palette: false }).toBuffer());
}
