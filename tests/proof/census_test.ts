import assert from "node:assert/strict";
import { prepare } from "@/tests/torture/ground.ts";
import { Torture } from "@/tests/torture/torture.ts";

Deno.test("U6: what holds up the server's loop is seen in its census", async () => {
  await using prepared = await prepare();
  using torture = new Torture(prepared.server);
  await torture.count();
  await torture.call("block", { amount: 1500 });
  const { lagMs } = await torture.count();
  assert.ok(lagMs > 100, `${lagMs} ms are seen of 1,500`);
});
