const SOURCES = [
  "deno.json",
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
 * The production build of the project in a folder, made anew if something changed since the last.
 *
 * @throws {Error} when it cannot be built; what went wrong was printed.
 */
export async function built(root: URL): Promise<URL> {
  const server = buildOf(root);
  if (await changedSince(server, root)) await build(root);
  return server;
}

/** Where the production build of a project is. */
export function buildOf(root: URL): URL {
  return new URL("_fresh/server.js", root);
}

async function build(root: URL): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "dev.ts", "build"],
    cwd: root,
    stdout: "null",
  }).output();
  if (code === 0) return;
  await Deno.stderr.write(stderr);
  throw new Error("Cannot build the project, so nothing was started. What went wrong is above");
}

async function changedSince(file: URL, root: URL): Promise<boolean> {
  const builtMs = (await Deno.stat(file).catch(() => undefined))?.mtime?.getTime();
  if (builtMs === undefined) return true;
  for (const source of SOURCES) {
    if (await newest(new URL(source, root)) > builtMs) return true;
  }
  return false;
}

async function newest(path: URL): Promise<number> {
  const stat = await Deno.stat(path).catch(() => undefined);
  if (!stat) return 0;
  let ms = stat.mtime?.getTime() ?? 0;
  if (!stat.isDirectory) return ms;
  for await (const entry of Deno.readDir(path)) {
    if (entry.name === "node_modules" || entry.name.startsWith(".") || entry.name.includes("_test.")) {
      continue;
    }
    ms = Math.max(ms, await newest(new URL(`${path.href}/${encodeURIComponent(entry.name)}`)));
  }
  return ms;
}
