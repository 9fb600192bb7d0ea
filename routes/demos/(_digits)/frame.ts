/** A black and white picture: `ink[y * width + x]` is 1 where the pen went, 0 elsewhere. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly ink: Uint8Array;
}

/** A rectangle of whole pixels; `right` and `bottom` are the first column and row outside. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const FRAME = 32;
const BOX_WIDTH = 20;
/**
 * Columns a row. Hands lean forwards, so a strong lean backwards is none: it is a 9 whose straight stem stands
 * at the right. The data set, whose nines have round tails, knows no limit; such a 9 would be laid on its side.
 */
const MOST_BACKWARD_SHEAR = 0.2;

/**
 * Frames one digit the way the data set was made, so that the network sees what it was trained on.
 *
 * The steps and their numbers are those of NIST's form-based handprint system (NISTIR 5469), which made the
 * 32×32 bitmaps behind the data: the digit's box is stretched to 20×32, a stroke too thick or too thin is
 * eroded or dilated, slant is sheared away, and ink is counted in blocks of 4×4. `framed()` in `train.py` is
 * the same function, but for a limit of shear. Stretching forgets the digit's own aspect: the data set did too.
 *
 * `box` is the digit's box in `bitmap` and holds ink. Gives `Float32Array` of 64, row-major 8×8, 0 to 1 in
 * steps of 1/16.
 */
export function framed(bitmap: Bitmap, box: Box): Float32Array {
  const cover = stretched(bitmap, box);
  // A hair line covers no cell by half. Take its 160 best cells instead: dilation brings them to a pen's width.
  const best = cover.toSorted().at(-160) ?? 0;
  const level = Math.min(0.5, Math.max(0.05, best));
  let bits = new Uint8Array(FRAME * FRAME);
  cover.forEach((share, cell) => {
    if (share >= level) bits[Math.floor(cell / BOX_WIDTH) * FRAME + 6 + cell % BOX_WIDTH] = 1;
  });
  const count = bits.reduce((a, b) => a + b, 0);
  const steps = count > 560 ? -2 : count > 412 ? -1 : count < 108 ? 2 : count < 256 ? 1 : 0;
  for (let step = 0; step < Math.abs(steps); step++) bits = steps < 0 ? eroded(bits) : dilated(bits);
  return counted(upright(bits));
}

/** `[32][20]`: the share of ink, 0 to 1, in each cell of the box stretched to 20×32. */
function stretched(bitmap: Bitmap, { left, top, right, bottom }: Box): Float64Array {
  const cover = new Float64Array(BOX_WIDTH * FRAME);
  const wide = (right - left) / BOX_WIDTH, high = (bottom - top) / FRAME;
  for (let row = 0; row < FRAME; row++) {
    for (let column = 0; column < BOX_WIDTH; column++) {
      let sum = 0;
      for (const [y, part] of spans(row * high, (row + 1) * high)) {
        const line = (top + y) * bitmap.width + left;
        for (const [x, share] of spans(column * wide, (column + 1) * wide)) {
          sum += bitmap.ink[line + x]! * part * share;
        }
      }
      cover[row * BOX_WIDTH + column] = sum / (wide * high);
    }
  }
  return cover;
}

/** The whole pixels that `from`–`to` touches, each with the length of the part it touches. */
function spans(from: number, to: number): [pixel: number, length: number][] {
  const touched: [number, number][] = [];
  for (let pixel = Math.floor(from); pixel < to - 1e-9; pixel++) {
    touched.push([pixel, Math.min(to, pixel + 1) - Math.max(from, pixel)]);
  }
  return touched;
}

function eroded(bits: Uint8Array): Uint8Array<ArrayBuffer> {
  return bits.map((bit, at) => bit && neighbours(bits, at).every((other) => other === 1) ? 1 : 0);
}

function dilated(bits: Uint8Array): Uint8Array<ArrayBuffer> {
  return bits.map((bit, at) => bit || neighbours(bits, at).some((other) => other === 1) ? 1 : 0);
}

/** West, east, north, south; 0 beyond the frame. */
function neighbours(bits: Uint8Array, at: number): number[] {
  const column = at % FRAME;
  return [
    column > 0 ? bits[at - 1]! : 0,
    column < FRAME - 1 ? bits[at + 1]! : 0,
    bits[at - FRAME] ?? 0,
    bits[at + FRAME] ?? 0,
  ];
}

/** Shears the rows so that the left ends of the third and the third last row come to stand in one column. */
function upright(bits: Uint8Array): Uint8Array {
  const top = 2, bottom = FRAME - 3;
  const leftEnd = (row: number) => bits.subarray(row * FRAME, (row + 1) * FRAME).indexOf(1);
  if (leftEnd(top) < 0 || leftEnd(bottom) < 0) return bits;
  const wanted = (leftEnd(top) - leftEnd(bottom)) / (bottom - top);
  const slope = Math.max(-MOST_BACKWARD_SHEAR, wanted);
  return bits.map((_, at) => {
    const row = Math.floor(at / FRAME);
    const column = at % FRAME - Math.floor((row - FRAME / 2) * slope + 0.5);
    return column >= 0 && column < FRAME ? bits[row * FRAME + column]! : 0;
  });
}

/** Ink in blocks of 4×4, as a share. */
function counted(bits: Uint8Array): Float32Array {
  const pixels = new Float32Array(64);
  bits.forEach((bit, at) => {
    pixels[Math.floor(at / FRAME / 4) * 8 + Math.floor(at % FRAME / 4)]! += bit / 16;
  });
  return pixels;
}
