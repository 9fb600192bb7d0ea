// deno-lint-ignore-file no-console -- a command talks to whoever started it
/**
 * `deno task test`: installs Chromium where it is missing and apt can, checks format, lint and types, and runs every
 * test. Its last line is `N passed, N failed`; it ends with 0 only if nothing failed.
 */
const root = new URL("../../", import.meta.url);
const WHERE = ["lib", "components", "routes", "tests", "links", "bench"];
let passed = 0;
let failed = 0;

await needChromium();
await step("format", ["fmt", "--check", "--quiet"]);
await step("lint", ["lint", "--quiet"]);
await step("types", [
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
]);
await runTests();
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 && passed > 0 ? 0 : 1);

async function needChromium(): Promise<void> {
  const browser = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
  if (await Deno.stat(browser).then(() => true, () => false)) return;
  console.log("Chromium is missing: installing it with apt");
  for (const args of [["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]]) {
    const { code } = await new Deno.Command("apt-get", { args, env: { DEBIAN_FRONTEND: "noninteractive" } })
      .output()
      .catch(() => ({ code: 1 }));
    if (code !== 0) {
      console.error(`Chromium could not be installed (apt-get ${args[0]} failed). Install it and try again,`);
      console.error("or name one: CHROMIUM=<path> deno task test");
      console.log("0 passed, 1 failed");
      Deno.exit(1);
    }
  }
}

async function step(name: string, args: string[]): Promise<void> {
  const started = performance.now();
  const { code } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (code === 0) passed++;
  else failed++;
  console.log(
    `${name} ... ${code === 0 ? "ok" : "FAILED"} (${Math.round((performance.now() - started) / 1000)} s)`,
  );
}

async function runTests(): Promise<void> {
  const there = [];
  for (const folder of WHERE) {
    if (await Deno.stat(new URL(folder, root)).then(() => true, () => false)) there.push(folder);
  }
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--quiet", "--no-check", "--permit-no-files", ...Deno.args, ...there],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    await Deno.stdout.write(new TextEncoder().encode(piece));
    text = (text + piece).slice(-4000);
  }
  const { code } = await child.status;
  const summary = /(\d+) passed(?: \([^)]*\))? \| (\d+) failed/.exec(text);
  passed += Number(summary?.[1] ?? 0);
  failed += Number(summary?.[2] ?? (code === 0 ? 0 : 1));
  if (code !== 0 && failed === 0) failed++;
}
