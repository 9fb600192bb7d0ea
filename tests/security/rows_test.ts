import { checkAfter, look } from "@/tests/torture/checks.ts";
import { prepare, type Prepared } from "@/tests/torture/ground.ts";
import { Torture } from "@/tests/torture/torture.ts";
import { answerRows } from "./answer_rows.ts";
import { apiRows } from "./api_rows.ts";
import { bodyRows } from "./body_rows.ts";
import { hiddenRows } from "./hidden_rows.ts";
import { hostRows } from "./host_rows.ts";
import { originRows } from "./origin_rows.ts";
import { pathRows } from "./path_rows.ts";
import { publicRows } from "./public_rows.ts";
import { placesOf } from "./route_list.ts";
import type { Scene } from "./security_row.ts";

let prepared: Prepared;
let scene: Scene;
Deno.test.beforeAll(async () => {
  prepared = await prepare({ ATOLL_MAX_UPLOAD: "1000000" }, "tests/security/routes");
  const { root, ground } = prepared;
  scene = { root, places: await placesOf(root), data: `${ground.folder}/data` };
  // What is loaded and drawn for the first time takes longer than ever after.
  using torture = new Torture(prepared.server);
  for (const { path } of scene.places) await (await torture.fetch(path)).text();
});
Deno.test.afterAll(async () => await prepared[Symbol.asyncDispose]());

for (
  const { id, rule, run, ...allowed } of [
    ...publicRows,
    ...pathRows,
    ...originRows,
    ...hostRows,
    ...answerRows,
    ...bodyRows,
    ...apiRows,
    ...hiddenRows,
  ]
) {
  Deno.test({
    name: `${id}: ${rule}`,
    // One server for all of them, whose output is read over the ends of tests.
    sanitizeOps: false,
    fn: async () => {
      const { server, ground } = prepared;
      using torture = new Torture(server);
      const before = await look(torture, ground);
      await run(torture, scene);
      await checkAfter(torture, before, ground, allowed);
    },
  });
}
