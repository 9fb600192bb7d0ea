import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Throws when the app and this framework would each use a Preact of their own. Pages would then come out empty, with no
 * error anywhere.
 */
export async function assertOnePreact(projectDir: string): Promise<void> {
  const own = import.meta.resolve("preact");
  if (!own.startsWith("file:")) return;
  let installed: string;
  try {
    installed = await Deno.realPath(join(projectDir, "node_modules", "preact"));
  } catch {
    // Not installed in a folder: Deno's own resolution decides
    return;
  }
  const path = fileURLToPath(own);
  if (!path.startsWith(installed)) throw new Error(message(installed, path));
}

/** Throws when scripts for browsers contain two copies of Preact. `inputs` are the bundled files. */
export function assertOnePreactIn(inputs: readonly string[]): void {
  const copies = new Set(
    inputs.flatMap((path) => /^(.*node_modules\/preact)\/dist\/preact\.\w+$/.exec(path)?.[1] ?? []),
  );
  const [first, second] = copies;
  if (first !== undefined && second !== undefined) throw new Error(message(first, second));
}

function message(first: string, second: string): string {
  return `Cannot build: there are two copies of preact, ${first} and ${second}. ` +
    'Set "preact" to "npm:preact@^10.29.1" in the imports of deno.json and remove node_modules and deno.lock';
}
