import { z } from "zod";

/**
 * A list whose check ends at its first wrong item. `z.array()` tells of each of them, which takes seconds for the 500,000
 * that one event has room for. For wire values and for what events carry.
 */
export function listOf<I, O>(item: z.ZodType<O, I>): z.ZodType<O[], unknown[]> {
  return z.array(z.unknown()).check(({ value, issues }) => {
    for (const [at, given] of value.entries()) {
      const wrong = item.safeParse(given).error?.issues[0];
      if (wrong === undefined) continue;
      issues.push({ ...wrong, input: given, path: [at, ...wrong.path] } as z.core.$ZodRawIssue);
      return;
    }
  }).pipe(z.array(item) as unknown as z.ZodType<O[], unknown[]>);
}
