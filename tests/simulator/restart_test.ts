import { simulateRestarts } from "./restart_simulation.ts";
import { testSeeds } from "./seeds.ts";

testSeeds(simulateRestarts, {
  name: "Engine finds whatever it acknowledged after crashes, and brings it to an end, over 300 seeds",
  count: 300,
  // 0: a run that was read before it was on the disk.
  found: [0],
});
