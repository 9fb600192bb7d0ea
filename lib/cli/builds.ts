import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { log } from "@/lib/ops/log.ts";
import { identityOf, sourcesOf } from "./sources.ts";

/** Folder of a project in which its builds lie, each in a folder of its own. */
export const BUILDS = "_builds";
/** Folder of a build in which Fresh puts its scripts. */
export const SCRIPTS = "_fresh/static/_fresh/js";

/** Builds that stay when there are newer ones; those that a server runs stay as well. */
const KEPT = 3;
/** Written last: a folder without it is not a complete build. */
const MARK = "build.json";
/** Folders that a build neither copies nor links to. */
const APART = new Set(["_fresh", BUILDS, "coverage", "vendor"]);

/** A build that a server runs: while this is open, no other build removes it. */
export interface HeldBuild extends Disposable {
  /** Its folder: a project of its own. */
  readonly root: URL;
  /** Ids of the other builds, whose pages may still be open. */
  readonly others: readonly string[];
}

/** Options for {@linkcode build}. */
export interface BuildOptions {
  /** Makes what Fresh makes in a folder. Default `dev.ts build` of that folder. */
  readonly make?: (folder: string) => Promise<void>;
  /** Told when another process builds the same project and has to be waited for. */
  readonly onWait?: () => void;
}

/**
 * Builds a project as it is now, if that is not done yet. A build is a copy of all files that a server runs, in a
 * folder that is named after its contents. Running servers do not change when sources or other builds change.
 * Folders other than sources are linked.
 *
 * @returns the folder of the build, with a slash at its end.
 * @throws {Error} when it cannot be built; what went wrong was printed.
 */
export async function build(root: URL, { make = makeWithFresh, onWait }: BuildOptions = {}): Promise<URL> {
  const folder = fileURLToPath(root).replace(/[/\\]$/, "");
  const target = join(folder, BUILDS, identityOf(folder));
  if (!exists(join(target, MARK))) await buildAlone(folder, target, make, onWait);
  if (!leads(join(target, "node_modules"))) {
    throw new Error(
      `Cannot use the build: ${folder}/node_modules is not there. Run deno install as the user who owns it`,
    );
  }
  return pathToFileURL(`${target}/`);
}

/** Where the build of a project as it is now is, or would be. */
export function buildOf(root: URL): URL {
  const folder = fileURLToPath(root).replace(/[/\\]$/, "");
  return pathToFileURL(`${join(folder, BUILDS, identityOf(folder))}/`);
}

/** As {@linkcode build}, and nobody removes that build until the result is disposed of. */
export async function holdBuild(root: URL, options: BuildOptions = {}): Promise<HeldBuild> {
  while (true) {
    const built = await build(root, options);
    // Removed in between, after others were built: built again.
    const mark = await Deno.open(new URL(MARK, built)).catch(() => undefined);
    if (mark === undefined) continue;
    await mark.lock(false);
    if (!exists(fileURLToPath(new URL(MARK, built)))) {
      mark.close();
      continue;
    }
    const own = built.pathname.split("/").at(-2);
    const others = completeIn(fileURLToPath(new URL("../", built))).map(({ id }) => id);
    return {
      root: built,
      others: others.filter((id) => id !== own),
      [Symbol.dispose]: () => mark.close(),
    };
  }
}

async function buildAlone(
  folder: string,
  target: string,
  make: (folder: string) => Promise<void>,
  onWait?: () => void,
): Promise<void> {
  const builds = dirname(target);
  await Deno.mkdir(builds, { recursive: true }).catch(refused);
  using file = await Deno.open(join(builds, "lock"), { create: true, write: true }).catch(refused);
  if (!await file.tryLock(true)) {
    onWait?.();
    await file.lock(true);
  }
  if (exists(join(target, MARK))) return;
  const older = completeIn(builds);
  // Without a mark: what a build that was ended left behind.
  await clear(builds, (id) => !older.some((build) => build.id === id));
  await copy(folder, target);
  await make(target);
  // For the next build, which then asks no registry.
  if (exists(join(target, "vendor"))) await copyAll(join(target, "vendor"), join(folder, "vendor"));
  const number = 1 + Math.max(0, ...older.map(({ number }) => number));
  await Deno.writeTextFile(join(target, `${MARK}.new`), JSON.stringify({ number }));
  await Deno.rename(join(target, `${MARK}.new`), join(target, MARK));
  const kept = older.sort((a, b) => b.number - a.number).slice(0, KEPT - 1).map(({ id }) => id);
  await clear(builds, (id) => join(builds, id) !== target && !kept.includes(id));

  function refused(cause: unknown): never {
    throw new Error(
      `Cannot build the project: as it is now ${folder} was not built yet, and this user may not write to ${builds}. ` +
        "Run deno task build as the user who owns it",
      { cause },
    );
  }
}

/** A project of its own that stays as it is. */
async function copy(folder: string, target: string): Promise<void> {
  const sources = sourcesOf(folder);
  if (exists(join(folder, "vendor"))) await copyAll(join(folder, "vendor"), join(target, "vendor"));
  for (const path of sources) {
    const to = join(target, path);
    await Deno.mkdir(dirname(to), { recursive: true });
    await Deno.copyFile(join(folder, path), to);
  }
  const copied = new Set(sources.map((path) => path.split("/")[0]));
  for (const { name } of Deno.readDirSync(folder)) {
    if (copied.has(name) || APART.has(name) || name.startsWith(".")) continue;
    const path = join(folder, name);
    // A link may lead to a disk that is not there at the moment.
    if (!leads(path) || !Deno.statSync(path).isDirectory) continue;
    await Deno.symlink(`../../${name}`, join(target, name), { type: "junction" });
  }
}

async function copyAll(from: string, to: string): Promise<void> {
  if (!Deno.statSync(from).isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for (const { name } of Deno.readDirSync(from)) await copyAll(join(from, name), join(to, name));
}

async function makeWithFresh(folder: string): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "dev.ts", "build"],
    cwd: folder,
    stdout: "null",
  }).output();
  if (code === 0) return;
  await Deno.stderr.write(stderr);
  throw new Error("Cannot build the project, so nothing was started. What went wrong is above");
}

interface Complete {
  readonly id: string;
  readonly number: number;
}

function completeIn(builds: string): Complete[] {
  const found: Complete[] = [];
  for (const { name } of Deno.readDirSync(builds)) {
    try {
      const { number } = JSON.parse(Deno.readTextFileSync(join(builds, name, MARK)));
      found.push({ id: name, number: Number(number) });
    } catch {
      // No build, or an unfinished one.
    }
  }
  return found;
}

/** Removes builds that no server runs. */
async function clear(builds: string, chosen: (id: string) => boolean): Promise<void> {
  for (const { name, isDirectory } of [...Deno.readDirSync(builds)]) {
    if (!isDirectory || !chosen(name)) continue;
    const path = join(builds, name);
    using mark = await Deno.open(join(path, MARK)).catch(() => undefined);
    if (mark !== undefined && !await mark.tryLock(true)) continue;
    await Deno.remove(path, { recursive: true })
      .catch((error) => log("warn", "build_not_removed", { message: `Cannot remove ${path}: ${error}` }));
  }
}

function leads(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
