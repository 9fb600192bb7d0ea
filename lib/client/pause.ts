import type { Going } from "./run.ts";

/**
 * Waits before a connection is tried again: longer each time, and never the same for all pages of a server that comes
 * back; no longer once there is hope.
 */
export function pause(tries: number, going: Pick<Going, "end">): Promise<void> {
  return new Promise((resolve) => {
    const events = ["online", "pageshow", "visibilitychange"];
    const go = (event?: Event) => {
      if (event && document.hidden) return;
      clearTimeout(timer);
      for (const name of events) removeEventListener(name, go);
      resolve();
    };
    const timer = setTimeout(go, 250 + Math.random() * Math.min(250 * 2 ** tries, 4750));
    for (const name of events) addEventListener(name, go);
    going.end = () => go();
  });
}
