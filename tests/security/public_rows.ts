import assert from "node:assert/strict";
import { rawGet } from "./raw.ts";
import type { SecurityRow } from "./security_row.ts";

const LIST = new URL("public_routes.txt", import.meta.url);
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
// Not there, not by this method, or not without a login.
const CLOSED = new Set([401, 403, 404, 405]);

/** Rows F01 and F02: what answers without a login. */
export const publicRows: readonly SecurityRow[] = [
  {
    id: "F01",
    rule: "what answers without a login is what tests/security/public_routes.txt lists",
    run: async (torture, { places }) => {
      const found: string[] = [];
      for (const { pattern, path } of places.filter(({ own }) => !own)) {
        const open: string[] = [];
        for (const method of METHODS) {
          const headers = { "content-type": "application/json" };
          const body = method === "POST" ? { body: "{}", headers } : {};
          const answer = await torture.fetch(path, { method, redirect: "manual", ...body });
          await answer.body?.cancel();
          if (!CLOSED.has(answer.status) && answer.status !== 303) open.push(method);
        }
        if (open.length > 0) found.push(`${pattern} ${open.join(" ")}`);
      }
      const text = `${found.sort().join("\n")}\n`;
      if (Deno.env.get("UPDATE_PUBLIC_ROUTES") === "1") await Deno.writeTextFile(LIST, text);
      assert.equal(text, await Deno.readTextFile(LIST), "run with UPDATE_PUBLIC_ROUTES=1 to add on purpose");
    },
  },
  {
    id: "F02",
    rule: "no spelling of a guarded path reaches what is behind the guard",
    run: async (torture, { places }) => {
      const guarded = places.filter(({ pattern }) => pattern.startsWith("/demos/members"));
      assert.ok(guarded.length > 5);
      for (const { path } of guarded) {
        for (const spelling of spellings(path)) {
          for (const method of ["GET", "HEAD", "POST"]) {
            const { text, status } = await rawGet(
              torture,
              spelling,
              { "content-type": "application/json" },
              method,
            );
            assert.doesNotMatch(text, /On the board|atoll-demo|"run"/, `${method} ${spelling}`);
            assert.ok(status < 500, `${method} ${spelling}: ${status}`);
          }
        }
      }
    },
  },
];

function spellings(path: string): string[] {
  const last = path.lastIndexOf("/") + 1;
  const code = path.charCodeAt(last).toString(16);
  return [
    path,
    `/${path}`,
    path.toUpperCase(),
    `${path}/`,
    path.replace("/demos/", "/demos/./"),
    path.replace("/demos/", "/demos//"),
    `/x/..${path}`,
    `${path.slice(0, last)}%${code}${path.slice(last + 1)}`,
    `${path};a=b`,
    path.replace("/members", "\\members"),
    path.replace("/members", "%2fmembers"),
    `http://127.0.0.1${path}`,
    `${path}.`,
    `${path}%00`,
    `${path}?/files`,
  ];
}
