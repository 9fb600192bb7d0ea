// deno-lint-ignore-file no-console -- a command talks to whoever started it
/**
 * The project on a plain Fresh: a copy in which the stand-in does nothing beyond upstream, see `links/fresh/src/plain.ts`.
 *
 *     deno run -A tests/plain.ts [what deno test takes]
 *
 * runs tests in such a copy, by default those in a browser and those of the security cases.
 */
import { type Copied, copyProject, put } from "./copied.ts";

const root = new URL("../", import.meta.url);
const SWITCH = "links/fresh/src/plain.ts";
/** What a copy does not take along: it makes its own, or has no use for it. */
const APART = new Set([".git", "_builds", "_fresh", "coverage", "data", "node_modules", "vendor"]);
const DEFAULT = ["tests/e2e", "tests/security", "tests/parity/recorded_test.ts"];

/** Copies the project as {@linkcode copyProject} does, with a stand-in that does nothing beyond upstream. */
export async function copyPlain(routes?: string | readonly string[]): Promise<Copied> {
  const copy = await copyProject(routes);
  const file = new URL(SWITCH, copy.root);
  const text = await Deno.readTextFile(file);
  const plain = text.replace("PLAIN: boolean = false", "PLAIN: boolean = true");
  if (plain === text && !text.includes("PLAIN: boolean = true")) throw new Error(`${SWITCH} has no switch`);
  await Deno.writeTextFile(file, plain);
  return copy;
}

if (import.meta.main) {
  await using copy = await copyPlain();
  const there = new Set(Array.from(Deno.readDirSync(copy.root), ({ name }) => name));
  for (const { name } of Deno.readDirSync(root)) {
    // What tests read beside the project itself.
    if (!there.has(name) && !APART.has(name)) await put(new URL(name, root), copy.root.pathname + name);
  }
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--quiet", "--no-check", ...Deno.args.length > 0 ? Deno.args : DEFAULT],
    cwd: copy.root,
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (code !== 0) console.error("On a plain Fresh tests fail, see above");
  Deno.exitCode = code;
}
