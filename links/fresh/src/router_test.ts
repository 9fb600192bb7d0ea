import { deepEqual, equal } from "node:assert/strict";
import { pathnameOf } from "./pathname.ts";
import { compilePattern, Router } from "./router.ts";

const CASES: [pattern: string, path: string, params: Record<string, string> | null][] = [
  ["/docs/:id", "/docs/a%20b", { id: "a b" }],
  ["/docs/:id", "/docs/a/b", null],
  ["/docs/:id", "/docs/", null],
  ["/opt/:v?", "/opt", { v: "" }],
  ["/opt/:v?", "/opt/1", { v: "1" }],
  ["/rest/:path*", "/rest", { path: "" }],
  ["/rest/:path*", "/rest/a/b", { path: "a/b" }],
  ["/:path*", "/", { path: "" }],
  ["/some/:path+", "/some", null],
  ["/x/:module@:version/:path*", "/x/m@1/a/b", { module: "m", version: "1", path: "a/b" }],
  ["/f/:name.json", "/f/a.json", { name: "a" }],
  ["/f/:name.json", "/f/axjson", null],
  ["/all/*", "/all/a/b", { 0: "a/b" }],
  ["/n/:id(\\d+)", "/n/12", { id: "12" }],
  ["/n/:id(\\d+)", "/n/x", null],
];
for (const [pattern, path, params] of CASES) {
  Deno.test(`compilePattern() matches ${path} with ${pattern}: ${JSON.stringify(params)}`, () => {
    const found = compilePattern(pattern)(path);
    deepEqual(found === null ? null : { ...found }, params);
  });
}

Deno.test("Router.match() prefers fixed paths, then takes patterns in order", () => {
  const router = new Router<string>();
  router.add("GET", "/a/:id", "first");
  router.add("GET", "/:any*", "second");
  router.add("GET", "/a/b", "fixed");
  equal(router.match("GET", "/a/b/")?.item, "fixed");
  equal(router.match("HEAD", "/a/c")?.item, "first");
  equal(router.match("GET", "/z")?.item, "second");
  deepEqual(router.match("POST", "/a/b"), { pattern: "/a/b", params: {}, item: null });
});

const PATHS: [url: string, path: string][] = [
  ["http://h/a/b?c", "/a/b"],
  ["http://h:1", "/"],
  ["http://h//a///b", "/a/b"],
  ["http://h/a/../b", "/b"],
  ["http://h/a/%2e%2e/b", "/b"],
  ["http://h/a\\b", "/a/b"],
  ["http://h/.well-known/x", "/.well-known/x"],
  ["http://h/ü", "/%C3%BC"],
  ["http://h/a#b?c", "/a"],
];
for (const [url, path] of PATHS) {
  Deno.test(`pathnameOf() gives ${path} for ${url}`, () => equal(pathnameOf(url), path));
}
