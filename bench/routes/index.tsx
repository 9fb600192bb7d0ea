import { demos } from "@/bench/demos.ts";

const name = Deno.env.get("ATOLL_BENCH_APP") ?? "hello";
const make = demos[name];
if (!make) {
  throw new RangeError(`There is no app "${name}" to measure. There are: ${Object.keys(demos).join(", ")}`);
}

export default make();
