import { prepare, type Prepared } from "./ground.ts";
import { checkAfter, look } from "./checks.ts";
import { handlerRows } from "./handler_rows.ts";
import { isolationRows } from "./isolation_rows.ts";
import { Torture } from "./torture.ts";
import { queueRows } from "./queue_rows.ts";

let prepared: Prepared;
Deno.test.beforeAll(async () => {
  const store = `${await Deno.makeTempDir({ prefix: "atoll-" })}/atoll.db`;
  prepared = await prepare({ STORE: `sqlite:${store}`, ATOLL_QUEUE: "200" });
});
Deno.test.afterAll(async () => await prepared[Symbol.asyncDispose]());

for (const { id, rule, run, ...allowed } of [...isolationRows, ...queueRows, ...handlerRows]) {
  Deno.test({
    name: `${id}: ${rule}`,
    // One server for all of them, whose output is read over the ends of tests. What a case leaves open in the server is
    // what the checks after it are about.
    sanitizeOps: false,
    fn: async () => {
      const { server, ground } = prepared;
      using torture = new Torture(server);
      const before = await look(torture, ground);
      await run(torture);
      await checkAfter(torture, before, ground, allowed);
    },
  });
}
