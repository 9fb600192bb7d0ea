import { simulateRestarts } from "./restart_simulation.ts";
import { testSeeds } from "./seeds.ts";

testSeeds(simulateRestarts, {
  name: "Engine finds whatever it acknowledged after crashes, and brings it to an end",
  count: 3000,
  // 0: a run that was read before it was on the disk.
  found: [0],
});
