import assert from "node:assert/strict";
import { openDemo } from "atoll/testing";
import queueLab from "@/routes/demos/queue_lab.tsx";

Deno.test("queue_lab serves one at a time, and the places of those who wait count down", async () => {
  await using app = openDemo(queueLab);
  const { sessions } = app.engine;
  const runs = [1, 2, 3].map(() => app.submit("serve", { seconds: 0.5 }, { session: sessions.mint() }));
  const places = await Promise.all(runs.map(async (run) => {
    const seen: number[] = [];
    for await (const frame of run) if (frame.type === "queued") seen.push(frame.position);
    return seen;
  }));
  assert.deepEqual(places, [[], [1], [2, 1]]);
});

Deno.test("queue_lab lets go of its place when the visitor leaves, and takes the one behind", async () => {
  await using app = openDemo(queueLab);
  const { sessions } = app.engine;
  const [first, second, third] = [20, 20, 0.5].map((seconds) =>
    app.submit("serve", { seconds }, { session: sessions.mint() })
  );
  second?.cancel();
  first?.cancel();
  const outcomes: string[] = [];
  for await (const frame of third ?? []) {
    if (frame.type === "queued") outcomes.push(`place ${frame.position}`);
    if (frame.type === "done") outcomes.push(frame.outcome);
  }
  assert.deepEqual(outcomes, ["place 2", "place 1", "done"]);
});
