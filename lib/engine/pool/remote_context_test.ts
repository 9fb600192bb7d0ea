import assert from "node:assert/strict";
import { Blocks, button, on, remote, textbox } from "atoll";
import { runRemotesBy } from "@/lib/demo/remote.ts";
import { systemClock } from "@/lib/engine/engine.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { Pools } from "./mod.ts";
import type * as Handlers from "./testing/handlers.ts";

const user = { id: "main:ada", name: "ada", roles: ["editor"] };

for (const runs of ["worker", "process"] as const) {
  Deno.test(`A handler in a ${runs} is told by the engine who asks, and how`, async () => {
    const pools = new Pools({ clock: systemClock, report: (error) => void assert.fail(String(error)) });
    using _runner = runRemotesBy(pools.runner);
    const { whoAsks } = remote<typeof Handlers>(import.meta.resolve("./testing/handlers.ts"), { runs });
    const page = Blocks({
      fields: { go: button("Go"), out: textbox() },
      actions: ({ go, out }) => ({ run: on(go.click, { outputs: out, fn: whoAsks }) }),
    });
    await using app = openDemo(page);
    const request = { user, client: "192.0.2.1", query: new URLSearchParams("x=1") };
    assert.deepEqual(await app.run("run", {}, { request }), { out: "ada editor 1 192.0.2.1 22" });
    await pools.close();
  });
}
