import { simulateJournal } from "./journal_simulation.ts";
import { testSeeds } from "./seeds.ts";

testSeeds(simulateJournal, {
  name: "Journal loses nothing acknowledged over crashes and a full disk",
  count: 6000,
  // 0: frames written beside their end, a flush behind a slow write, frames of a refused run. 81, 715: an end that was
  // kept later than one that was made of it.
  found: [0, 81, 715],
});
