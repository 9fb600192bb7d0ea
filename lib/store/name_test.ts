import assert from "node:assert/strict";
import { cleanName } from "./name.ts";

const cases: readonly (readonly [given: string, clean: string])[] = [
  ["photo.png", "photo.png"],
  ["../../x.png", "x.png"],
  ["..\\x", "x"],
  ["/abs", "abs"],
  ["C:\\x", "x"],
  ["C:x", "C_x"],
  ["a/b", "b"],
  ["a/b/", "file"],
  [".htaccess", "htaccess"],
  [".", "file"],
  ["..", "file"],
  ["", "file"],
  [" ", "file"],
  ["...", "file"],
  ["\u0000", "file"],
  ["a\u0000b.png", "ab.png"],
  ["a\r\nX: y", "aX_ y"],
  ["a\";filename*=UTF-8''b.html", "a_;filename_=UTF-8''b.html"],
  ["exe.\u202egnp.scr", "exe.gnp.scr"],
  ["\u2066a\u2069\u200e\u061c", "a"],
  ["a\u2028b\ufeffc\u200b", "abc"],
  ["hidden\u{e0068}\u{e0069}.txt", "hidden.txt"],
  ["👩‍👩‍👧.png", "👩‍👩‍👧.png"],
  ["CON.png", "_CON.png"],
  ["con", "_con"],
  ["COM1.tar.gz", "_COM1.tar.gz"],
  ["console.log", "console.log"],
  ["NUL.png", "_NUL.png"],
  ["-rf", "_rf"],
  ["..-rf", "_rf"],
  ["$(id)", "$(id)"],
  ["%2e%2e%2f", "%2e%2e%2f"],
  ["x.txt::$DATA", "x.txt__$DATA"],
  ["x.", "x"],
  ["x ", "x"],
  ["\uff0e\uff0e\uff0fetc", "\uff0e\uff0e_etc"],
  ["a\u2215b", "a_b"],
  ["e\u0301.txt", "\u00e9.txt"],
  ["e\u200b\u0301.txt", "\u00e9.txt"],
  [`Z${"\u0335".repeat(1000)}.txt`, `Z${"\u0335".repeat(4)}.txt`],
  ["\ud800.png", "_.png"],
  ["a\u00a0\u3000b", "a  b"],
  ["x".repeat(255), "x".repeat(200)],
  [`${"x".repeat(10_000)}.png`, `${"x".repeat(196)}.png`],
  [`${"é".repeat(300)}.jpeg`, `${"é".repeat(97)}.jpeg`],
  [`a.${"x".repeat(300)}`, `a.${"x".repeat(198)}`],
];

for (const [given, clean] of cases) {
  Deno.test(`cleanName() makes ${JSON.stringify(clean).slice(0, 40)} of ${JSON.stringify(given).slice(0, 40)}`, () => {
    assert.equal(cleanName(given), clean);
  });
}

Deno.test("cleanName() gives a safe name, and the same again, whatever it is given", () => {
  const pieces = [
    ...new Set(cases.flatMap(([given]) => [...given.slice(0, 40)])),
    "CON",
    "...",
    ".png",
    "\udc00",
    "//",
    "- ",
  ];
  let seed = 7;
  const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 5000; round++) {
    const given = Array.from({ length: next(60) }, () => pieces[next(pieces.length)]).join("");
    const name = cleanName(given);
    const why = JSON.stringify([given, name]);
    assert.ok(new TextEncoder().encode(name).length <= 200, why);
    assert.ok(name !== "" && name.isWellFormed(), why);
    assert.doesNotMatch(name, /[\p{Cc}/\\"*:<>?|\u2028-\u202e\u2066-\u2069\ufeff]/u, why);
    assert.doesNotMatch(name, /^[.\s-]|[.\s]$/u, why);
    assert.doesNotMatch(name, /^(con|nul|com1)(\.|$)/i, why);
    assert.equal(cleanName(name), name, why);
  }
});
