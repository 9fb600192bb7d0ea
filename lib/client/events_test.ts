import assert from "node:assert/strict";
import { openPage, turn } from "@/tests/wired_page.ts";

Deno.test("A page sends which field and event started a run, with what the event carried", async () => {
  using page = openPage({ name: "Ada", go: "" }, {
    act: { when: ["name:submit", "go:click", "go:pick"], mode: "multiple" },
  });
  page.session.raise("name", "submit");
  page.session.raise("go", "click");
  page.session.raise("go", "pick", { row: 3 });
  await turn();
  const sent = page.sent.filter(({ body }) => body.action === "act");
  assert.deepEqual(sent.map(({ body }) => body.event), [
    { when: "name:submit" },
    { when: "go:click" },
    { when: "go:pick", detail: { row: 3 } },
  ]);
  for (const one of sent) await one.done();
});
