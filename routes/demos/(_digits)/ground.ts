/** A grey picture: `light[y * width + x]` is 0 (black) to 255 (white). */
export interface Grey {
  readonly width: number;
  readonly height: number;
  readonly light: Uint8Array;
}

/** A point looked at: its place, -1 to 1 over the picture both ways, and its light. */
interface Sample {
  readonly x: number;
  readonly y: number;
  readonly light: number;
}

/** A surface over the picture: the weights of 1, x, y, and of x², xy, y² where it is curved. */
type Surface = readonly [number, number, number, ...number[]];

/** Samples along the longer side: a smooth surface needs no more. */
const GRID = 96;
const RIM = 0.9;

/**
 * Takes the ground away: how far each pixel is lighter (above 0) or darker (below 0) than the paper there.
 *
 * The ground is first a plane through the picture's border, most of which is paper, then a curved surface
 * through all that is near it, so a shadow across the page goes and the pen's marks stay.
 */
export function departures({ width, height, light }: Grey): Float32Array {
  const samples = sampled({ width, height, light });
  const border = samples.filter(({ x, y }) => Math.abs(x) > RIM || Math.abs(y) > RIM);
  let surface: Surface = [middle(border.map((sample) => sample.light)), 0, 0];
  for (let round = 0; round < 6; round++) {
    const off = border.map((sample) => Math.abs(sample.light - level(surface, sample.x, sample.y)));
    const near = Math.max(4, 2.5 * middle(off));
    surface = laid(3, border.filter((_, n) => off[n]! <= near)) ?? surface;
  }
  for (let round = 0; round < 2; round++) {
    const off = samples.map((sample) => Math.abs(sample.light - level(surface, sample.x, sample.y)));
    const near = otsu(off);
    surface = laid(6, samples.filter((_, n) => off[n]! <= near)) ?? surface;
  }
  const away = new Float32Array(light.length);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      away[at] = light[at]! - level(surface, across(column, width), across(row, height));
    }
  }
  return away;
}

function sampled({ width, height, light }: Grey): Sample[] {
  const step = Math.max(1, Math.floor(Math.max(width, height) / GRID));
  const samples: Sample[] = [];
  for (let row = 0; row < height; row += step) {
    for (let column = 0; column < width; column += step) {
      samples.push({ x: across(column, width), y: across(row, height), light: light[row * width + column]! });
    }
  }
  return samples;
}

function across(at: number, size: number): number {
  return (2 * at + 1) / size - 1;
}

function level(surface: Surface, x: number, y: number): number {
  const [one, ofX, ofY, ofXX = 0, ofXY = 0, ofYY = 0] = surface;
  return one + ofX * x + ofY * y + ofXX * x * x + ofXY * x * y + ofYY * y * y;
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Least squares: the surface of 3 or 6 weights nearest to the samples; `null` when they do not determine it. */
function laid(size: 3 | 6, samples: readonly Sample[]): Surface | null {
  const rows = Array.from({ length: size }, () => new Float64Array(size + 1));
  for (const { x, y, light } of samples) {
    const terms = [1, x, y, x * x, x * y, y * y];
    for (let a = 0; a < size; a++) {
      for (let b = 0; b < size; b++) rows[a]![b]! += terms[a]! * terms[b]!;
      rows[a]![size]! += terms[a]! * light;
    }
  }
  for (let a = 0; a < size; a++) {
    if (Math.abs(rows[a]![a]!) < 1e-6 * samples.length + 1e-9) return null;
    for (let b = 0; b < size; b++) {
      const factor = b === a ? 0 : rows[b]![a]! / rows[a]![a]!;
      for (let c = a; c <= size; c++) rows[b]![c]! -= factor * rows[a]![c]!;
    }
  }
  return rows.map((row, n) => row[size]! / row[n]!) as readonly number[] as Surface;
}

/** Otsu's threshold of values 0 to 255: the cut that leaves two groups farthest apart. */
export function otsu(values: ArrayLike<number>): number {
  const counts = new Float64Array(256);
  for (let n = 0; n < values.length; n++) counts[Math.min(255, Math.round(values[n]!))]!++;
  const total = counts.reduce((sum, count, value) => sum + count * value, 0);
  let below = 0, belowTotal = 0, best = -1, first = 0, last = 0;
  for (let cut = 0; cut < 255; cut++) {
    below += counts[cut]!;
    belowTotal += counts[cut]! * cut;
    const over = values.length - below;
    if (below === 0 || over === 0) continue;
    const apart = below * over * (belowTotal / below - (total - belowTotal) / over) ** 2;
    if (apart > best) [best, first] = [apart, cut];
    if (apart === best) last = cut;
  }
  // Between two clear groups every cut is as good: the middle one is far from both.
  return (first + last) / 2;
}
