import assert from "node:assert/strict";

Deno.test("P06: a Deno older than the oldest that will do is refused, with the reason", async () => {
  for (
    const [version, code] of [["2.8.9", 1], ["1.46.3", 1], ["2.9.0", 0], ["2.10.0", 0], ["3.0.0", 0]] as const
  ) {
    const program = `import { refuseOldDeno } from ${JSON.stringify(import.meta.resolve("./needs.ts"))};
      refuseOldDeno("start", ${JSON.stringify(version)});`;
    const output = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "--quiet",
        "--config",
        "deno.json",
        `data:text/typescript,${encodeURIComponent(program)}`,
      ],
      cwd: new URL("../../", import.meta.url),
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(output.stderr);
    assert.equal(output.code, code, `${version}: ${text}`);
    if (code === 1) {
      assert.match(
        text,
        /^Atoll needs Deno 2\.9\.0 or newer, because permissions of older ones have known holes; /,
      );
      assert.ok(text.includes(`this is ${version}.`), text);
    }
  }
});
