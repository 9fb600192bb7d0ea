/** Files by their paths, each with what it is whatever its name: its device and its inode. */
export type FileIds = readonly (readonly [path: string, id: string])[];

/** What a file is, whatever its name. @throws when there is no such file */
export function fileId(path: string): string {
  return idOf(Deno.statSync(path));
}

/** The files that are there, as they are now. */
export function fileIds(paths: readonly string[]): FileIds {
  return paths.flatMap((path) => {
    const id = idAt(path);
    return id === undefined ? [] : [[path, id] as const];
  });
}

/** How {@linkcode goneFrom} looks. */
export interface GoneOptions {
  /** Whether a file may be empty. Default `true`. */
  readonly mayBeEmpty?: boolean;
}

/** The first path that no longer names its file: the file was removed, moved or replaced. */
export function goneFrom(files: FileIds, { mayBeEmpty = true }: GoneOptions = {}): string | undefined {
  return files.find(([path, id]) => idAt(path, mayBeEmpty) !== id)?.[0];
}

function idAt(path: string, mayBeEmpty = true): string | undefined {
  try {
    const file = Deno.statSync(path);
    return mayBeEmpty || file.size > 0 ? idOf(file) : undefined;
  } catch {
    // Removed, moved, or out of reach: whoever opens this path later does not find it either.
    return undefined;
  }
}

function idOf({ dev, ino }: Deno.FileInfo): string {
  return `${dev} ${ino}`;
}
