// deno-lint-ignore-file no-console -- a command talks to whoever started it
import { built } from "./built.ts";
import { needChromium } from "./need_chromium.ts";
import { keepTimes, lastTimes, PROOFS, type TestFile, testFiles } from "./test_files.ts";

/**
 * `deno task test`: installs Chromium where it is missing and apt can, checks format, lint and types, and runs every test
 * but those of `tests/proof`. `deno task proof` runs those, and all that do more then, with their full numbers. Names of
 * files after the command choose among them.
 *
 * The last line is `N passed, N failed`; the command ends with 0 only if nothing failed. On a machine that cannot have
 * Chromium, what needs it is left out: this counts as a failure, except with `CHROMIUM=none`.
 */
const root = new URL("../../", import.meta.url);
const CHECKED = ["main.ts", "dev.ts", "routes", "islands", "components", "lib", "tests", "bench"];
/** A file that says nothing for so long hangs: no test may wait for longer. */
const SILENT_MS = 10 * 60_000;
/** Those that change what all files of a process share, such as its environment. */
const ALONE = new Set<string>([]);

/** Files at once. One more than there are processors: some wait for a clock of their own, a browser or a server. */
const JOBS = String(navigator.hardwareConcurrency + 1);

const proof = Deno.args[0] === "proof";
const chosen = proof ? Deno.args.slice(1) : Deno.args;
const started = performance.now();
let passed = 0;
let failed = 0;

const chromium = Deno.env.get("CHROMIUM") === "none" ? undefined : await needChromium();
const { run, leftOut } = await select();
if (!proof && chosen.length === 0) {
  await Promise.all([
    step("format", ["fmt", "--check", "--quiet"]),
    step("lint", ["lint", "--quiet"]),
    step("types", ["check", "--quiet", ...CHECKED]),
  ]);
}
await build();
// A proof loads the machine by itself.
const together = (file: TestFile) => !proof && !ALONE.has(file.path);
await pass(run.filter(together), "--parallel");
await pass(run.filter((file) => !together(file)));
if (leftOut.length > 0) tellLeftOut();
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 && passed > 0 ? 0 : 1);

/** The files that are run, those that took longest the last time first, and those that cannot be run here. */
async function select(): Promise<{ run: readonly TestFile[]; leftOut: readonly TestFile[] }> {
  const times = await lastTimes();
  const seconds = ({ path, browser }: TestFile) => times.get(path) ?? (browser ? 10 : 1);
  const wanted = (await testFiles(root))
    .filter(({ path, scales }) => proof ? scales : !path.startsWith(PROOFS))
    .filter(({ path }) => chosen.length === 0 || chosen.some((name) => path.includes(name)))
    .toSorted((a, b) => seconds(b) - seconds(a));
  return {
    run: wanted.filter(({ browser }) => !browser || chromium !== undefined),
    leftOut: wanted.filter(({ browser }) => browser && chromium === undefined),
  };
}

async function step(name: string, args: readonly string[]): Promise<void> {
  const since = performance.now();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: [...args], cwd: root })
    .output();
  await Deno.stdout.write(stdout);
  await Deno.stderr.write(stderr);
  told(name, code === 0, since);
}

/** Once, before servers of several tests do it at the same time. */
async function build(): Promise<void> {
  const since = performance.now();
  told("build", await built(root).then(() => true, () => false), since);
}

function told(name: string, well: boolean, since: number): void {
  if (well) passed++;
  else failed++;
  console.log(`${name} ... ${well ? "ok" : "FAILED"} (${secondsSince(since)} s)`);
}

async function pass(files: readonly TestFile[], ...flags: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "-A",
      "--quiet",
      "--no-check",
      ...flags,
      ...files.map(({ path }) => path),
    ],
    cwd: root,
    env: {
      NO_COLOR: "1",
      DENO_JOBS: JOBS,
      ...(chromium && { CHROMIUM: chromium }),
      ...(proof && { PROOF: "1" }),
    },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  let silent: ReturnType<typeof setTimeout> | undefined;
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    clearTimeout(silent);
    silent = setTimeout(() => {
      console.log(`\nFAILED: no test has ended for ${SILENT_MS / 60_000} minutes`);
      child.kill("SIGKILL");
    }, SILENT_MS);
    await Deno.stdout.write(new TextEncoder().encode(piece));
    text += piece;
  }
  clearTimeout(silent);
  const { code } = await child.status;
  const summary = /(\d+) passed(?: \([^)]*\))? \| (\d+) failed/.exec(text.slice(-4000));
  passed += Number(summary?.[1] ?? 0);
  failed += Number(summary?.[2] ?? 0);
  if (code !== 0 && Number(summary?.[2] ?? 0) === 0) failed++;
  if (!proof) await keepTimes(text);
  console.log(`${files.length} files, ${secondsSince(started)} s since the start`);
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
