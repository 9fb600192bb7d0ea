/** A source file below the folder of the demos. */
export interface DemoFile {
  /** Its path in that folder, with `/`. */
  readonly name: string;
  /** Address of its page below that of the folder; absent where it has none. */
  readonly path?: string;
  /** Why it has no page. */
  readonly apart?: string;
}

/** Files with a meaning of their own among routes. */
const SPECIAL = /^_(?:app|layout|middleware|error|500|404)$/;

/** The source files that may be demos, by the rules that Fresh serves routes by. */
export async function* demoFiles(home: URL, folder = ""): AsyncGenerator<DemoFile> {
  const entries = await Array.fromAsync(Deno.readDir(new URL(encodeURI(folder), home))).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  });
  for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (isDirectory) {
      if (!/^\(_.+\)$/.test(name)) yield* demoFiles(home, `${folder}${name}/`);
      continue;
    }
    const [, base] = /^(.*)\.[jt]sx?$/.exec(name) ?? [];
    if (base === undefined || base.endsWith(".d") || SPECIAL.test(base)) continue;
    const file = folder + name;
    const apart = /[_.]test$/.test(base)
      ? "files that end in _test are tests"
      : base.startsWith("_")
      ? 'names that begin with "_" are no pages'
      : undefined;
    if (apart !== undefined) {
      yield { name: file, apart };
      continue;
    }
    const parts = [...folder.split("/"), base === "index" ? "" : base].filter((part) =>
      !/^(?:\(.*\))?$/.test(part)
    );
    if (parts.some((part) => /[[\]]/.test(part))) continue;
    yield { name: file, path: parts.join("/") };
  }
}
