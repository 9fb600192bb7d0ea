/** A route of an app. */
export interface Route {
  /** What it answers, as Fresh writes it: `/demos/:id`. */
  readonly pattern: string;
  /** Path of its file within the routes folder. */
  readonly file: string;
}

/** Somewhere a request can go. */
export interface Place {
  /** An address that the pattern fits. */
  readonly path: string;
  readonly pattern: string;
  /** Whether it is one of the test's own routes, which the project has not. */
  readonly own: boolean;
}

// What the server answers before any route, whatever the routes are.
const OF_THE_SERVER = ["/healthz", "/healthz/ready", "/metrics", "/files/sandbox"];
// What every page has below it, for its files and for whoever logs in.
const BELOW = ["files", "files/:id", "login", "login/start", "login/callback", "logout", "account"];
const ID = "A".repeat(24);

/** The routes of an app, from the files in its routes folder, whatever the build makes of them. */
export async function routeList(root: URL): Promise<readonly Route[]> {
  const found: Route[] = [];
  for await (const file of routeFiles(new URL("routes/", root))) {
    found.push({ file, pattern: patternOf(file) });
  }
  if (found.length === 0) throw new Error(`There are no routes in ${root}`);
  return found.sort((a, b) => a.file < b.file ? -1 : 1);
}

async function* routeFiles(folder: URL, prefix = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(encodePath(prefix), folder))) {
    if (isDirectory) {
      if (!name.startsWith("(_")) yield* routeFiles(folder, `${prefix}${name}/`);
    } else if (/\.[jt]sx?$/.test(name) && !/^_|[._]test\./.test(name)) yield prefix + name;
  }
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** What Fresh answers with a file: `demos/[id].tsx` is `/demos/:id`. */
function patternOf(file: string): string {
  const parts = file.replace(/\.\w+$/, "").split("/").filter((part) => !/^\(.*\)$/.test(part));
  if (parts.at(-1) === "index") parts.pop();
  const named = parts.map((part) =>
    part.replace(/^\[\[(\w+)\]\]$/, ":$1?").replace(/^\[\.\.\.(\w+)\]$/, ":$1*").replace(/\[(\w+)\]/g, ":$1")
  );
  return `/${named.join("/")}`;
}

/** Everything that can be asked for: each route with what stands below it, and what the server itself answers. */
export async function placesOf(root: URL): Promise<readonly Place[]> {
  const places: Place[] = OF_THE_SERVER.map((pattern) => ({ pattern, path: pattern, own: false }));
  for (const { pattern, file } of await routeList(root)) {
    const own = !await exists(new URL(`../../routes/${file}`, import.meta.url));
    for (const below of ["", ...BELOW]) {
      const whole = below === "" ? pattern : `${pattern === "/" ? "" : pattern}/${below}`;
      places.push({ pattern: whole, path: fill(whole), own });
    }
  }
  return places;
}

/** The beginnings below which anything may follow: what attacks on paths are tried at. */
export async function wildOf(root: URL): Promise<readonly string[]> {
  const places = await placesOf(root);
  const below = places.filter(({ pattern }) => /:\w+\*?$/.test(pattern))
    .map(({ path }) => path.slice(0, path.lastIndexOf("/") + 1));
  return [
    ...new Set([...below, "/", "/files/", "/demos/", "/static/", "/_fresh/", "/_fresh/js/", "/healthz/"]),
  ];
}

function fill(pattern: string): string {
  return pattern.replace(/:path\*/, "a/b").replace(/:kind/, "none").replace(/:id/g, ID);
}

async function exists(file: URL): Promise<boolean> {
  return await Deno.stat(file).then(() => true, () => false);
}
