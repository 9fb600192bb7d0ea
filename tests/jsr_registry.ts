import { createHash } from "node:crypto";

/** Serves the packages of `links` as JSR serves what was published there. */
export interface JsrRegistry extends AsyncDisposable {
  /** What `JSR_URL` is set to: `http://127.0.0.1:<port>/` */
  readonly url: string;
}

interface Package {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports?: Readonly<Record<string, string>>;
}

const root = new URL("../", import.meta.url);

/** Starts a registry on a free port of 127.0.0.1. */
export async function serveJsr(): Promise<JsrRegistry> {
  const { links } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root))) as { links?: string[] };
  const files = new Map<string, string>();
  for (const link of links ?? []) await publish(new URL(`${link}/`, root), files);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
    const { pathname } = new URL(url);
    const text = files.get(pathname);
    if (text === undefined) return new Response("Not found", { status: 404 });
    const type = pathname.endsWith(".json") ? "application/json" : "text/typescript";
    return new Response(text, { headers: { "content-type": type } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Puts the files of a package, and what the registry says about it, under their paths. */
async function publish(folder: URL, files: Map<string, string>): Promise<void> {
  const about = JSON.parse(await Deno.readTextFile(new URL("deno.json", folder))) as Package;
  const { name, version, exports, imports = {} } = about;
  const manifest: Record<string, { size: number; checksum: string }> = {};
  for await (const path of sources(folder)) {
    const text = withFullImports(await Deno.readTextFile(new URL(path, folder)), imports);
    const bytes = new TextEncoder().encode(text);
    const checksum = `sha256-${createHash("sha256").update(bytes).digest("hex")}`;
    manifest[`/${path}`] = { size: bytes.length, checksum };
    files.set(`/${name}/${version}/${path}`, text);
  }
  const [scope, short] = name.slice(1).split("/");
  const meta = { scope, name: short, latest: version, versions: { [version]: {} } };
  files.set(`/${name}/meta.json`, JSON.stringify(meta));
  files.set(`/${name}/${version}_meta.json`, JSON.stringify({ manifest, exports }));
}

async function* sources(folder: URL, prefix = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(prefix, folder))) {
    const path = prefix + name;
    if (isDirectory) {
      if (name !== "testdata" && name !== "node_modules") yield* sources(folder, `${path}/`);
    } else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) yield path;
  }
}

/** Writes out what bare names stand for, as publishing does: a package of a registry has no import map. */
export function withFullImports(source: string, imports: Readonly<Record<string, string>>): string {
  return source.replace(
    /(\bfrom\s*|\bimport\s*\(?\s*|\bimport\.meta\.resolve\(\s*)"([^"./][^":]*)"/g,
    (whole, before: string, specifier: string) => {
      const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? "";
      const target = imports[name];
      return target === undefined ? whole : `${before}"${target}${specifier.slice(name.length)}"`;
    },
  );
}
