import assert from "node:assert/strict";
import { z } from "zod";
import { Blocks } from "@/lib/demo/blocks.tsx";
import { component } from "@/lib/demo/component.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { ViewProps } from "@/lib/value/page.ts";
import { HeldSessions } from "./held.ts";

const gone: unknown[] = [];
const kept = component({
  kind: "kept",
  props: z.object({ value: z.unknown().optional() }),
  wire: () => z.string(),
  empty: () => "",
  events: { change: null },
  holds: "session",
  keeps: () => ({ ms: 500, onDelete: (value) => void gone.push(value) }),
  view: (_: ViewProps<object, unknown>) => null,
});
const { demo } = Blocks({ fields: { kept: kept({ value: "first" }) } });

interface Most {
  readonly sessionBytes?: number;
  readonly totalBytes?: number;
  readonly broke?: (error: unknown) => void;
}

function open(most: Most = {}) {
  const clock = fakeClock();
  const broke = (error: unknown) => assert.fail(String(error));
  const held = new HeldSessions({
    capacity: 10,
    sessionBytes: 2000,
    totalBytes: 5000,
    ...clock,
    broke,
    ...most,
  });
  return { held, clock };
}

Deno.test("HeldSessions: who writes where a value's time was up hears of that value's end", () => {
  const { held, clock } = open();
  const session = held.find("me");
  session.setValue(demo, "kept", "one");
  clock.tick(700);
  assert.equal(session.value(demo, "kept"), "first");
  assert.equal(session.setValue(demo, "kept", "one"), true, "it is another than the first, which was found");
  assert.deepEqual(gone.splice(0), ["one"]);
  clock.tick(2000);
  assert.deepEqual(gone.splice(0), ["one"]);
});

Deno.test("HeldSessions: changed props count as what a session holds", () => {
  const { held } = open();
  const label = (letters: number) => ({ label: "x".repeat(letters) });
  const session = held.find("me");
  session.changeProps(demo, "kept", label(1500));
  session.changeProps(demo, "kept", label(1700));
  assert.throws(
    () => session.changeProps(demo, "kept", label(2001)),
    (error) => error instanceof Fault && error.code === "bad_output" && error.field === "kept",
  );
  assert.equal(session.props(demo, "kept").label, label(1700).label);
  for (const id of ["a", "b"]) held.find(id).changeProps(demo, "kept", label(1800));
  assert.deepEqual([held.size, session.props(demo, "kept").label], [2, undefined]);
  held.find("c").changeProps(demo, "kept", label(100));
  assert.equal(held.size, 3, "what was let go of is not counted any more");
  held.close();
});

Deno.test("HeldSessions: what is told of a value's end may take time, and fail: that is reported, and nobody waits", async () => {
  const failed = Promise.withResolvers<unknown>();
  const slow = component({
    kind: "slow",
    props: z.object({ value: z.unknown().optional() }),
    wire: () => z.string(),
    empty: () => "",
    events: { change: null },
    holds: "session",
    keeps: () => ({
      ms: undefined,
      onDelete: (value): void | Promise<void> =>
        value === "fails" ? Promise.reject(new Error("no")) : new Promise(() => {}),
    }),
    view: (_: ViewProps<object, unknown>) => null,
  });
  const { demo } = Blocks({ fields: { one: slow({ value: "" }), two: slow({ value: "" }) } });
  const { held } = open({ broke: failed.resolve });
  const session = held.find("me");
  session.setValue(demo, "one", "hangs");
  session.setValue(demo, "two", "fails");
  held.close();
  assert.equal(held.size, 0);
  assert.match(String(await failed.promise), /no/);
});
