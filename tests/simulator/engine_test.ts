import assert from "node:assert/strict";
import { simulateEngine } from "./engine_simulation.ts";
import { simulateJournal } from "./journal_simulation.ts";
import { simulateQueue } from "./queue_simulation.ts";
import { runSeed, testSeeds } from "./seeds.ts";

testSeeds(simulateEngine, {
  name: "Engine gives each call one end and everybody their own frames over a broken network",
  count: 8000,
  found: [],
});

Deno.test("runSeed() does the same for the same seed", async () => {
  for (const simulation of [simulateEngine, simulateJournal, simulateQueue]) {
    for (let seed = 0; seed < 5; seed++) {
      const [first, second] = [await runSeed(simulation, seed), await runSeed(simulation, seed)];
      assert.deepEqual(first, second, `${simulation.name}, seed ${seed}`);
      assert.ok(first.notes.length > 20);
    }
  }
});
