import { restarting, resuming } from "./back.ts";
import { durable, events } from "./events.ts";
import { guarding } from "./guarding.ts";
import { holding } from "./holding.ts";
import { hostile } from "./hostile.ts";
import { idling } from "./idle.ts";
import { builds, starts, uploads } from "./lifetime.ts";
import { neighbours } from "./neighbours.ts";
import { many1000, many200, pageCpu, pressing, slowGreeter, weight } from "./pages.ts";
import type { Part } from "./part.ts";
import { pooling } from "./pooling.ts";
import { run } from "./programs.ts";
import { slowOnes } from "./slow.ts";
import { paced, tokens } from "./tokens.ts";

/** The parts, in the order they are measured: what notices a busy machine least comes last. */
export const parts: readonly Part[] = [
  { name: "weight", measure: weight },
  { name: "greeter", measure: slowGreeter },
  { name: "many200", measure: many200 },
  { name: "many1000", measure: many1000 },
  { name: "press", measure: pressing },
  { name: "page", measure: pageCpu },
  { name: "event", measure: events },
  { name: "guard", measure: guarding },
  { name: "durable", measure: durable },
  { name: "tokens", measure: tokens },
  { name: "paced", measure: paced },
  { name: "slow", measure: slowOnes },
  { name: "neighbours", measure: neighbours },
  { name: "hold", measure: holding },
  { name: "pool", measure: pooling },
  { name: "resume", measure: resuming },
  { name: "restart", measure: restarting },
  { name: "idle", measure: idling },
  { name: "hostile", measure: hostile },
  { name: "upload", measure: uploads },
  { name: "start", measure: starts },
  { name: "build", measure: builds },
];

/** Builds the site and the measured apps, so that no measurement has to. */
export async function prepare(): Promise<void> {
  await run(["dev.ts", "build"]);
  await run(["bench/build.ts"]);
}
