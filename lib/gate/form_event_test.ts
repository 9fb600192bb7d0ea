import assert from "node:assert/strict";
import { on } from "@/lib/demo/action.ts";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { push, text } from "@/lib/testing/fields.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { runForm } from "./plain_form.ts";

Deno.test("A form without script tells the handler which button was pressed, where one button starts the action", async () => {
  const seen: unknown[] = [];
  const page = Blocks({
    fields: { name: text(), go: push(), other: push() },
    actions: ({ name, go, other }) => ({
      one: on([go.click, name.change], { fn: (_, { event }) => void seen.push(event) }),
      two: on([go.click, other.click], { fn: (_, { event }) => void seen.push(event) }),
    }),
  });
  await using app = openDemo(page);
  const at = { request: new Request("http://127.0.0.1/demo"), page: "/demo", client: () => "127.0.0.1" };
  for (const action of ["one", "two"]) {
    await runForm(at, new Map([[`$run.${action}`, { texts: [""], files: [] }]]), {
      demo: page.demo,
      engine: app.engine,
      token: app.session,
      fileOf: () => Promise.resolve(undefined),
    });
  }
  assert.deepEqual(seen, [{ field: "go", name: "click", detail: undefined }, undefined]);
});
