const LOOK_EVERY_MS = 1000;

/** How many of its descriptors a process may have open before connections are cut. */
export function manyOf(most: number): number {
  return most * 3 / 4;
}

/** How many requests of one address may be under way, so that it alone never brings a cut about. */
export function shareOf(most: number): number {
  return Math.max(1, Math.floor(most / 4));
}

/** Told every second about the descriptors of another process. */
export interface DescriptorsTold {
  /** Most of those are open that it may have. */
  readonly many: () => void;
  /** So many are open. */
  readonly open?: ((count: number) => void) | undefined;
}

/**
 * Looks every second how many descriptors another process has open: the server has no right to look into
 * `/proc` itself. Without `/proc` it does nothing.
 */
export function watchDescriptors(pid: number, told: DescriptorsTold): Disposable {
  const most = manyOf(mostDescriptors(pid));
  const timer = setInterval(() => {
    const open = openDescriptors(pid);
    if (open === undefined) return;
    if (open > most) told.many();
    told.open?.(open);
  }, LOOK_EVERY_MS);
  Deno.unrefTimer(timer);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** How many descriptors a process has open, if that can be known. */
export function openDescriptors(pid: number | "self"): number | undefined {
  try {
    // Newer Linux tells it so; counting takes 36 ms for 10,000.
    const { size } = Deno.statSync(`/proc/${pid}/fd`);
    return size > 0 ? size : [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
  } catch {
    return undefined;
  }
}

/** How many descriptors a process may have; no end where that cannot be known. */
export function mostDescriptors(pid: number | "self"): number {
  try {
    const limit = /open files\s+(\d+)/.exec(Deno.readTextFileSync(`/proc/${pid}/limits`))?.[1];
    return limit === undefined ? Infinity : Number(limit);
  } catch {
    return Infinity;
  }
}
