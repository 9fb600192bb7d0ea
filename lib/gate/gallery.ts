import { titleOf } from "@/lib/demo/title.ts";
import { log } from "@/lib/ops/log.ts";
import { shortened, sourcePlaceOf } from "@/lib/ops/source_place.ts";
import { type DemoFile, demoFiles } from "./demo_files.ts";

/** A demo in the gallery. */
export interface Listing {
  /** Where its page is. */
  readonly path: string;
  readonly title: string;
  readonly description?: string | undefined;
  /** Why there is no demo. Told to authors and operators only. */
  readonly error?: string | undefined;
}

interface Known {
  readonly changedMs: number;
  readonly listing: Listing | undefined;
}

const HOME = new URL("../../routes/demos/", import.meta.url);
const known = new Map<string, Known>();

/**
 * The demos of this project by title: every page in `routes/demos/` and its folders whose address is fixed. A page is loaded
 * when it is first listed, and again when its file has changed. Each file that is no demo is named once in the log.
 *
 * @param all Whether to list files that are no demos, with the reason.
 * @param home The folder of the demos.
 */
export async function listDemos(all = false, home: URL = HOME): Promise<readonly Listing[]> {
  const files = await Array.fromAsync(demoFiles(home));
  const listings = await Promise.all(files.map((file) => listingOf(file, home)));
  return listings.filter((listing) => listing !== undefined)
    .filter(({ error }) => all || error === undefined)
    .sort((a, b) => a.title.localeCompare(b.title, "en"));
}

async function listingOf(file: DemoFile, home: URL): Promise<Listing | undefined> {
  const url = new URL(encodeURI(file.name), home);
  const changedMs = (await Deno.stat(url)).mtime?.getTime() ?? 0;
  const before = known.get(url.href);
  if (before?.changedMs === changedMs) return before.listing;
  const listing = await load(file, url, changedMs);
  known.set(url.href, { changedMs, listing });
  if (listing?.error !== undefined) log("error", "no_demo", { message: listing.error });
  return listing;
}

async function load(
  { name, path: below, apart }: DemoFile,
  url: URL,
  changedMs: number,
): Promise<Listing | undefined> {
  const path = `/demos${below ? `/${below}` : ""}`;
  const failed = (why: string) => ({ path, title: name, error: `routes/demos/${name} ${why}` });
  if (apart !== undefined) return await exportsDefault(url) ? failed(`is not served: ${apart}`) : undefined;
  try {
    // The page that Fresh serves and the one listed are the same module until the file changes.
    const address = url.href + (known.has(url.href) ? `?${changedMs}` : "");
    const module = await import(address) as Exports;
    const demo = module.default?.demo;
    if (demo) return { path, title: titleOf(demo, path), description: demo.description };
    // A route that answers by itself is no mistake.
    if (module.handler ?? module.handlers ?? !name.endsWith("x")) return undefined;
    return failed("is no demo: export default Interface(...) or Blocks(...)");
  } catch (error) {
    const why = error instanceof Error ? shortened(error.message) : String(error);
    // What the compiler says has its place in it.
    const place = /:\d+:\d+/.test(why) ? undefined : sourcePlaceOf(error);
    return failed(`cannot be loaded: ${why}${place ? ` (${place.file}:${place.line})` : ""}`);
  }
}

async function exportsDefault(file: URL): Promise<boolean> {
  return /^export default /m.test(await Deno.readTextFile(file));
}

/** What a route may export. */
interface Exports {
  readonly default?: { readonly demo?: { readonly title?: string; readonly description?: string } };
  readonly handler?: unknown;
  readonly handlers?: unknown;
}
