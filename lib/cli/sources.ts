import { createHash } from "node:crypto";
import { basename } from "node:path";

/** Folders of a project that its server runs. Of the files beside them it takes those that are code. */
const FOLDERS = ["components", "islands", "lib", "links", "routes", "static"];
const CODE = /\.(?:jsonc?|jsx?|lock|mjs|tsx?)$/;

/**
 * The files that a server of a project runs, as paths from its folder, in order. No tests, no names with a dot in front
 * but `.well-known`.
 */
export function sourcesOf(folder: string): string[] {
  const found: string[] = [];
  for (const name of namesIn(folder)) {
    if (FOLDERS.includes(name)) gather(folder, name, found);
    else if (CODE.test(name) && Deno.statSync(`${folder}/${name}`).isFile) found.push(name);
  }
  return found;
}

/** Hash of the contents of a project: the same for the same files, whenever they were written. */
export function identityOf(folder: string): string {
  const hash = createHash("sha256");
  for (const path of sourcesOf(folder)) {
    const bytes = Deno.readFileSync(`${folder}/${path}`);
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex").slice(0, IDENTITY_LENGTH);
}

// 64 bits: two states of one project never meet.
const IDENTITY_LENGTH = 16;

function gather(folder: string, path: string, found: string[]): void {
  if (!Deno.statSync(`${folder}/${path}`).isDirectory) {
    found.push(path);
    return;
  }
  for (const name of namesIn(`${folder}/${path}`)) gather(folder, `${path}/${name}`, found);
}

function namesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).filter(isSource).sort();
}

function isSource(path: string): boolean {
  const name = basename(path);
  if (name.startsWith(".")) return name === ".well-known";
  return name !== "node_modules" && !name.includes("_test.");
}
