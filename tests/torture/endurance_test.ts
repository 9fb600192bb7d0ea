import { endure } from "./endurance.ts";

Deno.test("Events leave nothing behind: heap, open files and timers are after 15,000 what they were before", async () => {
  await endure({ events: 15_000, every: 1500 });
});
