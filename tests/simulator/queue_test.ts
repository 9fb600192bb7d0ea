import { simulateFairness } from "./fairness_simulation.ts";
import { simulateQueue } from "./queue_simulation.ts";
import { testSeeds } from "./seeds.ts";

testSeeds(simulateQueue, {
  name: "Queue keeps its limits, order and turns whatever comes",
  count: 15_000,
  // 0: a limit that is lowered; 29: turns of two priorities.
  found: [0, 29],
});

testSeeds(simulateFairness, {
  name: "Queue keeps the median wait below twice a fair share beside a flood",
  count: 2000,
  found: [],
});
