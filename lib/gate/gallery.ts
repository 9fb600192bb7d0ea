import { titleOf } from "@/lib/demo/title.ts";

/** A demo in the gallery. */
export interface Listing {
  /** Where its page is. */
  readonly path: string;
  readonly title: string;
  readonly description?: string | undefined;
  /** Why it could not be loaded. Told in development only. */
  readonly error?: string | undefined;
}

interface Known {
  readonly changedMs: number;
  readonly listing: Listing;
}

const HOME = new URL("../../routes/demos/", import.meta.url);
const known = new Map<string, Known>();

/**
 * The demos of this project: every page in `routes/demos/`, and every folder in it with an `index.tsx`, by title. A page is loaded when it is first listed, and
 * again when its file has changed.
 *
 * @param dev Whether to list pages that cannot be loaded, with the reason.
 * @param home The folder of the demos.
 */
export async function listDemos(dev = false, home: URL = HOME): Promise<readonly Listing[]> {
  const listings: Promise<Listing>[] = [];
  for await (const { name, isFile, isDirectory } of Deno.readDir(home)) {
    if (isFile && /^[^_(].*(?<!_test)\.tsx$/.test(name)) listings.push(listingOf(name, home));
    if (!isDirectory || /^[_([]/.test(name)) continue;
    const page = `${name}/index.tsx`;
    if (await Deno.stat(new URL(page, home)).then(() => true, () => false)) {
      listings.push(listingOf(page, home));
    }
  }
  return (await Promise.all(listings))
    .filter(({ error }) => dev || error === undefined)
    .sort((a, b) => a.title.localeCompare(b.title, "en"));
}

async function listingOf(name: string, home: URL): Promise<Listing> {
  const file = new URL(name, home);
  const changedMs = (await Deno.stat(file)).mtime?.getTime() ?? 0;
  const before = known.get(file.href);
  if (before?.changedMs === changedMs) return before.listing;
  const listing = await load(name, file, changedMs);
  known.set(file.href, { changedMs, listing });
  return listing;
}

async function load(name: string, file: URL, changedMs: number): Promise<Listing> {
  const key = name.replace(/(?:\/index)?\.tsx$/, "");
  const path = `/demos/${key}`;
  try {
    // The page that Fresh serves and the one listed are the same module until the file changes.
    const url = file.href + (known.has(file.href) ? `?${changedMs}` : "");
    const { default: page } = await import(url) as {
      default?: { demo?: { title?: string; description?: string } };
    };
    if (!page?.demo) throw new TypeError(`Cannot list routes/demos/${name}: its default export is no demo`);
    return { path, title: titleOf(page.demo, path), description: page.demo.description };
  } catch (cause) {
    return { path, title: key, error: cause instanceof Error ? cause.message : String(cause) };
  }
}
