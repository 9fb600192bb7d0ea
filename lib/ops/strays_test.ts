// deno-lint-ignore-file no-console -- what is logged is what is tested
import assert from "node:assert/strict";
import { Strays } from "./strays.ts";

Deno.test("Strays counts and logs rejections and errors that nothing waits for, and keeps them from ending the process", () => {
  const strays = new Strays();
  const target = new EventTarget();
  const events = [
    Object.assign(new Event("unhandledrejection", { cancelable: true }), { reason: new Error("late") }),
    Object.assign(new Event("error", { cancelable: true }), { error: new TypeError("timer") }),
  ];
  const real = console.error;
  const lines: string[] = [];
  console.error = (line: unknown) => void lines.push(String(line));
  try {
    using _caught = strays.catch(target);
    for (const event of events) target.dispatchEvent(event);
  } finally {
    console.error = real;
  }
  assert.ok(events.every(({ defaultPrevented }) => defaultPrevented));
  assert.equal(strays.count, 2);
  assert.match(lines[0] ?? "", /^stray error \w{8}: Error: late\n/);
  assert.match(lines[1] ?? "", /^stray error \w{8}: TypeError: timer\n/);
  target.dispatchEvent(new Event("error", { cancelable: true }));
  assert.equal(strays.count, 2);
});
