import { walk } from "./crawl.ts";
import { join } from "node:path";
import { BUILD_ID_PLACEHOLDER } from "./esbuild_plugin.ts";

/** Which static files a transform gets. */
export interface OnTransformOptions {
  /** Name shown when it fails. */
  pluginName: string;
  /** Paths it gets. */
  filter: RegExp;
  /** Paths it does not get. */
  exclude?: RegExp | (string | RegExp)[];
}

/** A static file on its way to the browser. */
export interface OnTransformArgs {
  /** Absolute path of the source. */
  path: string;
  /** Which target the bundler has. */
  target: string | string[];
  /** Contents as text. */
  text: string;
  /** Contents as bytes. */
  content: Uint8Array<ArrayBuffer>;
  /** Whether this is the dev server or a build. */
  mode: "development" | "production";
}

/** What becomes of a file: other contents, and another path when given. */
export interface OnTransformResult {
  /** Contents. */
  content: string | Uint8Array<ArrayBuffer>;
  /** Path within the static folder. */
  path?: string;
  /** Source map of the contents. */
  map?: string | Uint8Array<ArrayBuffer>;
}

/** Changes a file, makes several of it (`[]` for none), or leaves it alone. */
export type TransformFn = (
  args: OnTransformArgs,
) =>
  | void
  | OnTransformResult
  | OnTransformResult[]
  | Promise<void | OnTransformResult | OnTransformResult[]>;

/** A transform and what it applies to. */
export interface Transformer {
  readonly options: OnTransformOptions;
  readonly fn: TransformFn;
}

/** A static file before and after. `content` is null for one that is served as it is. */
export interface TransformedFile {
  /** URL path. */
  readonly pathname: string;
  /** Absolute path of the source. */
  readonly source: string;
  readonly content: Uint8Array<ArrayBuffer> | null;
}

/** URL paths of the files of the static folders with their sources. Hidden files are left out; the first folder wins. */
export async function listStatic(
  dirs: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const dir of dirs) {
    for await (const file of walk(dir)) {
      const isHidden = file.split("/").some((part) => part.startsWith(".") && part !== ".well-known");
      if (!isHidden && !found.has(`/${file}`)) {
        found.set(`/${file}`, join(dir, file));
      }
    }
  }
  return found;
}

/** Runs the transforms over one static file. */
export async function transformFile(
  pathname: string,
  source: string,
  transformers: readonly Transformer[],
  env: Pick<OnTransformArgs, "mode" | "target">,
): Promise<TransformedFile[]> {
  const plan = transformers.filter(({ options }) => matches(options, source));
  if (plan.length === 0 && !pathname.endsWith(".css")) {
    return [{ pathname, source, content: null }];
  }
  let files = [{ pathname, content: await Deno.readFile(source) }];
  for (const { options, fn } of plan) {
    const next: typeof files = [];
    for (const file of files) {
      next.push(...await applyOne(file, source, options, fn, env));
    }
    files = next;
  }
  return files.map(({ pathname, content }) => ({
    pathname,
    source,
    content: pathname.endsWith(".css") ? encode(versionUrls(decoder.decode(content))) : content,
  }));
}

const decoder = new TextDecoder();

async function applyOne(
  file: { pathname: string; content: Uint8Array<ArrayBuffer> },
  source: string,
  { pluginName }: OnTransformOptions,
  fn: TransformFn,
  env: Pick<OnTransformArgs, "mode" | "target">,
): Promise<{ pathname: string; content: Uint8Array<ArrayBuffer> }[]> {
  const { content, pathname } = file;
  let result: Awaited<ReturnType<TransformFn>>;
  try {
    result = await fn({
      path: source,
      content,
      get text() {
        return decoder.decode(content);
      },
      ...env,
    });
  } catch (cause) {
    throw new Error(
      `Plugin "${pluginName}" failed on "${pathname}": ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
  if (result === undefined) return [file];
  return (Array.isArray(result) ? result : [result]).map((item) => ({
    pathname: item.path === undefined || item.path === source
      ? pathname
      : `/${item.path.replace(/^\/+/, "")}`,
    content: encode(item.content),
  }));
}

function encode(
  content: string | Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

function matches(
  { filter, exclude }: OnTransformOptions,
  path: string,
): boolean {
  if (!filter.test(path)) return false;
  const excluded = exclude === undefined ? [] : Array.isArray(exclude) ? exclude : [exclude];
  return !excluded.some((item) => typeof item === "string" ? path.includes(item) : item.test(path));
}

/** Makes the app's own URLs in a style sheet ones that may be cached for ever, as `asset()` does. */
function versionUrls(css: string): string {
  return css.replace(
    /url\(\s*(["']?)(\/(?!\/)[^"')]*)\1\s*\)/g,
    (whole, _quote, path: string) => {
      if (path.includes("__frsh_c")) return whole;
      const [base = "", fragment = ""] = path.split(/(?=#)/);
      return `url("${base}${base.includes("?") ? "&" : "?"}__frsh_c=${BUILD_ID_PLACEHOLDER}${fragment}")`;
    },
  );
}
