/** A copy of the project that a test may write to and start a server of. */
export interface Copied extends AsyncDisposable {
  /** Where it lies, with a slash at its end. */
  readonly root: URL;
}

const root = new URL("../", import.meta.url);
const PARTS = [
  "deno.json",
  "deno.lock",
  "main.ts",
  "dev.ts",
  "routes",
  "islands",
  "components",
  "lib",
  "static",
  "links",
];

/**
 * Copies the project. With a folder of routes, a path from the project's root, its pages stand in for the demos; with
 * several, they stand beside the demos.
 */
export async function copyProject(routes?: string | readonly string[]): Promise<Copied> {
  const path = await Deno.makeTempDir({ prefix: "atoll-copy-" });
  for (const part of PARTS) await put(new URL(part, root), `${path}/${part}`);
  if (typeof routes === "string") await Deno.remove(`${path}/routes/demos`, { recursive: true });
  for (const folder of typeof routes === "string" ? [routes] : routes ?? []) {
    await put(new URL(folder, root), `${path}/routes`);
  }
  await Deno.symlink(new URL("node_modules", root).pathname, `${path}/node_modules`);
  return {
    root: new URL(`file://${path}/`),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** Copies a file or a folder. What is not there is passed over: a project without links has none to copy. */
export async function put(from: URL, to: string): Promise<void> {
  const found = await Deno.stat(from).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (found === undefined) return;
  if (!found.isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) {
    if (name !== "node_modules") {
      await put(new URL(`${from.href}/${encodeURIComponent(name)}`), `${to}/${name}`);
    }
  }
}
