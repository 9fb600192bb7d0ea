/** The first demo of README, as a person sees it. */
import assert from "node:assert/strict";
import { App, type PageProps } from "fresh";
import { h } from "preact";
import { Engine } from "@/lib/engine/engine.ts";
import { type AtollState, hostPages } from "@/lib/gate/host.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import greeter from "@/routes/demos/greeter.tsx";

/** What a person reads in the cells of a table, row by row. */
function rowsOf(html: string): string[][] {
  const [table = ""] = /<table>[^]*?<\/table>/.exec(html) ?? [];
  return [...table.matchAll(/<tr[^>]*>([^]*?)<\/tr>/g)].map(([, row = ""]) =>
    [...row.matchAll(/<t[hd][^>]*>([^]*?)<\/t[hd]>/g)].map(([, cell = ""]) => cell.replace(/<[^>]*>/g, ""))
  );
}

Deno.test("The greeter shows its examples, a name and a volume in each row", async () => {
  const clock = fakeClock();
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  await using blobs = memoryBlobs({ now: clock.now, random });
  const engine = new Engine({ blobs, clock, random, secret: random(32), broke: (error) => String(error) });
  const handle = new App<AtollState>()
    .appWrapper(({ Component }: PageProps<unknown, AtollState>) => h(Component, {}))
    .use(hostPages({ engine, blobs, clock, maxUploadBytes: 1, dev: false }))
    .route("/demos/greeter", { component: greeter as never }).handler();
  const answer = await handle(new Request("http://127.0.0.1/demos/greeter"));

  assert.deepEqual(rowsOf(await answer.text()), [["Name", "Volume"], ["Ada", "3"], ["Grace", "7"]]);
  engine.close();
});
