import assert from "node:assert/strict";
import { Fault } from "@/lib/value/fault.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import { type Entry, type Place, Queue } from "./queue.ts";

const open = new AbortController().signal;

/** A call of session `me` to group `g` that nobody watches. */
function call(change: Partial<Entry> = {}): Entry {
  return {
    group: "g",
    limit: undefined,
    priority: 0,
    session: "me",
    standing: () => {},
    signal: () => open,
    ...change,
  };
}

function queue(limit: number | null, size = 100) {
  const clock = fakeClock();
  return { clock, queue: new Queue({ limit, size, now: clock.now, after: clock.after }) };
}

Deno.test("Queue.enter() gives a place at once while one is free", () => {
  const { queue: q } = queue(2);
  assert.ok(!(q.enter(call()) instanceof Promise));
  assert.ok(!(q.enter(call()) instanceof Promise));
  assert.ok(q.enter(call()) instanceof Promise);
  assert.deepEqual(q.load, { waiting: 1, busy: 2 });
});

Deno.test("Queue.enter() admits in the order of arrival and tells everyone their new position", async () => {
  const { queue: q } = queue(1);
  const first = q.enter(call()) as Place;
  const told: string[] = [];
  const order: number[] = [];
  const waiting = [1, 2, 3].map((n) =>
    (q.enter(call({ standing: (position, of) => told.push(`${n}:${position}/${of}`) })) as Promise<Place>)
      .then((place) => {
        order.push(n);
        place[Symbol.dispose]();
      })
  );
  assert.deepEqual(told, ["1:1/1", "2:2/2", "3:3/3"]);
  told.length = 0;
  first[Symbol.dispose]();
  assert.deepEqual(told, ["2:1/2", "3:2/2"]);
  await Promise.all(waiting);
  assert.deepEqual(order, [1, 2, 3]);
});

Deno.test("Queue.enter() refuses with queue_full when too many wait", () => {
  const { queue: q } = queue(1, 1);
  q.enter(call());
  q.enter(call());
  assert.throws(
    () => q.enter(call()),
    (error) => error instanceof Fault && error.code === "queue_full",
  );
});

Deno.test("Queue.enter() refuses a session that fills half of the queue, and takes others", () => {
  const { queue: q } = queue(1, 6);
  for (let i = 0; i < 4; i++) q.enter(call());
  assert.throws(() => q.enter(call()), { code: "rate_limited" });
  assert.equal(q.load.waiting, 3);
  for (const session of ["one", "two"]) assert.ok(q.enter(call({ session })) instanceof Promise);
  assert.throws(() => q.enter(call()), { code: "rate_limited" });
});

Deno.test("Queue.enter() leaves the queue when its signal aborts, and the ones behind move up", async () => {
  const { queue: q } = queue(1);
  q.enter(call());
  const leaving = new AbortController();
  const left = q.enter(call({ signal: () => leaving.signal })) as Promise<Place>;
  const told: number[] = [];
  q.enter(call({ standing: (position) => told.push(position) }));
  leaving.abort();
  await assert.rejects(left, (error) => error instanceof Fault && error.code === "cancelled");
  assert.deepEqual(told, [2, 1]);
});

Deno.test("Queue.enter() takes the lowest limit that a group was given, and null for none", () => {
  const { queue: q } = queue(16);
  q.enter(call({ limit: 3 }));
  assert.ok(q.enter(call({ limit: 1 })) instanceof Promise);
  for (let i = 0; i < 100; i++) {
    assert.ok(!(q.enter(call({ group: "free", limit: null })) instanceof Promise));
  }
});

Deno.test("Queue.enter() estimates the wait from how long places were held", () => {
  const { queue: q, clock } = queue(1);
  const first = q.enter(call()) as Place;
  clock.tick(1000);
  first[Symbol.dispose]();
  q.enter(call());
  let eta: number | undefined;
  q.enter(call({ standing: (_position, _of, etaMs) => eta = etaMs }));
  assert.equal(eta, 1000);
});

Deno.test("Place gives itself back once, however often it is disposed of", () => {
  const { queue: q } = queue(1);
  const place = q.enter(call()) as Place;
  place[Symbol.dispose]();
  place[Symbol.dispose]();
  assert.equal(q.load.busy, 0);
});

Deno.test("Queue.enter() serves a session that sends one between those of a session that floods", async () => {
  const { queue: q } = queue(1, 1000);
  let held = q.enter(call()) as Place;
  const order: string[] = [];
  const enter = (session: string, name: string) =>
    (q.enter(call({ session })) as Promise<Place>).then((place) => {
      order.push(name);
      held = place;
    });
  const all = Array.from({ length: 100 }, (_, i) => enter("flood", `flood ${i}`));
  all.push(enter("one", "one"), enter("two", "two 1"), enter("two", "two 2"));
  for (const _ of all) {
    held[Symbol.dispose]();
    await Promise.resolve();
    await Promise.resolve();
  }
  await Promise.all(all);
  assert.deepEqual(order.slice(0, 5), ["flood 0", "one", "two 1", "flood 1", "two 2"]);
});

