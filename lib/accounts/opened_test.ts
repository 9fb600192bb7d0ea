import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { memoryStore } from "@/lib/store/records_memory.ts";
import { fakeClock } from "@/lib/testing/clock.ts";
import type { User } from "@/lib/value/user.ts";
import { Accounts } from "./accounts.ts";
import { LOOK_EVERY_MS } from "./opened.ts";
import type { Standing } from "./standing.ts";
import { usersFrom, type UserSource } from "./users.ts";

const times = { idleMs: 1e9, absoluteMs: 1e9 };

function setting() {
  const clock = fakeClock();
  const store = memoryStore({ now: clock.now });
  const runs: { readonly user: User; readonly end: () => void }[] = [];
  const broken: unknown[] = [];
  const accounts = new Accounts({
    store: () => Promise.resolve(store),
    now: clock.now,
    monotonic: clock.now,
    after: clock.after,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    dev: false,
    runs: () => runs,
    broke: (error) => void broken.push(error),
  });
  const open = (name: string, users: UserSource, realm = "main", by = name) => {
    const known = { subject: name, name, roles: [], mark: "" };
    const user = { id: `${realm}:${name}`, name, roles: [] };
    const standing: Standing = { user, known, by, way: "key", realm, users, times };
    return accounts.opened.open(standing);
  };
  const settled = async () => {
    while (accounts.opened.looking) await setImmediate();
  };
  return { clock, accounts, runs, broken, open, settled };
}

Deno.test("A run of an earlier process ends when its user is not there any more, or has lost a role", async () => {
  const { clock, accounts, runs, open, settled } = setting();
  const people = new Map([["ada", ["viewer"]], ["bob", ["viewer"]], ["cyd", ["viewer", "editor"]]]);
  const users = usersFrom(() => undefined, {
    find: (name) => people.has(name) ? { name, roles: people.get(name) ?? [] } : undefined,
  });
  const over: string[] = [];
  for (const id of ["main:ada", "main:bob", "main:cyd", "main:dan", "other:ada", "main:a:b"]) {
    const user = { id, name: id, roles: id === "main:bob" ? ["viewer", "editor"] : ["viewer"] };
    runs.push({ user, end: () => over.push(id) });
  }
  accounts.claim("main", users);
  open("cyd", users)[Symbol.dispose]();
  clock.tick(LOOK_EVERY_MS);
  await settled();
  assert.deepEqual(over.sort(), ["main:a:b", "main:bob", "main:dan"]);
});

Deno.test("What cannot be ended is logged, and keeps open neither what others have nor what comes later", async () => {
  const { clock, accounts, runs, broken, open, settled } = setting();
  const gone = usersFrom(() => undefined, { find: () => undefined });
  accounts.claim("main", gone);
  const over: string[] = [];
  const user = { id: "main:ada", name: "ada", roles: [] };
  const stuck = new Error("It does not end");
  runs.push({
    user,
    end: () => {
      throw stuck;
    },
  });
  for (const round of ["first", "second"]) {
    const request = open(round, gone);
    request.whenEnded(() => over.push(round));
    runs.push({ user, end: () => over.push(`run of ${round}`) });
    clock.tick(LOOK_EVERY_MS);
    await settled();
    runs.pop();
  }
  assert.deepEqual(over.sort(), ["first", "run of first", "run of second", "second"]);
  assert.deepEqual(broken, [stuck, stuck]);
});

Deno.test("A source that does not answer is waited for once in a look, not for each of its people", async () => {
  const { clock, accounts, open, settled } = setting();
  let asked = 0;
  const hangs = usersFrom(() => undefined, {
    find: () => {
      asked++;
      return new Promise(() => {});
    },
  });
  const requests = Array.from({ length: 200 }, (_, at) => open(`n${at}`, hangs));
  clock.tick(LOOK_EVERY_MS);
  await setImmediate();
  assert.equal(asked, 32, "so many at a time");
  clock.tick(5000);
  await settled();
  assert.equal(asked, 32);
  assert.ok(requests.every(({ ended }) => ended), "what cannot be looked up has no rights");
  assert.equal(accounts.opened.size, 0);
});

Deno.test("Nothing is looked up, and no timer waits, while nothing is open", async () => {
  const { clock, open, settled } = setting();
  assert.equal(clock.waiting, 0);
  const users = usersFrom(() => undefined);
  const request = open("ada", users);
  assert.equal(clock.waiting, 1);
  open("bob", users)[Symbol.dispose]();
  assert.equal(clock.waiting, 1, "one timer does for all");
  request[Symbol.dispose]();
  clock.tick(LOOK_EVERY_MS);
  await settled();
  assert.equal(clock.waiting, 0);
});
