import { prepare } from "@/tests/torture/ground.ts";
import { compare, median, Neighbours } from "@/tests/torture/neighbours.ts";
import type { Effort, Put } from "./part.ts";

/**
 * What one client that hangs, one that eats memory and one that floods, all at once, cost those who mind their own
 * business: the slowest hundredth of their events, by that of events without, in turns and on the same server.
 */
export async function neighbours(put: Put, { loads }: Effort): Promise<void> {
  await using prepared = await prepare({ ATOLL_QUEUE: "100" });
  await using users = await Neighbours.at(prepared.server.base);
  const { alone, beside } = await compare(prepared.server, users, 5 * loads);
  put("neighbours", median(beside) / median(alone));
}
