import assert from "node:assert/strict";
import { Engine } from "@/lib/engine/engine.ts";
import type { Call } from "@/lib/engine/call.ts";
import { CallState } from "@/lib/engine/call_state.ts";
import { Journal } from "@/lib/engine/journal.ts";
import { LateEnds } from "@/lib/engine/late_ends.ts";
import { Queue } from "@/lib/engine/queue.ts";
import { Run } from "@/lib/engine/run.ts";
import { type Session, Sessions } from "@/lib/engine/sessions.ts";
import { SimulatedStore } from "./disk.ts";
import { simulateEngine } from "./engine_simulation.ts";
import { simulateFairness } from "./fairness_simulation.ts";
import { simulateJournal } from "./journal_simulation.ts";
import { simulateQueue } from "./queue_simulation.ts";
import { simulateRestarts } from "./restart_simulation.ts";
import { firstToFind, type Simulation } from "./seeds.ts";

const WITHIN = 100;

/** A mistake that a module could have. */
interface Mistake {
  readonly what: string;
  /** Makes it; disposing of it unmakes it. */
  readonly make: () => Disposable;
  readonly finds: Simulation;
  /** What is said of it. */
  readonly says: RegExp;
}

// deno-lint-ignore no-explicit-any -- any method
type Method = (...args: any[]) => any;
type MethodOf<T, K extends keyof T> = T[K] extends Method ? T[K] : never;

/** Puts something in the place of a method: it is handed the object, the method, and what the method is called with. */
function wrap<T extends object, K extends keyof T>(
  prototype: T,
  name: K,
  by: (self: T, before: MethodOf<T, K>, ...args: Parameters<MethodOf<T, K>>) => ReturnType<MethodOf<T, K>>,
): Disposable {
  const before = prototype[name] as MethodOf<T, K>;
  const instead = function (this: T, ...args: Parameters<MethodOf<T, K>>) {
    return by(this, before.bind(this) as MethodOf<T, K>, ...args);
  };
  prototype[name] = instead as T[K];
  return { [Symbol.dispose]: () => void (prototype[name] = before as T[K]) };
}

let count = 0;
/** Now and then. */
const rarely = () => ++count % 7 === 0;

