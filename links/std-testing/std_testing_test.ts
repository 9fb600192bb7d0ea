import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { afterEach, beforeAll, beforeEach, describe, it } from "./bdd.ts";
import { assertSpyCall, assertSpyCalls, returnsNext, spy, stub } from "./mock.ts";
import { assertSnapshot } from "./snapshot.ts";
import { FakeTime } from "./time.ts";

const order: string[] = [];

describe("describe()", () => {
  beforeAll(() => {
    order.push("all");
  });
  beforeEach(() => {
    order.push("before");
  });
  afterEach(() => {
    order.push("after");
  });
  it("runs a test between its hooks", () => {
    order.push("one");
  });
  describe("within another", () => {
    beforeEach(() => {
      order.push("inner");
    });
    it("runs the outer hooks first", () => {
      order.push("two");
      deepEqual(order, [
        "all",
        "before",
        "one",
        "after",
        "before",
        "inner",
        "two",
      ]);
    });
    it.skip("does not run what is skipped", () => {
      throw new Error("ran");
    });
  });
});

Deno.test("spy() remembers arguments, results and what was thrown", () => {
  const half = spy((n: number) => {
    if (n % 2) throw new RangeError(`odd: ${n}`);
    return n / 2;
  });
  equal(half(4), 2);
  throws(() => half(3));
  assertSpyCalls(half, 2);
  assertSpyCall(half, 0, { args: [4], returned: 2 });
  assertSpyCall(half, 1, {
    error: { Class: RangeError, msgIncludes: "odd: 3" },
  });
  throws(
    () => assertSpyCalls(half, 3),
    /Expected number of calls: 3. Received: 2/,
  );
});

Deno.test("stub() takes the place of a method until it is disposed", () => {
  const clock = { now: () => 1 };
  {
    using fake = stub(clock, "now", returnsNext([10, 20]));
    deepEqual([clock.now(), clock.now()], [10, 20]);
    throws(() => clock.now(), /more than 2/);
    assertSpyCalls(fake, 3);
  }
  equal(clock.now(), 1);
});

Deno.test("FakeTime runs timers in the order they are due", async () => {
  using time = new FakeTime(1_000);
  const ran: string[] = [];
  setTimeout(() => ran.push(`late ${Date.now()}`), 20);
  setTimeout(() => ran.push(`early ${Date.now()}`), 10);
  const id = setInterval(() => ran.push("tick"), 8);
  time.tick(17);
  clearInterval(id);
  await time.tickAsync(10);
  deepEqual(ran, ["tick", "early 1010", "tick", "late 1020"]);
  equal(new Date().getTime(), 1_027);
});

Deno.test("assertSnapshot() compares with what was recorded", async (t) => {
  const dir = await Deno.makeTempDir();
  try {
    await assertSnapshot(t, { b: 1, a: ["`"] }, {
      dir,
      name: "x",
      mode: "update",
    });
    const text = await Deno.readTextFile(`${dir}/std_testing_test.ts.snap`);
    equal(text.includes("snapshot[`x 1`]"), true);
    await rejects(
      assertSnapshot(t, { b: 2 }, { dir, name: "x", mode: "assert" }),
      /Missing snapshot: x 2/,
    );
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
