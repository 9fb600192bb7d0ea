import type { Picture } from "atoll";
import sharp, { type Sharp } from "sharp";

/** What a step of work tells on its way. */
export interface Steps {
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number, note: string) => void;
}

/** Longest side of what the desk gives back, in pixels. */
const LONGEST = 1600;

function open(bytes: Uint8Array): Sharp {
  // Turned upright first: the camera's note about it is lost with the rest of the metadata.
  return sharp(bytes, { limitInputPixels: 100_000_000 }).rotate().resize(LONGEST, LONGEST, {
    fit: "inside",
    withoutEnlargement: true,
  });
}

// JPEG has no transparency: without a ground of its own it would be black.
async function jpeg(picture: Sharp): Promise<Uint8Array> {
  return new Uint8Array(await picture.flatten({ background: "#fff" }).jpeg({ quality: 85 }).toBuffer());
}

/**
 * Blurs a photograph, a little more with each step, so that one can stop when it is enough. Gives JPEG.
 * `radius` is the standard deviation in pixels at the end, 0 to 40.
 */
export async function* blur(
  photo: Picture,
  radius: number,
  { signal, progress }: Steps,
): AsyncGenerator<Uint8Array> {
  const steps = radius < 1 ? [0] : [0.25, 0.5, 0.75, 1].map((share) => share * radius);
  for (const [i, sigma] of steps.entries()) {
    if (signal.aborted) return;
    progress(i, steps.length, `Radius ${sigma.toFixed(1)}`);
    yield await photo.decode((bytes) => jpeg(sigma < 0.3 ? open(bytes) : open(bytes).blur(sigma)));
  }
}

/** Finds the edges of a photograph: first grey, then the slopes of brightness, then the strong ones alone. Gives JPEG. */
export async function* edges(photo: Picture, { signal, progress }: Steps): AsyncGenerator<Uint8Array> {
  const around = [-1, -1, -1, -1, 8, -1, -1, -1, -1];
  const kernel = { width: 3, height: 3, kernel: around };
  const stages: [string, (bytes: Uint8Array) => Sharp][] = [
    ["Grey", (bytes) => open(bytes).greyscale()],
    ["Slopes", (bytes) => open(bytes).greyscale().blur(1).convolve(kernel)],
    ["Edges", (bytes) => open(bytes).greyscale().blur(1).convolve(kernel).linear(6, -24).negate()],
  ];
  for (const [i, [note, make]] of stages.entries()) {
    if (signal.aborted) return;
    progress(i, stages.length, note);
    yield await photo.decode((bytes) => jpeg(make(bytes)));
  }
}

/** Scales a photograph to a width in pixels, 16 to 4096, with its own proportions. Gives JPEG. */
export async function resize(photo: Picture, width: number): Promise<Uint8Array> {
  return await photo.decode((bytes) =>
    jpeg(sharp(bytes, { limitInputPixels: 100_000_000 }).rotate().resize(width))
  );
}
