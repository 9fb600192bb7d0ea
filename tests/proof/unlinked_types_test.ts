import { copyUnlinked } from "@/tests/unlinked.ts";

Deno.test("Without links and lock every module has the types that it is used with", async () => {
  await using copy = await copyUnlinked(["tests", "bench"]);
  await copy.deno(
    "check",
    "--quiet",
    "main.ts",
    "dev.ts",
    "routes",
    "islands",
    "components",
    "lib",
    "tests",
    "bench",
  );
});
