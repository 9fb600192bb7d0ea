import { fileURLToPath } from "node:url";

/**
 * Where a module of this package is: a path, or an address where the package comes from a registry.
 * @param specifier relative to this file
 */
export function ownSource(specifier: string): string {
  const url = import.meta.resolve(specifier);
  return isRemote(url) ? url : fileURLToPath(url);
}

/** Whether a module is read from a web server and not from a file. */
export function isRemote(path: string): boolean {
  return /^https?:/.test(path);
}

/** The module that stands behind an export of this package. Browsers get two of them. */
export function ownExport(path: string): string | null {
  if (path === "/runtime") return ownSource("../runtime/shared.ts");
  if (path === "/runtime-client") return ownSource("../runtime/client/mod.ts");
  return null;
}
