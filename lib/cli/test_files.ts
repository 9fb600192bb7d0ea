import { cacheFolder } from "./cache_folder.ts";

/** A file with tests. */
export interface TestFile {
  /** From the project's root. */
  readonly path: string;
  /** Starts Chromium. */
  readonly browser: boolean;
  /** Does more under `deno task proof`, see `tests/effort.ts`. */
  readonly scales: boolean;
}

const WHERE = ["lib", "components", "routes", "tests", "links", "bench"];

/** Folder of the tests that are only for `deno task proof`. */
export const PROOFS = "tests/proof/";

/** All files with tests, in the order of their paths. */
export async function testFiles(root: URL): Promise<TestFile[]> {
  const paths: string[] = [];
  const walk = async (folder: string) => {
    for await (const { name, isDirectory } of Deno.readDir(new URL(encodeURI(`${folder}/`), root))) {
      if (isDirectory) await walk(`${folder}/${name}`);
      else if (/_test\.tsx?$/.test(name)) paths.push(`${folder}/${name}`);
    }
  };
  for (const folder of WHERE) await walk(folder);
  return await Promise.all(
    paths.sort().map(async (path) => {
      const text = await Deno.readTextFile(new URL(encodeURI(path), root));
      return {
        path,
        browser: /from "@\/tests\/browser\.ts"/.test(text),
        scales: path.startsWith(PROOFS) || /from "@\/tests\/effort\.ts"/.test(text),
      };
    }),
  );
}

/** How long each file took the last time, in seconds, by path. */
export async function lastTimes(): Promise<ReadonlyMap<string, number>> {
  try {
    return new Map(Object.entries(JSON.parse(await Deno.readTextFile(await timesFile()))));
  } catch {
    // Nothing was measured yet, or what was kept is damaged: the order is that of the paths.
    return new Map();
  }
}

/** Keeps how long files took, as the report of `deno test --parallel` says. */
export async function keepTimes(report: string): Promise<void> {
  const times = new Map<string, number>();
  for (
    const [, path = "", ...units] of report.matchAll(
      /^\.\/(\S+) => [^ ].* \.\.\. \w+ \((?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?\)$/gm,
    )
  ) {
    const [minutes = 0, seconds = 0, ms = 0] = units.map((unit) => Number(unit ?? 0));
    times.set(path, (times.get(path) ?? 0) + minutes * 60 + seconds + ms / 1000);
  }
  const all = { ...Object.fromEntries(await lastTimes()), ...Object.fromEntries(times) };
  await Deno.writeTextFile(await timesFile(), JSON.stringify(all, null, 1));
}

async function timesFile(): Promise<string> {
  return `${await cacheFolder()}/test_seconds.json`;
}
