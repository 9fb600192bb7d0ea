import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A disk that fails on demand, for processes that are started with its variables. */
export interface FailingDisk extends AsyncDisposable {
  /** A folder on it. */
  readonly folder: string;
  /** The variables. */
  readonly env: Readonly<Record<string, string>>;
  /** From now on calls (`write`, `read`, `sync`) fail with an error number on files whose path has a part. */
  fail(call: "write" | "read" | "sync", part: string, errno: number): void;
  /** The disk is well again. */
  heal(): void;
}

/** Error numbers of Linux. */
export const EIO = 5;
export const ENOSPC = 28;

/** Makes such a disk; `undefined`, and said aloud, where there is no C compiler. */
export async function failingDisk(): Promise<FailingDisk | undefined> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "atoll-" }));
  const library = join(folder, "preload.so");
  const source = fileURLToPath(new URL("./preload.c", import.meta.url));
  const made = Deno.build.os === "linux" && await new Deno.Command("cc", {
    args: ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"],
    stderr: "inherit",
  }).output().then(({ success }) => success, () => false);
  if (!made) {
    // deno-lint-ignore no-console -- nobody is to believe that this was tested
    console.warn("LEFT OUT: what a failing disk does. There is no C compiler (cc) for Linux here");
    await Deno.remove(folder, { recursive: true });
    return undefined;
  }
  const faults = join(folder, "faults");
  return {
    folder,
    env: { LD_PRELOAD: library, FAULTS: faults },
    fail: (call, part, errno) => {
      // By a rename: half of a line is never read.
      Deno.writeTextFileSync(`${faults}.new`, `${call} ${part} ${errno}\n`);
      Deno.renameSync(`${faults}.new`, faults);
    },
    heal: () => Deno.removeSync(faults),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
