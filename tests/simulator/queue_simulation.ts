import assert from "node:assert/strict";
import { type Entry, type Place, Queue } from "@/lib/engine/queue.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { World } from "./seeds.ts";

interface Caller {
  readonly name: string;
  readonly group: string;
  readonly session: string;
  readonly priority: number;
  readonly abort: AbortController;
  state: "waiting" | "held" | "over" | "cancelled";
  place?: Place;
  told: number;
  /** How many of its session's own calls to the group and priority came before it and could still count. */
  readonly own: number;
  /** How many places its group had given, by session and priority, when it came. */
  readonly before: ReadonlyMap<string, number>;
}

/** Random calls of a queue: places, order, limits, standing, cancelling. */
export async function simulateQueue({ chance, time, note, follow, check: thrown }: World): Promise<void> {
  const size = chance.pick([2, 5, 60]);
  const limit = chance.pick([1, 2, 3, null]);
  const queue = new Queue({ limit, size, now: time.now, after: time.after });
  const groups = ["a", "b"].map((name) => ({
    name,
    // Actions that share a group may name different limits, the lowest counts from when it is first heard.
    named: Array.from({ length: 1 + chance.int(2) }, () => chance.pick([undefined, 1, 2, 4, null])),
    limit: undefined as number | null | undefined,
    given: new Map<string, number>(),
  }));
  const sessions = Array.from({ length: 1 + chance.int(5) }, (_, at) => `s${at}`);
  const priorities = chance.yes(0.5) ? [0] : [0, 0, 0, 2, -1];
  const all: Caller[] = [];
  const held = () => all.filter(({ state }) => state === "held");
  const of = (group: string, state: Caller["state"]) =>
    all.filter((caller) => caller.group === group && caller.state === state);

  for (let step = 0; step < 120; step++) {
    const group = chance.pick(groups);
    switch (chance.int(5)) {
      case 0:
      case 1:
        enter(group);
        break;
      case 2: {
        const held = of(group.name, "held");
        if (held.length > 0) leave(chance.pick(held));
        break;
      }
      case 3: {
        const waiting = of(group.name, "waiting");
        if (waiting.length > 0 && chance.yes(0.3)) cancel(chance.pick(waiting));
        break;
      }
      default:
        await time.pass(chance.int(300));
    }
    await time.settle();
    check();
  }
  for (let few = held(); few.length > 0; few = held()) {
    for (const caller of few) leave(caller);
    await time.settle();
    check();
  }
  assert.deepEqual(queue.load, { waiting: 0, busy: 0 }, "places or waiting calls are left");
  await time.pass(1000);
  assert.equal(time.waiting, 0, "timers are left");

  function enter(group: typeof groups[number]): void {
    const session = chance.pick(sessions);
    const priority = chance.pick(priorities);
    const named = chance.pick(group.named);
    const bound = named === undefined ? limit : named;
    if (group.limit === undefined) group.limit = bound;
    else if (bound !== null && (group.limit === null || bound < group.limit)) group.limit = bound;
    const waiting = of(group.name, "waiting");
    const caller: Caller = {
      name: `${session}#${all.length}`,
      group: group.name,
      session,
      priority,
      abort: new AbortController(),
      state: "waiting",
      told: 0,
      own:
        all.filter((other) =>
          other.group === group.name && other.session === session && other.priority === priority &&
          other.state !== "over"
        ).length,
      before: new Map(group.given),
    };
    const entry: Entry = {
      group: group.name,
      limit: named,
      priority,
      session,
      standing: (position, of) => {
        assert.ok(position >= 1 && position <= of, `${caller.name} stands at ${position} of ${of}`);
        caller.told = position;
      },
      signal: () => caller.abort.signal,
    };
    let place: Place | Promise<Place>;
    try {
      place = queue.enter(entry);
    } catch (error) {
      assert.ok(error instanceof Fault, String(error));
      const own = waiting.filter((other) => other.session === session).length;
      const full = waiting.length >= size;
      const right = full ? "queue_full" : own >= Math.ceil(size / 2) ? "rate_limited" : "none";
      assert.equal(
        error.code,
        right,
        `refused with ${waiting.length} of ${size} waiting, ${own} of them its own`,
      );
      note(`${caller.name} is refused`);
      return;
    }
    all.push(caller);
    note(`${caller.name} enters ${group.name} with priority ${priority}, limit ${bound}`);
    if (place instanceof Promise) {
      const own = waiting.filter((other) => other.session === session).length;
      assert.ok(waiting.length < size && own < Math.ceil(size / 2), "one more waits than may");
      follow(place.then((place) => admit(caller, place), (error) => {
        assert.equal(caller.state, "cancelled");
        assert.ok(error instanceof Fault && error.code === "cancelled");
      }));
    } else {
      assert.equal(waiting.length, 0, `${caller.name} goes before ${waiting[0]?.name}`);
      admit(caller, place);
    }
  }

  function admit(caller: Caller, place: Place): void {
    const group = groups.find(({ name }) => name === caller.group)!;
    note(`${caller.name} is admitted`);
    assert.equal(caller.state, "waiting", `${caller.name} is admitted as ${caller.state}`);
    for (const other of of(caller.group, "waiting")) {
      assert.ok(
        other.priority <= caller.priority,
        `${caller.name} goes before ${other.name}, of more priority`,
      );
      if (other.session !== caller.session || other.priority !== caller.priority) continue;
      assert.ok(all.indexOf(other) >= all.indexOf(caller), `${caller.name} goes before ${other.name}`);
    }
    caller.state = "held";
    caller.place = place;
    const held = of(caller.group, "held").length;
    assert.ok(held <= (group.limit ?? Infinity), `${held} have a place of ${group.limit}`);
    // While a call waits, another session gets one turn for each of this one's own calls, and the one that is on.
    for (const session of sessions) {
      if (session === caller.session) continue;
      const one = `${session} at ${caller.priority}`;
      const passed = (group.given.get(one) ?? 0) - (caller.before.get(one) ?? 0);
      assert.ok(
        passed <= caller.own + 2,
        `${session} is served ${passed} times while ${caller.name} waits with ${caller.own} before it`,
      );
    }
    const own = `${caller.session} at ${caller.priority}`;
    group.given.set(own, (group.given.get(own) ?? 0) + 1);
  }

  function leave(caller: Caller): void {
    note(`${caller.name} leaves`);
    caller.state = "over";
    caller.place?.[Symbol.dispose]();
    if (chance.yes(0.2)) caller.place?.[Symbol.dispose]();
  }

  function cancel(caller: Caller): void {
    note(`${caller.name} is cancelled`);
    caller.state = "cancelled";
    caller.abort.abort();
  }

  function check(): void {
    thrown();
    let [waiting, busy] = [0, 0];
    for (const { name, limit } of groups) {
      const held = of(name, "held").length;
      const wait = of(name, "waiting");
      waiting += wait.length;
      busy += held;
      if (wait.length > 0) {
        assert.ok(typeof limit === "number" && held >= limit, `${name} has room and ${wait.length} wait`);
      }
      const standing = wait.map(({ told }) => told).sort((a, b) => a - b);
      if (wait.length <= 10) {
        assert.deepEqual(
          standing,
          wait.map((_, at) => at + 1),
          "standing is told wrong",
        );
      }
    }
    assert.deepEqual(queue.load, { waiting, busy });
  }
}
