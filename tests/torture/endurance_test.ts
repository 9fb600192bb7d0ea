import { amount } from "@/tests/effort.ts";
import { endure } from "./endurance.ts";

const EVENTS = amount({ gate: 2000, proof: 200_000 });

Deno.test("Events leave nothing behind: heap, open files and timers are afterwards what they were before", async () => {
  await endure({ events: EVENTS, every: EVENTS / 10 });
});
