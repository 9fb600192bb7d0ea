// deno-lint-ignore-file no-console -- a command talks to whoever started it
import { shareBrowser } from "@/tests/browser.ts";
import { build } from "./builds.ts";
import { failWith } from "./fail.ts";
import { needChromium } from "./need_chromium.ts";
import { chosenFiles, grouped, keepTimes, PROOFS, type TestFile, testFiles } from "./test_files.ts";

/**
 * `deno task test`: installs Chromium where it is missing and apt can, checks format, lint and types, and runs every test
 * but those of `tests/proof`. `deno task proof` runs those, and all that do more then, with their full numbers. Parts of
 * paths after the command choose among the files.
 *
 * Files run side by side, each long one in a process of its own, the longest first. The last line is `N passed, N failed`;
 * the command ends with 0 only if nothing failed. On a machine that cannot have Chromium, what needs it is left out: this
 * counts as a failure, except with `CHROMIUM=none`.
 */
const root = new URL("../../", import.meta.url);
const CHECKED = ["main.ts", "dev.ts", "routes", "islands", "components", "lib", "tests", "bench"];
const proof = Deno.args[0] === "proof";
const chosen = proof ? Deno.args.slice(1) : Deno.args;
/** Processes that took so long hang: no test may wait for longer. */
const MOST_MS = proof ? 4 * 3600_000 : 10 * 60_000;
/** One process more than there are processors: some wait for a browser or a server. A proof loads the machine by itself. */
const AT_ONCE = proof ? 1 : navigator.hardwareConcurrency + 1;

const started = performance.now();
let passed = 0;
let failed = 0;
const measured = new Map<string, number>();

const all = (await testFiles(root)).filter(({ path, scales }) => proof ? scales : !path.startsWith(PROOFS));
const wanted = choose();
const chromium = Deno.env.get("CHROMIUM") === "none" ? undefined : await needChromium();
const leftOut = wanted.filter(({ browser }) => browser && chromium === undefined);
if (!proof && chosen.length === 0) {
  await step("format", ["fmt", "--check", "--quiet"]);
  await step("lint", ["lint", "--quiet"]);
}
// Once, before servers of several tests do it at the same time.
await buildOnce();
const browser = chromium && wanted.some(({ browser }) => browser) ? await shareBrowser() : undefined;
const groups = grouped(wanted.filter((file) => !leftOut.includes(file)));
const todo = groups.values();
const types = proof || chosen.length > 0 ? undefined : step("types", ["check", "--quiet", ...CHECKED]);
await Promise.all(Array.from({ length: AT_ONCE }, async (_, at) => {
  if (at === 0) await types;
  for (const group of todo) await runGroup(group);
}));
// What a browser and an attacker see, on a Fresh that does no more than upstream.
if (proof && chosen.length === 0) await run(["run", "-A", "tests/plain.ts"]);
await browser?.close();
await keepTimes(measured);
if (leftOut.length > 0) tellLeftOut();
console.log(
  `${wanted.length - leftOut.length} files in ${groups.length} processes, ${secondsSince(started)} s`,
);
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 && passed > 0 ? 0 : 1);

function choose(): readonly TestFile[] {
  try {
    return chosenFiles(all, chosen);
  } catch (error) {
    return failWith(error, false);
  }
}

async function step(name: string, args: readonly string[]): Promise<void> {
  const since = performance.now();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: [...args], cwd: root })
    .output();
  await write(stdout, stderr);
  told(name, code === 0, since);
}

async function buildOnce(): Promise<void> {
  const since = performance.now();
  told("build", await build(root).then(() => true, () => false), since);
}

function told(name: string, well: boolean, since: number): void {
  if (well) passed++;
  else failed++;
  console.log(`${name} ... ${well ? "ok" : "FAILED"} (${secondsSince(since)} s)`);
}

/** Runs files one after the other in one process. */
async function runGroup(files: readonly TestFile[]): Promise<void> {
  const since = performance.now();
  await run(["test", "-A", "--quiet", "--no-check", ...files.map(({ path }) => path)]);
  if (proof) return;
  const seconds = (performance.now() - since) / 1000;
  for (const { path } of files) measured.set(path, seconds / files.length);
}

/** Runs Deno, prints what it said once it is over, and counts the tests. */
async function run(args: readonly string[]): Promise<void> {
  const late = AbortSignal.timeout(MOST_MS);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    env: {
      NO_COLOR: "1",
      ...(chromium && { CHROMIUM: chromium }),
      ...(browser && { CHROMIUM_SHARED: browser.wsEndpoint() }),
      ...(proof && { PROOF: "1" }),
    },
    stdin: "null",
    signal: late,
  }).output();
  await write(stdout, stderr);
  const text = new TextDecoder().decode(stdout).slice(-4000);
  const [, well = 0, ill = 0] = /(\d+) passed(?: \([^)]*\))? \| (\d+) failed/.exec(text) ?? [];
  passed += Number(well);
  failed += Number(ill);
  if (late.aborted) console.log(`FAILED: it did not end within ${MOST_MS / 60_000} minutes`);
  if (code !== 0 && Number(ill) === 0) failed++;
}

async function write(out: Uint8Array, err: Uint8Array): Promise<void> {
  for (let at = 0; at < out.length;) at += await Deno.stdout.write(out.subarray(at));
  for (let at = 0; at < err.length;) at += await Deno.stderr.write(err.subarray(at));
}

function tellLeftOut(): void {
  const asked = Deno.env.get("CHROMIUM") === "none";
  if (!asked) failed++;
  console.log(`
LEFT OUT: ${leftOut.length} files of tests that need Chromium were not run.
${leftOut.map(({ path }) => `  ${path}`).join("\n")}
${
    asked
      ? "CHROMIUM=none asked for that."
      : "It is not installed, and apt-get could not install it. Install it, or name one: CHROMIUM=<path>.\n" +
        "With CHROMIUM=none this is no failure."
  }`);
}

function secondsSince(ms: number): number {
  return Math.round((performance.now() - ms) / 1000);
}
