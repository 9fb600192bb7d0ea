import type { Observer } from "@/lib/engine/observer.ts";

/** One observer for several; `undefined` for none, so disabled features cost nothing. */
export function observers(...all: readonly (Observer | undefined)[]): Observer | undefined {
  const some = all.filter((one) => one !== undefined);
  if (some.length <= 1) return some[0];
  return {
    begin(phase, run) {
      const ends = some.map((one) => one.begin(phase, run));
      return () => {
        for (const end of ends) end();
      };
    },
    ended(run, outcome, ms) {
      for (const one of some) one.ended(run, outcome, ms);
    },
  };
}
