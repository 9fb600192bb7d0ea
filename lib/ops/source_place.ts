const project = new URL("../../", import.meta.url).href;

/** Where in a source file something went wrong. */
export interface SourcePlace {
  /** The file, from the root of the project where it lies in it: `routes/demos/greeter.tsx`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/**
 * The place of an error in the author's own code: the unreadable source, or else the innermost call that is neither
 * Atoll's nor a package's. `undefined` where there is none.
 */
export function sourcePlaceOf(error: unknown): SourcePlace | undefined {
  if (!(error instanceof Error)) return undefined;
  const places = [...error.message.matchAll(PLACE), ...(error.stack ?? "").matchAll(PLACE)];
  const own = places.map(([, url, line, column]) => ({ url: url as string, line, column }))
    .filter(({ url }) => isOwn(url))[0];
  if (!own) return sourcePlaceOf(error.cause);
  return { file: shortened(own.url), line: Number(own.line), column: Number(own.column) };
}

/** The text of an error with files named from the root of the project, each place as `file:line:column`. */
export function shortened(text: string): string {
  return text.replace(ADDRESS, (url) => {
    const path = url.replace(/\?[^:]*/, "");
    return path.startsWith(project) ? decoded(path.slice(project.length)) : path;
  });
}

const ADDRESS = /file:\/\/[^\s"']+/g;
const PLACE = /(file:\/\/[^\s"']+?)(?:\?[^:\s]*)?:(\d+):(\d+)/g;
const SHARED = ["lib/", "links/", "node_modules/", "vendor/", "_fresh/"];

function isOwn(url: string): boolean {
  if (!url.startsWith(project)) return false;
  const path = url.slice(project.length);
  return !SHARED.some((folder) => path.startsWith(folder)) || /_test\.tsx?(?:\?|$)/.test(path);
}

function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
