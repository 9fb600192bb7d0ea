import assert from "node:assert/strict";
import { fileRefSchema } from "./file_ref.ts";

const ref = { id: "a".repeat(22), url: "/demos/x/files/a", name: "<b>.png", size: 1, mime: "image/png" };

Deno.test("fileRefSchema takes paths of this site and http addresses", () => {
  for (const url of [ref.url, "https://files.example/files/a", "http://localhost:1/files/a"]) {
    assert.deepEqual(fileRefSchema.parse({ ...ref, url }), { ...ref, url });
  }
});

Deno.test("fileRefSchema refuses addresses that run script or that browsers read otherwise", () => {
  const wrong = [
    "javascript:canary()",
    "JaVaScript:canary()",
    "java\nscript:canary()",
    "data:text/html,x",
    "//elsewhere.test/x",
    "/\\elsewhere.test/x",
    "/\t/elsewhere.test/x",
    "https:\\\\elsewhere.test",
    "x.png",
    "",
  ];
  for (const url of wrong) assert.ok(!fileRefSchema.safeParse({ ...ref, url }).success, url);
});
