import { cacheFolder } from "./cache_folder.ts";

/** A file with tests. */
export interface TestFile {
  /** From the project's root. */
  readonly path: string;
  /** Starts Chromium. */
  readonly browser: boolean;
  /** Does more under `deno task proof`, see `tests/effort.ts`. */
  readonly scales: boolean;
  /** How long it took the last time, or may take. */
  readonly seconds: number;
}

const WHERE = ["lib", "components", "routes", "tests", "links", "bench"];
/** Files that take longer have a process of their own; shorter ones share it with others. */
const SHORT_SECONDS = 4;
const GROUP_SECONDS = 10;

/** Folder of the tests that are only for `deno task proof`. */
export const PROOFS = "tests/proof/";

/** All files with tests, in the order of their paths. */
export async function testFiles(root: URL): Promise<TestFile[]> {
  const paths: string[] = [];
  const walk = async (folder: string) => {
    for await (const { name, isDirectory } of Deno.readDir(new URL(encodeURI(`${folder}/`), root))) {
      if (isDirectory && name !== "node_modules") await walk(`${folder}/${name}`);
      else if (/_test\.tsx?$/.test(name)) paths.push(`${folder}/${name}`);
    }
  };
  for (const folder of WHERE) await walk(folder);
  const times = await lastTimes();
  return await Promise.all(
    paths.sort().map(async (path) => {
      const text = await Deno.readTextFile(new URL(encodeURI(path), root));
      const imports = (file: string) =>
        text.includes(`from "@/tests/${file}"`) || text.includes(`from "./${file}"`);
      const starts = ["server.ts", "served.ts", "copied.ts", "ground.ts"].some(imports);
      return {
        path,
        browser: imports("browser.ts"),
        scales: path.startsWith(PROOFS) || imports("effort.ts"),
        seconds: times.get(path) ?? (starts || imports("browser.ts") ? 15 : 1),
      };
    }),
  );
}

/**
 * The files whose path has one of some names in it; all without names.
 *
 * @throws {Error} for a name that occurs in no path: a run without tests must not succeed.
 */
export function chosenFiles(files: readonly TestFile[], names: readonly string[]): readonly TestFile[] {
  const unknown = names.find((name) => !files.some(({ path }) => path.includes(name)));
  if (unknown !== undefined) {
    throw new Error(
      `Cannot run ${unknown}: no file of tests has that in its path. It is a part of one, as in deno task test gate/auth`,
    );
  }
  return names.length === 0 ? files : files.filter(({ path }) => names.some((name) => path.includes(name)));
}

/** Makes of files what one process each runs, the longest first. */
export function grouped(files: readonly TestFile[]): (readonly TestFile[])[] {
  const groups: TestFile[][] = [];
  for (const file of files) {
    const room = GROUP_SECONDS - file.seconds;
    const group = file.seconds > SHORT_SECONDS
      ? undefined
      : groups.find((group) =>
        group.every(({ seconds }) => seconds <= SHORT_SECONDS) && secondsOf(group) <= room
      );
    if (group) group.push(file);
    else groups.push([file]);
  }
  return groups.sort((a, b) => secondsOf(b) - secondsOf(a));
}

function secondsOf(group: readonly TestFile[]): number {
  return group.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** Keeps how long files took, for the order of the next time. */
export async function keepTimes(measured: ReadonlyMap<string, number>): Promise<void> {
  const times = { ...Object.fromEntries(await lastTimes()), ...Object.fromEntries(measured) };
  await Deno.writeTextFile(await timesFile(), JSON.stringify(times, null, 1));
}

async function lastTimes(): Promise<ReadonlyMap<string, number>> {
  try {
    return new Map(Object.entries(JSON.parse(await Deno.readTextFile(await timesFile()))));
  } catch {
    // Nothing was measured yet, or the file is damaged.
    return new Map();
  }
}

async function timesFile(): Promise<string> {
  return `${await cacheFolder()}/test_seconds.json`;
}