Deno.test("Queue.enter() lets a higher priority go first, whoever came before", async () => {
  const { queue: q } = queue(1);
  let held = q.enter(call()) as Place;
  const order: string[] = [];
  const all = ([["low", 0], ["high", 5], ["middle", 1]] as const).map(([session, priority]) =>
    (q.enter(call({ session, priority })) as Promise<Place>).then((place) => {
      order.push(session);
      held = place;
    })
  );
  for (const _ of all) {
    held[Symbol.dispose]();
    await Promise.resolve();
    await Promise.resolve();
  }
  assert.deepEqual(order, ["high", "middle", "low"]);
});

Deno.test("Queue tells a long queue twice a second, not at every step", () => {
  const { queue: q, clock } = queue(1, 1000);
  const held = q.enter(call()) as Place;
  let told = 0;
  for (let i = 0; i < 500; i++) q.enter(call({ standing: () => told++ }));
  assert.equal(told, 500);
  held[Symbol.dispose]();
  assert.equal(told, 500);
  clock.tick(500);
  assert.equal(told, 999);
});

Deno.test("Queue holds no more places than a limit that is named while more are held", () => {
  const { queue: q } = queue(3);
  const held = [1, 2, 3].map(() => q.enter(call()) as Place);
  const standing: number[] = [];
  for (const n of [1, 2]) {
    q.enter(call({ session: `${n}`, limit: n === 1 ? 1 : undefined, standing: (at) => standing[n] = at }));
  }
  held[0]?.[Symbol.dispose]();
  held[1]?.[Symbol.dispose]();
  assert.deepEqual(q.load, { waiting: 2, busy: 1 });
  held[2]?.[Symbol.dispose]();
  assert.deepEqual(q.load, { waiting: 1, busy: 1 });
  assert.deepEqual(standing, [, 1, 1]);
});

Deno.test("Queue.enter() serves a session between those of a flood, however many of a higher priority came", async () => {
  const { queue: q } = queue(1, 1000);
  let held = q.enter(call()) as Place;
  const order: string[] = [];
  const enter = (session: string, priority: number) =>
    (q.enter(call({ session, priority })) as Promise<Place>).then((place) => {
      order.push(session);
      held = place;
    });
  const all = Array.from({ length: 20 }, () => enter("flood", 0));
  all.push(...Array.from({ length: 10 }, () => enter("urgent", 1)));
  for (let i = 0; i < 10; i++) await next();
  all.push(enter("one", 0));
  for (let i = 0; i < 21; i++) await next();
  await Promise.all(all);
  assert.deepEqual(order.slice(9, 13), ["urgent", "flood", "one", "flood"]);

  async function next(): Promise<void> {
    held[Symbol.dispose]();
    await Promise.resolve();
    await Promise.resolve();
  }
});

for (const limit of [1, 4, 16]) {
  Deno.test(`Queue estimates waits to a quarter, in the median, on steady load of ${limit} places`, async () => {
    const { queue: q, clock } = queue(limit, 1000);
    let state = 42;
    const random = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
    const heldMs = 1000;
    const errors: number[] = [];
    const hold = (place: Place) =>
      void clock.after(heldMs * (0.75 + random() / 2), () => place[Symbol.dispose]());
    const arrive = () => {
      const askedMs = clock.now();
      let told: number | undefined;
      const place = q.enter(call({ limit: undefined, standing: (_position, _of, etaMs) => told ??= etaMs }));
      if (!(place instanceof Promise)) return hold(place);
      place.then((place) => {
        const waitedMs = clock.now() - askedMs;
        if (told !== undefined && waitedMs > 0) errors.push(Math.abs(told - waitedMs) / waitedMs);
        hold(place);
      });
    };
    let nextMs = 0;
    for (let calls = 0; calls < 60 * limit + 400 || q.load.busy > 0;) {
      // A tenth more than the places can take, and now and then a pause, so that people wait and the queue does not grow.
      while (calls < 60 * limit + 400 && nextMs <= clock.now()) {
        arrive();
        nextMs += -Math.log(1 - random()) * heldMs / limit / 1.1 +
          (++calls % 100 === 0 ? 10 * heldMs / limit : 0);
      }
      clock.tick(10);
      await Promise.resolve();
    }
    const median = errors.sort((a, b) => a - b)[errors.length >> 1] as number;
    assert.ok(errors.length > 100, `${errors.length} waited`);
    assert.ok(median <= 0.25, `${median}`);
  });
}

Deno.test("Queue forgets groups that nobody is in: a page's path may be whatever a client asks for", () => {
  const { queue: q } = queue(1);
  const places = Array.from({ length: 500 }, (_, at) => q.enter(call({ group: `held ${at}` })) as Place);
  for (let at = 0; at < 20_000; at++) (q.enter(call({ group: `${at}` })) as Place)[Symbol.dispose]();
  assert.ok(q.groups <= 2000, `${q.groups}`);
  assert.ok(q.enter(call({ group: "held 0" })) instanceof Promise);
  for (const place of places) place[Symbol.dispose]();
});
