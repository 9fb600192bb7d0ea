import assert from "node:assert/strict";
import { type Colours, dark, light, tokensCss } from "./tokens.ts";

function luminance(hex: string): number {
  const long = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, "$&$&") : hex;
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(long.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const grounds = ["bg", "surface", "sunk"] as const;
const pairs: readonly (readonly [keyof Colours, readonly (keyof Colours)[], number])[] = [
  ["text", [...grounds, "tint", "blush"], 7],
  ["soft", grounds, 4.5],
  ["accent", grounds, 4.5],
  ["on", ["accent", "strong"], 4.5],
  ["ok", grounds, 4.5],
  ["warn", grounds, 4.5],
  ["bad", [...grounds, "blush"], 4.5],
  ["edge", grounds, 3],
];

for (const [name, colours] of [["light", light], ["dark", dark]] as const) {
  Deno.test(`The ${name} theme keeps the contrast that WCAG 2.2 AA asks for`, () => {
    for (const [front, backs, least] of pairs) {
      for (const back of backs) {
        const found = contrast(colours[front], colours[back]);
        assert.ok(found >= least, `${front} on ${back} is ${found.toFixed(2)}:1, not ${least}:1`);
      }
    }
  });
}

Deno.test("tokensCss() follows the system, data-theme decides otherwise, and paper is light", () => {
  const css = tokensCss();
  assert.match(css, /^:root\{color-scheme:light;/);
  assert.match(
    css,
    /@media screen and \(prefers-color-scheme:dark\)\{:root:not\(\[data-theme=light\]\)\{color-scheme:dark;/,
  );
  assert.match(css, /@media screen\{\[data-theme=dark\]\{color-scheme:dark;/);
});
