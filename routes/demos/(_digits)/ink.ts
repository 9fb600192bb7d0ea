import type { Bitmap, Box } from "./frame.ts";
import { departures, type Grey, otsu } from "./ground.ts";

/** Below this difference of ink and ground, of 255, a picture counts as blank: paper grain and JPEG noise. */
const LEAST_CONTRAST = 24;

/**
 * Finds the pen's marks in a grey picture with any ground, lighter or darker than the ink, even or shaded.
 * Gives `null` when nothing stands out.
 */
export function inked(grey: Grey): Bitmap | null {
  const away = departures(grey);
  const least = otsu(away.map(Math.abs));
  const sign = Math.sign(away.reduce((sum, value) => Math.abs(value) > least ? sum + value : sum, 0));
  const marks = away.map((value) => Math.max(0, value * sign));
  const threshold = otsu(marks);
  const strong = marks.filter((value) => value > threshold).sort();
  const contrast = strong[Math.floor(strong.length * 0.9)] ?? 0;
  if (contrast < LEAST_CONTRAST) return null;
  // Few marks in much grain pull Otsu's cut down into the grain.
  const cut = Math.max(threshold, 0.4 * contrast);
  return {
    width: grey.width,
    height: grey.height,
    ink: Uint8Array.from(marks, (value) => value > cut ? 1 : 0),
  };
}

/**
 * Keeps the digit and drops specks and what runs in from the edge. A digit may be in several pieces: every
 * piece of at least an eighth of the largest stays. Gives the pieces alone and the box around them, or `null`
 * when the marks are dust.
 */
export function digitIn({ width, height, ink }: Bitmap): { bitmap: Bitmap; box: Box } | null {
  const pieces = connected(width, height, ink);
  const weight = (piece: Piece) => piece.pixels.length * (piece.atEdge ? 0.3 : 1);
  const largest = pieces.reduce(
    (a, b) => weight(b) > weight(a) ? b : a,
    { pixels: [], atEdge: false } as Piece,
  );
  const kept = pieces.filter((piece) =>
    piece === largest ||
    (piece.pixels.length * 8 >= largest.pixels.length && !(piece.atEdge && !largest.atEdge))
  );
  const pixels = kept.flatMap((piece) => piece.pixels);
  const inked = ink.reduce((sum, bit) => sum + bit, 0);
  if (pixels.length < 0.35 * inked) return null;
  const alone = new Uint8Array(width * height);
  let left = width, top = height, right = 0, bottom = 0;
  for (const at of pixels) {
    const column = at % width, row = Math.floor(at / width);
    alone[at] = 1;
    [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
  }
  if (Math.max(right - left, bottom - top) < 0.03 * Math.max(width, height)) return null;
  return { bitmap: { width, height, ink: alone }, box: { left, top, right, bottom } };
}

interface Piece {
  readonly pixels: number[];
  atEdge: boolean;
}

/** The groups of ink pixels that touch, corners included. */
function connected(width: number, height: number, ink: Uint8Array): Piece[] {
  const left = ink.slice();
  const pieces: Piece[] = [];
  for (let start = 0; start < left.length; start++) {
    if (left[start] === 0) continue;
    const piece: Piece = { pixels: [start], atEdge: false };
    left[start] = 0;
    for (const at of piece.pixels) {
      const x = at % width, y = Math.floor(at / width);
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) piece.atEdge = true;
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
          const next = row * width + column;
          if (left[next] === 0) continue;
          left[next] = 0;
          piece.pixels.push(next);
        }
      }
    }
    pieces.push(piece);
  }
  return pieces;
}
