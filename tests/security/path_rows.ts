import assert from "node:assert/strict";
import type { Torture } from "@/tests/torture/torture.ts";
import { forAll, rawGet } from "./raw.ts";
import { wildOf } from "./route_list.ts";
import type { SecurityRow } from "./security_row.ts";

const up = (depth: number, escape: string) => escape.repeat(depth);
const DEPTHS = [1, 2, 4, 8, 12];
const TARGETS = ["beside.txt", "etc/passwd", "proc/self/environ"];

/** Spellings that lead away, or to nothing, by the row that they come from. */
export const PAYLOADS: Readonly<Record<string, readonly string[]>> = {
  A01: DEPTHS.flatMap((depth) => TARGETS.map((target) => up(depth, "../") + target)),
  A02: ["%2e%2e%2f", "..%2f", "%2e%2e/", ".%2e/", "%252e%252e%252f"].flatMap((escape) =>
    DEPTHS.map((depth) => `${up(depth, escape)}etc/passwd`)
  ),
  A04: ["%c0%ae%c0%ae%c0%afetc/passwd", "%e0%80%ae%e0%80%ae/etc/passwd", "%u002e%u002e/x"].concat(
    "%ef%bc%8e%ef%bc%8e%ef%bc%8fetc%ef%bc%8fpasswd",
    "%ff%fe",
  ),
  A05: ["x/../../beside.txt", "x/..;/beside.txt", "x%00.png", "x%00/../../etc/passwd", "..;/..;/etc/passwd"],
  A06: ["/etc/passwd", "%2fetc%2fpasswd", "file:///etc/passwd", "//evil.example/x", "%2f%2fevil.example"],
  A08: ["%5C%5C%3F%5CC:%5Cx", "%5C%5C.%5Cpipe%5Cx", "C:%5Cx", "x.txt::$DATA", "CON", "NUL.png", "x.", "x%20"],
  A09: ["X", "x/", "x/.", "e%CC%81", "%C3%A9"],
  A10: ["../static_private/x", "..%2fstatic_private%2fx"],
  A21: [".env", ".git/config", "deno.json", "deno.lock", "main.ts", ".well-known/../.env", "../deno.json"]
    .concat(
      "node_modules/zod/package.json",
      "server.js",
      "snapshot.js",
      "../lib/mod.ts",
    ),
  A22: ["proc/self/environ", "dev/stdin", "dev/zero", "../../../../proc/self/fd/0"],
};

/** What no answer may hold: beginnings of files that lie about. */
const LEAKED = /root:x:0|CANARY|"nodeModulesDir"|\[core\]|PATH=|setBuildCache|copyright/i;

/** Rows A: whatever is written behind a route leads to nothing that was not meant. */
export const pathRows: readonly SecurityRow[] = [
  ...Object.entries(PAYLOADS).map(([id, payloads]): SecurityRow => ({
    id: `A20/${id}`,
    rule: `every spelling of ${id} behind every route leads nowhere`,
    run: async (torture, { root }) => {
      const wild = await wildOf(root);
      const paths = wild.flatMap((begin) => payloads.map((payload) => begin + payload));
      await forAll(paths, (path) => leadsNowhere(torture, path));
    },
  })),
  {
    id: "F16",
    rule: "no slash, backslash or escape at the end of a route sends a browser elsewhere",
    run: async (torture, { places }) => {
      const tails = [
        "/",
        "//",
        "/%5cevil.example/",
        "//evil.example/x/..",
        "/..%2f%5cevil.example%2f%3f%2f..%2f..",
      ];
      const paths = places.flatMap(({ path }) => tails.map((tail) => path + tail));
      const heads = places.map(({ path }) => `//evil.example/..${path}`);
      await forAll([...paths, ...heads], async (path) => {
        const { headers, status } = await rawGet(torture, path);
        assert.ok(status < 500, `${path}: ${status}`);
        const to = headers.get("location");
        if (to !== null) assert.match(to, /^\/(?:[\w-]+\/?)*(?:\?[^\\]*)?$/, path);
      });
    },
  },
];

async function leadsNowhere(torture: Torture, path: string): Promise<void> {
  const { status, text, headers } = await rawGet(torture, path);
  assert.doesNotMatch(text, LEAKED, path);
  assert.ok(status >= 200 && status < 500, `${path}: ${status}`);
  const to = headers.get("location");
  if (to !== null) assert.match(to, /^\/(?:[\w-]+\/?)+$/, path);
  // The address is read by URL rules, so that some spellings are plain addresses of pages or of the test's own routes.
  const plain = URL.parse(path.startsWith("//") ? `/x${path}` : path, torture.server.base)?.pathname ?? "";
  const isPage = /^\/(?:wild|one|breaks|asked|torture|census|calls|demos\/\w+|healthz)?(?:\/|$)/.test(plain);
  const isFile = /^\/(?:files|_fresh|(?:demos\/\w+|asked|torture)\/files)\//.test(plain);
  if (!isPage || isFile) assert.ok([400, 401, 404, 405, 421].includes(status), `${path}: ${status}`);
}
