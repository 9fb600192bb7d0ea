import { createHash } from "node:crypto";
import { join } from "node:path";
import { BUILD_ID_PLACEHOLDER } from "./esbuild_plugin.ts";
import type { FreshFile } from "./memory_build_cache.ts";
import { listStatic, type Transformer, transformFile } from "./transform.ts";

/** Reads static files when they are asked for and runs the transforms over them each time. */
export function freshStaticFiles(
  dirs: readonly string[],
  transformers: readonly Transformer[],
  target: string | string[],
  buildId: string,
): FreshFile {
  return async (pathname) => {
    const source = await findSource(dirs, pathname);
    if (source === null) {
      return await madeFile(dirs, transformers, target, pathname, buildId);
    }
    const files = await transformFile(pathname, source, transformers, {
      mode: "development",
      target,
    });
    const found = files.find((file) => file.pathname === pathname);
    return found === undefined ? null : toAsset(
      pathname,
      found.content ?? await Deno.readFile(source),
      buildId,
    );
  };
}

async function findSource(
  dirs: readonly string[],
  pathname: string,
): Promise<string | null> {
  const parts = pathname.split("/").slice(1);
  if (
    parts.some((part) =>
      part === ".." || /[\\\0]/.test(part) ||
      (part.startsWith(".") && part !== ".well-known")
    )
  ) return null;
  for (const dir of dirs) {
    const path = join(dir, ...parts);
    try {
      if ((await Deno.stat(path)).isFile) return path;
    } catch (error) {
      if (
        !(error instanceof Deno.errors.NotFound ||
          error instanceof Deno.errors.NotADirectory)
      ) throw error;
    }
  }
  return null;
}

// A file that only exists as the result of a transform of another
async function madeFile(
  dirs: readonly string[],
  transformers: readonly Transformer[],
  target: string | string[],
  pathname: string,
  buildId: string,
): Promise<ReturnType<typeof toAsset> | null> {
  if (transformers.length === 0 || !pathname.includes(".")) return null;
  for (const [path, source] of await listStatic(dirs)) {
    for (
      const file of await transformFile(path, source, transformers, {
        mode: "development",
        target,
      })
    ) {
      if (file.pathname === pathname && file.content !== null) {
        return toAsset(pathname, file.content, buildId);
      }
    }
  }
  return null;
}

function toAsset(
  pathname: string,
  bytes: Uint8Array<ArrayBuffer>,
  buildId: string,
) {
  const content = pathname.endsWith(".css")
    ? new TextEncoder().encode(
      new TextDecoder().decode(bytes).replaceAll(BUILD_ID_PLACEHOLDER, buildId),
    )
    : bytes;
  return {
    pathname,
    content,
    source: null,
    hash: createHash("sha256").update(content).digest("hex"),
  };
}
