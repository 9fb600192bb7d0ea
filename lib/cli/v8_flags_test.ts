import assert from "node:assert/strict";
import { v8Flags } from "./v8_flags.ts";

Deno.test("v8Flags() bounds the heap by the memory, and has V8 make nothing old from its beginning", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      v8Flags(2 ** 30),
      'import { getHeapStatistics } from "node:v8"; console.log(getHeapStatistics().heap_size_limit);',
    ],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const limitBytes = Number(new TextDecoder().decode(stdout));
  assert.ok(limitBytes >= 768 * 2 ** 20 && limitBytes < 1024 * 2 ** 20, `${limitBytes}`);
  assert.ok(v8Flags().endsWith(",--no-allocation-site-pretenuring"));
});

Deno.test("The server that is launched has the flags of v8Flags(), and the measured apps have them", async () => {
  for (const path of ["lib/cli/launch.ts", "bench/programs.ts"]) {
    const source = await Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
    assert.match(source, /^ +(?:args: \[)?.*\bv8Flags\(/m, path);
  }
});
