import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { type Answer, get } from "./connection.ts";

/** What a page costs to transfer: bodies as sent to a browser that takes brotli, without headers. */
export interface Weight {
  readonly requests: number;
  readonly pageBytes: number;
  /** Script files; what stands in the page is in `pageBytes`. */
  readonly scriptBytes: number;
  readonly styleBytes: number;
  readonly allBytes: number;
  /** How many `<script>` elements the page has, with or without a file. */
  readonly scriptElements: number;
  /** Path and size of each file. */
  readonly files: ReadonlyMap<string, number>;
}

const decoder = new TextDecoder();
const decompress = { br: brotliDecompressSync, gzip: gunzipSync, zstd: zstdDecompressSync } as const;

/**
 * Weighs a page without a browser: the page, its style sheets, its scripts and all they import before they run.
 * Scripts that are only imported once somebody does something are not counted.
 */
export async function weigh(base: string, path: string): Promise<Weight> {
  const page = await fetchOk(base, path);
  const html = textOf(page);
  const files = new Map<string, number>();
  const styles = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map(([, href]) =>
    href as string
  );
  let styleBytes = 0;
  for (const href of new Set(styles)) {
    const { length } = (await fetchOk(base, href)).body;
    styleBytes += length;
    files.set(href, length);
  }
  const pictures = [...html.matchAll(/<img [^>]*?src="(\/[^"]+)"/g)].map(([, src]) => src as string);
  for (const src of new Set(pictures)) files.set(src, (await fetchOk(base, src)).body.length);
  const todo = [...html.matchAll(/<script([^>]*)>([^]*?)<\/script>/g)].flatMap(([, attributes, text]) => {
    const src = / src="([^"]+)"/.exec(attributes as string)?.[1];
    return src === undefined ? importsOf(text as string, path) : [src];
  });
  const preloads = /^link: (.+)$/im.exec(page.head)?.[1] ?? "";
  for (const [, file] of preloads.matchAll(/<([^>]+)>; rel="modulepreload"/g)) todo.push(file as string);
  let scriptBytes = 0;
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    if (files.has(file)) continue;
    const script = await fetchOk(base, file);
    scriptBytes += script.body.length;
    files.set(file, script.body.length);
    todo.push(...importsOf(textOf(script), file));
  }
  const pageBytes = page.body.length;
  return {
    requests: files.size + 1,
    pageBytes,
    scriptBytes,
    styleBytes,
    allBytes: [...files.values()].reduce((sum, bytes) => sum + bytes, pageBytes),
    scriptElements: html.match(/<script/g)?.length ?? 0,
    files,
  };
}

// Static imports only: `import(...)` waits for somebody to need it.
function importsOf(text: string, of: string): string[] {
  const found = text.matchAll(/(?:^|[;}\s])(?:import|export)\s*(?:[\w$*{}\s,]*?from\s*)?"([^"]+)"/g);
  return [...found].map(([, name]) => new URL(name as string, new URL(of, "http://localhost")).pathname);
}

/** The text of an answer that may be compressed. */
function textOf({ head, body }: Answer): string {
  const encoding = /^content-encoding: *(\S+)/im.exec(head)?.[1] ?? "identity";
  if (encoding === "identity") return decoder.decode(body);
  const undo = decompress[encoding as keyof typeof decompress];
  if (undo === undefined) throw new Error(`Cannot read an answer that is compressed as ${encoding}`);
  return decoder.decode(undo(body));
}

async function fetchOk(base: string, path: string) {
  const answer = await get(base, path, {
    accept: "text/html,*/*",
    "accept-encoding": "gzip, deflate, br, zstd",
  });
  if (answer.status === 200) return answer;
  throw new Error(`Cannot weigh ${path}: it was answered with ${answer.status}`);
}