const MISTAKES: readonly Mistake[] = [
  {
    what: "A queue forgets to free a place",
    make: () =>
      wrap(Queue.prototype, "enter", (_, enter, entry) => {
        const place = enter(entry);
        const kept = rarely();
        const forget = (place: Disposable) => ({
          [Symbol.dispose]: () => kept || place[Symbol.dispose](),
        });
        return place instanceof Promise ? place.then(forget) : forget(place);
      }),
    finds: simulateQueue,
    says: /places or waiting calls are left|has room|deepStrictEqual|Expected values/,
  },
  {
    what: "A place that is not given back keeps others waiting in the engine",
    make: () =>
      wrap(Queue.prototype, "take", (_, take, name) => {
        const place = take(name);
        return rarely() && place ? { [Symbol.dispose]: () => {} } : place;
      }),
    finds: simulateEngine,
    says: /places or waiting calls are left|it never ends/,
  },
  {
    what: "A queue gives a place too many",
    make: () =>
      wrap(Queue.prototype, "enter", (_, enter, entry) => {
        return enter(rarely() ? { ...entry, limit: null, group: `${entry.group}!` } : entry);
      }),
    finds: simulateEngine,
    says: /run at once|is started after one that came later/,
  },
  {
    what: "A queue takes all calls for those of one session",
    make: () =>
      wrap(Queue.prototype, "enter", (_, enter, entry) => {
        return enter({ ...entry, session: "all" });
      }),
    finds: simulateFairness,
    says: /the median wait is \d+/,
  },
  {
    what: "A queue forgets priorities",
    make: () =>
      wrap(Queue.prototype, "enter", (_, enter, entry) => {
        return enter({ ...entry, priority: 0 });
      }),
    finds: simulateQueue,
    says: /of more priority/,
  },
  {
    what: "A journal drops the last frame",
    make: () =>
      wrap(Journal.prototype, "append", (_, append, id, fromSeq, frames) => {
        append(id, fromSeq, rarely() ? frames.slice(0, -1) : frames);
      }),
    finds: simulateJournal,
    says: /comes next, not|frames that were on the disk|is not whole/,
  },
  {
    what: "A journal acknowledges a run before it is on the disk",
    make: () =>
      wrap(Journal.prototype, "accept", (_, accept, run) => {
        accept(run).catch(() => {});
        return Promise.resolve();
      }),
    finds: simulateJournal,
    says: /was accepted and is lost|the call of .* is lost/,
  },
  {
    what: "A journal acknowledges an end before it is on the disk",
    make: () =>
      wrap(Journal.prototype, "finish", (_, finish, id, fromSeq, frames, left) => {
        finish(id, fromSeq, frames, left).catch(() => {});
        return Promise.resolve();
      }),
    finds: simulateJournal,
    says: /the end of .* is lost/,
  },
  {
    what: "A journal says that it has flushed and has not",
    make: () =>
      wrap(Journal.prototype, "flush", (_, flush) => {
        flush().catch(() => {});
        return Promise.resolve();
      }),
    finds: simulateJournal,
    says: /frames that were on the disk/,
  },
  {
    what: "An engine starts a call that is sent again once more",
    make: () =>
      wrap(Engine.prototype, "accept", (_, accept, call) => {
        return accept({ ...call, id: undefined });
      }),
    finds: simulateEngine,
    says: /is started twice|is answered|is lost|deepStrictEqual|hear different things|not its own/,
  },
  {
    what: "An engine finds runs of others",
    make: () => {
      const runs = new Map<unknown, Run>();
      const kept = wrap(Engine.prototype, "accept", (_, accept, call) => {
        const run = accept(call);
        if (run instanceof Run) runs.set((call as Call).id, run);
        return run;
      });
      const found = wrap(Engine.prototype, "find", (_, find, id, session) => {
        return runs.get(id) ?? find(id, session);
      });
      return { [Symbol.dispose]: () => [found, kept].forEach((one) => one[Symbol.dispose]()) };
    },
    finds: simulateEngine,
    says: /is found by somebody else/,
  },
  {
    what: "An engine lets a run be read before it is on the disk",
    make: () =>
      wrap(Engine.prototype, "seek", (self, seek, id, session, after) => {
        try {
          return Promise.resolve(self.find(id, session));
        } catch {
          return seek(id, session, after);
        }
      }),
    finds: simulateRestarts,
    says: /is started twice|was acknowledged and is lost/,
  },
  {
    what: "An engine answers before the journal has a run",
    make: () => wrap(Engine.prototype, "accept", (self, _, call) => self.submit(call)),
    finds: simulateRestarts,
    says: /is started twice|was acknowledged and is lost/,
  },
  {
    what: "An engine forgets what an earlier process left behind",
    make: () => wrap(Engine.prototype, "recover", () => Promise.resolve([])),
    finds: simulateRestarts,
    says: /was acknowledged and is lost|runs are left without an end|is started twice/,
  },
  {
    what: "A store keeps the end of a run and its state in two commits",
    make: () =>
      wrap(SimulatedStore.prototype, "commit", (_, commit, ops, options) => {
        const state = ops.filter(({ key }) => key[0] === "sessions");
        const rest = ops.filter(({ key }) => key[0] !== "sessions");
        if (state.length === 0 || rest.length === 0) return commit(ops, options);
        commit(state).catch(() => {});
        return commit(rest, options);
      }),
    finds: simulateRestarts,
    says: /and its state are not one|left its mark 2 times/,
  },
  {
    what: "Ends overtake those that wait for a disk with room",
    make: () => {
      const size = Object.getOwnPropertyDescriptor(LateEnds.prototype, "size")!;
      Object.defineProperty(LateEnds.prototype, "size", { ...size, get: () => 0 });
      return { [Symbol.dispose]: () => void Object.defineProperty(LateEnds.prototype, "size", size) };
    },
    finds: simulateJournal,
    says: /and the state of .* are not one|is not over|is lost|it never ends/,
  },
  {
    what: "A journal has one set of numbers for all processes that a run goes on in",
    make: () => {
      const base = Object.getOwnPropertyDescriptor(Journal.prototype, "base")!;
      Object.defineProperty(Journal.prototype, "base", { ...base, get: () => 0 });
      return { [Symbol.dispose]: () => void Object.defineProperty(Journal.prototype, "base", base) };
    },
    finds: simulateJournal,
    says: /says two things|has a gap|repeats what was seen/,
  },
  {
    what: "A journal gives unfinished runs in the order of their keys",
    make: () =>
      wrap(Journal.prototype, "unfinished", async (_, unfinished) => {
        return (await unfinished()).sort((a, b) => a.id < b.id ? -1 : 1);
      }),
    finds: simulateJournal,
    says: /comes after/,
  },
  {
    what: "A journal lets a run begin before that is counted",
    make: () => wrap(Journal.prototype, "begin", () => Promise.resolve()),
    finds: simulateJournal,
    says: /is at attempt/,
  },
  {
    what: "An engine begins what was left once more in each process",
    make: () => wrap(Journal.prototype, "begin", () => Promise.resolve()),
    finds: simulateRestarts,
    says: /is started twice/,
  },
  {
    what: "A cancel is acknowledged before it is on the disk",
    make: () =>
      wrap(Journal.prototype, "finish", (_, finish, id, fromSeq, frames, left) => {
        finish(id, fromSeq, frames, left).catch(() => {});
        return Promise.resolve();
      }),
    finds: simulateRestarts,
    says: /begins after it was cancelled|is told two ways|was acknowledged and is lost|lost what was kept/,
  },
  {
    what: "A run that is refused leaves in its session what it wrote",
    make: () => wrap(CallState.prototype, "undo", () => {}),
    finds: simulateRestarts,
    says: /and its state are not one|left its mark/,
  },
  {
    what: "A run is deaf to being cancelled",
    make: () => wrap(Run.prototype, "cancel", () => {}),
    finds: simulateEngine,
    says: /it never ends|places or waiting calls are left/,
  },
  {
    what: "All sessions hold the same values",
    make: () => {
      const all = new WeakMap<Sessions, Session>();
      return wrap(Sessions.prototype, "open", (self, open, token) => {
        const session = open(token);
        const first = all.get(self) ?? session;
        all.set(self, first);
        return Object.create(session, {
          id: { value: session.id },
          value: { value: first.value.bind(first) },
          setValue: { value: first.setValue.bind(first) },
          write: { value: first.write.bind(first) },
          props: { value: session.props.bind(session) },
          propsWith: { value: session.propsWith.bind(session) },
          knows: { value: session.knows.bind(session) },
        });
      });
    },
    finds: simulateEngine,
    says: /a session's value is not its own/,
  },
];

for (const { what, make, finds, says } of MISTAKES) {
  Deno.test(`${finds.name}() finds a seeded mistake: ${what}`, async () => {
    count = 0;
    using _mistake = make();
    const found = await firstToFind(finds, WITHIN);
    assert.ok(found, `None of ${WITHIN} seeds found it`);
    assert.match(String(found.error), says, `seed ${found.seed}: ${found.error}`);
  });
}
