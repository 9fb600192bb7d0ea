/**
 * Draws the digits in `static/samples`. Run in the project's root:
 * `deno run -A 'routes/demos/(_digits)/make_samples.ts'`
 */
import { drawnPath, STROKES } from "./drawing.ts";

const folder = new URL("../../../static/samples/", import.meta.url);
const page = { width: 200, height: 200, place: { left: 48, top: 24, width: 108, height: 151 } };

await Deno.mkdir(folder, { recursive: true });
for (
  const [digit, look] of [
    [2, { ink: "#1d3f8f", ground: "#f6f1e3" }],
    [3, {}],
    [7, { ink: "#f2f4f0", ground: "#24402f" }],
  ] as const
) {
  const picture = await drawnPath(STROKES[digit]!, 11, { ...page, ...look });
  await Deno.writeFile(new URL(`digit_${digit}.png`, folder), picture);
}
