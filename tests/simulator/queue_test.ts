import { simulateFairness } from "./fairness_simulation.ts";
import { simulateQueue } from "./queue_simulation.ts";
import { testSeeds } from "./seeds.ts";

testSeeds(simulateQueue, {
  name: "Queue keeps its limits, order and turns whatever comes, over 1,500 seeds",
  count: 1500,
  // 0: a limit that is lowered; 29: turns of two priorities.
  found: [0, 29],
});

testSeeds(simulateFairness, {
  name: "Queue keeps the median wait below twice a fair share beside a flood, over 200 seeds",
  count: 200,
  found: [],
});
