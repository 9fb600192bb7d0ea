import { twind, virtual } from "twind";
import { theme } from "./theme.ts";
import { tokensCss } from "./tokens.ts";

/** The folders of a project whose views may name classes. */
export const SOURCES = ["routes", "components", "islands", "lib"] as const;

/** A style sheet made from the classes that views use. */
export interface Collected {
  /** The whole sheet, minified. */
  readonly css: string;
  /** Classes that the views use, sorted. */
  readonly classes: readonly string[];
  /** Classes of the views that no rule stands for, each with the files that use it. */
  readonly unknown: ReadonlyMap<string, readonly string[]>;
}

/**
 * Makes the style sheet of a project: tokens, the hand-written sheets of this folder, then one rule for each utility
 * class that a view names. The same sources give the same text.
 *
 * Only literal class names are found: `class="..."`, string literals inside `class={...}`, and those handed to
 * `classes(...)`.
 *
 * @param root Directory of the project, a file URL that ends with `/`.
 */
export async function collect(root: URL): Promise<Collected> {
  const users = new Map<string, string[]>();
  for (const folder of SOURCES) {
    for (const file of await tsxFiles(new URL(`${folder}/`, root))) {
      const source = await Deno.readTextFile(file);
      for (const name of classesIn(source)) {
        const path = file.href.slice(root.href.length);
        const known = users.get(name);
        if (!known) users.set(name, [path]);
        else if (!known.includes(path)) known.push(path);
      }
    }
  }
  const written = minify(
    await Deno.readTextFile(new URL("./base.css", import.meta.url)) +
      await Deno.readTextFile(new URL("./parts.css", import.meta.url)),
  );
  const own = new Set(Array.from(written.matchAll(/\.(-?[a-z_][\w-]*)/gi), ([, name]) => name));
  const sheet = virtual();
  const tw = twind(theme, sheet);
  const unknown = new Map<string, string[]>();
  const classes = [...users.keys()].sort();
  for (const name of classes) {
    if (own.has(name) || MARKERS.test(name)) continue;
    const before = sheet.target.length;
    tw(name);
    if (sheet.target.length === before) unknown.set(name, users.get(name) ?? []);
  }
  // Twind writes names for browsers that know none of the sheets above as well.
  const utilities = sheet.target.join("").replace(
    /(?<=[{;])(?:-ms-[\w-]+|-webkit-[\w-]+|grid-gap|word-wrap|display:-ms-grid)(?::[^;}]*)?;/g,
    "",
  );
  return { css: tokensCss() + written + minify(utilities), classes, unknown };
}

// Classes that only mark an element for others, as Tailwind's group-hover: wants it.
const MARKERS = /^(group|peer)$/;

/** The class names that a source text states, in the order of their first use. */
export function classesIn(source: string): Set<string> {
  const found = new Set<string>();
  const add = (text: string) => {
    for (const name of text.split(/\s+/)) if (name && !name.includes("\0")) found.add(name);
  };
  for (const match of source.matchAll(/\bclass=(?:"([^"]*)"|\{)|\bclasses\(/g)) {
    if (match[1] !== undefined) add(match[1]);
    else for (const text of literals(source, match.index + match[0].length)) add(text);
  }
  return found;
}

// String literals from `start` to the bracket that closes there; operands of comparisons are not classes. Holes of
// template literals become "\0", so that a name with a hole in it is left out.
function literals(source: string, start: number): string[] {
  const found: string[] = [];
  let depth = 1;
  for (let i = start; i < source.length && depth > 0; i++) {
    const char = source.charAt(i);
    if (char === "{" || char === "(") depth++;
    else if (char === "}" || char === ")") depth--;
    else if (char === '"' || char === "'" || char === "`") {
      let text = "";
      let end = i + 1;
      while (end < source.length && source.charAt(end) !== char) {
        if (char === "`" && source.startsWith("${", end)) {
          const [inside, close] = hole(source, end + 2);
          found.push(...inside);
          text += "\0";
          end = close;
        } else text += source.charAt(end++);
      }
      const compared = /[!=]==?\s*$/.test(source.slice(0, i)) || /^\s*[!=]==?/.test(source.slice(end + 1));
      if (!compared) found.push(text);
      i = end;
    }
  }
  return found;
}

function hole(source: string, start: number): [string[], number] {
  let depth = 1;
  let end = start;
  while (end < source.length && depth > 0) {
    const char = source.charAt(end++);
    if (char === "{") depth++;
    else if (char === "}") depth--;
  }
  return [literals(source, start), end];
}

/** Takes comments, needless white space, zeros before a point and needless quotes out of a style sheet. */
export function minify(css: string): string {
  return css
    .replace(/\/\*[^]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{};,]) ?/g, "$1")
    .replace(/([{;][^{}:;]*): /g, "$1:")
    .replace(/;}/g, "}")
    .replace(/([{}]) ?> ?/g, "$1>")
    .replace(/ > /g, ">")
    .replace(/(\([a-z-]+): /g, "$1:")
    .replace(/([ :,(-])0\./g, "$1.")
    .replace(/(?<!--[\w-]+):0px/g, ":0")
    .replace(/="([a-z][a-z-]*)"\]/g, "=$1]")
    .trim();
}

async function tsxFiles(folder: URL): Promise<URL[]> {
  const files: URL[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isDirectory) files.push(...await tsxFiles(new URL(`${entry.name}/`, folder)));
      else if (entry.name.endsWith(".tsx") && !entry.name.endsWith("_test.tsx")) {
        files.push(new URL(entry.name, folder));
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return files.sort((a, b) => a.href < b.href ? -1 : 1);
}
