import assert from "node:assert/strict";
import { flagsOf } from "./flags.ts";
import { refuseUnknownSettings } from "./known_settings.ts";

const task = { name: "start", does: "Starts.", flags: { "--show": "Shows" } };

Deno.test("flagsOf() gives flags that a task takes, refuses others and says what would be right", () => {
  assert.deepEqual(flagsOf(["--show"], task), new Set(["--show"]));
  assert.deepEqual(flagsOf([], task), new Set());
  for (
    const [args, right] of [
      [["--shwo"], /^Cannot use --shwo: .*; did you mean --show\?$/],
      [["--port", "9000"], /^Cannot use --port: .* PORT=9000 deno task start$/],
      [["--port=9000"], /PORT=9000 deno task start$/],
      [["--nothing-like-it"], /see deno task start --help$/],
      [["show"], /did you mean --show\?$/],
    ] as const
  ) assert.throws(() => flagsOf(args, task), { message: right });
  for (const args of [["--help"], ["-h"], ["--show", "--help"]]) {
    assert.match(flagsOf(args, task) as string, /^deno task start\n\nStarts\.\n\n {2}--show {4}Shows\n/);
  }
});

Deno.test("refuseUnknownSettings() names the setting that was most likely meant", () => {
  const names = ["ATOLL_HOSTS", "ATOLL_PROXIES", "ATOLL_DATA"];
  const check = (env: Record<string, string>) => refuseUnknownSettings(env, names);
  check({ ATOLL_HOSTS: "a", ATOLL_ALLOW_NET: "b", PATH: "c", HOST: "d" });
  check({ ATOLL_ALLOW_ENV: "API_KEY, ATOLL_OWN", ATOLL_OWN: "1" });
  for (
    const [name, right] of [
      ["ATOLL_HOST", "did you mean ATOLL_HOSTS?"],
      ["ATOLL_PROXY", "did you mean ATOLL_PROXIES?"],
      ["atoll_data", "docs/settings.md lists all of them"],
      ["ATOLL_ALLOW_NETS", "did you mean ATOLL_ALLOW_NET?"],
      ["ATOLL_SOMETHING_ELSE", "docs/settings.md lists all of them"],
    ] as const
  ) {
    const message = `Cannot use ${name}: there is no such setting; ${right}`;
    assert.throws(() => check({ [name]: "1" }), { name: "RangeError", message });
  }
});
