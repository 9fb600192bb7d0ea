import { headline } from "@/lib/ops/log_error.ts";
import { shortened, sourcePlaceOf } from "@/lib/ops/source_place.ts";

/** An error as its author is told of it, while they develop. */
export interface AuthorError {
  /** The author's own words, or the compiler's, on as many lines as they have. */
  readonly text: string;
  /** Where in the author's code it happened: `routes/demos/greeter.tsx:12`. */
  readonly place: string | undefined;
}

/** What an author is told of an error. */
export function tellAuthor(error: unknown): AuthorError {
  const place = sourcePlaceOf(error);
  // Fresh's own words for a route that exports nothing name other ways out.
  const route = error instanceof Error
    ? /^Could not find relevant exports in: (\S+)/.exec(error.message)?.[1]
    : undefined;
  if (route !== undefined) {
    const file = `routes/${route.replace(/^\/?(?:routes\/)?/, "")}`;
    return { text: "It has no default export: export default Interface(...) or Blocks(...)", place: file };
  }
  // A line end forges nothing on a page.
  const text = shortened(headline(error).replaceAll("\\u000a", "\n")).replace(
    /^TypeError: (?=\w*Error: )/,
    "",
  )
    .replace(/^TypeError: (?=Module not found |Import )/, "");
  return { text, place: place && `${place.file}:${place.line}` };
}

/** As {@linkcode tellAuthor}, in one text. */
export function authorLine(error: unknown): string {
  const { text, place } = tellAuthor(error);
  return place === undefined || text.includes(place) ? text : `${text} (${place})`;
}
