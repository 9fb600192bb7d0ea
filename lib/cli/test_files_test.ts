import assert from "node:assert/strict";
import { chosenFiles, type TestFile } from "./test_files.ts";

const files = ["lib/gate/auth_test.ts", "lib/gate/auth_roles_test.ts", "tests/crash_test.ts"]
  .map((path): TestFile => ({ path, browser: false, scales: false, seconds: 1 }));

Deno.test("chosenFiles() takes the files whose path has one of the names in it, and all without names", () => {
  assert.deepEqual(chosenFiles(files, []), files);
  assert.deepEqual(chosenFiles(files, ["gate/auth"]), files.slice(0, 2));
  assert.deepEqual(chosenFiles(files, ["crash", "auth_roles"]), files.slice(1));
});

Deno.test("chosenFiles() refuses a name that no path has in it, beside others too", () => {
  for (const names of [["gate/oauth"], ["crash", "--help"]]) {
    assert.throws(
      () => chosenFiles(files, names),
      /^Error: Cannot run (?:gate\/oauth|--help): no file of tests/,
    );
  }
});
