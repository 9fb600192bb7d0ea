/**
 * Takes a file for this process until it is disposed of. The system lets go of it when the process ends, however it
 * ends, so there is no stale lock. The lock file stays: removing it would let two processes hold two files of one name.
 *
 * @throws {Error} when it is taken.
 */
export function lockFile(path: string): Disposable {
  const file = Deno.openSync(path, { create: true, read: true, write: true, mode: 0o600 });
  try {
    if (!file.tryLockSync(true)) {
      const holder = Deno.readTextFileSync(path).trim() || "of an unknown number";
      throw new Error(`it is in use by process ${holder}. One process at a time may use it`);
    }
    file.truncateSync();
    file.writeSync(new TextEncoder().encode(`${Deno.pid}\n`));
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}
