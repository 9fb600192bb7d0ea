/** One layer of the network, as `weights.json` lists them. */
interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: "relu" | "softmax";
}

/** A layer with its numbers: `weights` is `[inputs][outputs]`, row-major; `bias` is `[outputs]`. */
interface LoadedLayer extends Layer {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** The trained network for handwritten digits. It keeps no state between calls. */
export interface Digits {
  /**
   * Tells which digit a picture shows.
   *
   * `pixels` is `Float32Array` of 64, an 8×8 picture, row-major, 0 (ground) to 1 (ink), framed as `pixelsOf()`
   * frames it. Gives a new `Float32Array` of 10: the probability of each digit 0–9, together 1.
   *
   * @throws {RangeError} when `pixels` does not hold 64 numbers.
   */
  classify(pixels: Float32Array): Float32Array;
}

/**
 * Reads the weights that `train.py` wrote. About 100 kB; load once and share it.
 *
 * @example
 * ```ts
 * const digits = await loadDigits();
 * const pixels = await pixelsOf(await Deno.readFile("static/samples/digit_3.png"));
 * if (pixels) digits.classify(pixels).indexOf(1);
 * ```
 */
export async function loadDigits(): Promise<Digits> {
  const [header, bytes] = await Promise.all([
    Deno.readTextFile(new URL("weights.json", import.meta.url)),
    Deno.readFile(new URL("weights.bin", import.meta.url)),
  ]);
  const { layers } = JSON.parse(header) as { layers: Layer[] };
  const loaded = withNumbers(layers, bytes);
  return { classify: (pixels) => classified(loaded, pixels) };
}

function withNumbers(layers: readonly Layer[], bytes: Uint8Array): LoadedLayer[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (count: number) =>
    Float32Array.from({ length: count }, () => {
      const number = view.getFloat32(at, true);
      at += 4;
      return number;
    });
  const loaded = layers.map((layer) => ({
    ...layer,
    weights: take(layer.inputs * layer.outputs),
    bias: take(layer.outputs),
  }));
  if (at !== bytes.byteLength) {
    throw new RangeError(
      `Cannot read weights.bin: weights.json tells of ${at} bytes, there are ${bytes.byteLength}`,
    );
  }
  return loaded;
}

function classified(layers: readonly LoadedLayer[], pixels: Float32Array): Float32Array {
  if (pixels.length !== 64) {
    throw new RangeError(`Cannot classify ${pixels.length} pixels: a picture of 8×8 has 64`);
  }
  let values = Float64Array.from(pixels);
  for (const layer of layers) values = passed(layer, values);
  return Float32Array.from(values);
}

/** `values` is `[inputs]`, the answer `[outputs]`. Sums in 64 bits, so the order of adding does not show. */
function passed(
  { weights, bias, outputs, activation }: LoadedLayer,
  values: Float64Array,
): Float64Array<ArrayBuffer> {
  const sums = Float64Array.from(bias);
  for (let input = 0; input < values.length; input++) {
    const value = values[input]!;
    if (value === 0) continue;
    for (let output = 0; output < outputs; output++) {
      sums[output]! += value * weights[input * outputs + output]!;
    }
  }
  switch (activation) {
    case "relu":
      return sums.map((sum) => Math.max(sum, 0));
    case "softmax": {
      const highest = Math.max(...sums);
      const powers = sums.map((sum) => Math.exp(sum - highest));
      const total = powers.reduce((a, b) => a + b, 0);
      return powers.map((power) => power / total);
    }
  }
  activation satisfies never;
}
