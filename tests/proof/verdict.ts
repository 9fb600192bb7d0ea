import type { Op } from "./caller.ts";
import type { Stage } from "./actors.ts";

/** Actions that may be run again after a crash. */
const AGAIN = new Set(["incAgain", "again", "lined"]);
/** How often a run is begun at most, the first time counted. */
export const MOST_BEGINS = 3;

/** Holds what handlers wrote down against what was acknowledged. */
export function judge({ world, ops, cancelled, lines: order }: Stage): void {
  const lines = world.lines();
  const begins = new Map<string, number[]>();
  const ends = new Map<string, number>();
  lines.forEach((line, at) => {
    const [word, tag] = line.split(" ") as [string, string];
    if (word === "begin") begins.set(tag, [...begins.get(tag) ?? [], at]);
    else if (!ends.has(tag)) ends.set(tag, at);
  });
  for (const { action, tag, outcome, sends } of ops) {
    const times = begins.get(tag)?.length ?? 0;
    if (times > (AGAIN.has(action) ? MOST_BEGINS : 1) + sends - 1) {
      world.violated(`${action} ${tag} was begun ${times} times`);
    }
    if (times > 1) world.count("begun again");
    const silent = action === "read" || action === "pick" || action === "look";
    if (outcome === "done" && times === 0 && !silent) {
      world.violated(`${action} ${tag} is done and never began`);
    }
  }
  for (const [op, at] of cancelled) {
    const later = begins.get(op.tag)?.find((begun) => begun >= at);
    if (later !== undefined) {
      world.violated(`${op.action} ${op.tag} began after its cancelling was acknowledged`);
    }
  }
  for (const line of order) inOrder(line);

  function inOrder(line: readonly Op[]): void {
    line.forEach((op, at) => {
      const begun = begins.get(op.tag)?.[0];
      if (begun === undefined) return;
      for (const before of line.slice(0, at)) {
        world.count("pairs in line");
        const ended = ends.get(before.tag);
        if (before.outcome !== "done" || ended !== undefined && ended < begun) continue;
        world.violated(`${op.tag} overtook ${before.tag}, which was accepted before it`);
      }
    });
  }
}
