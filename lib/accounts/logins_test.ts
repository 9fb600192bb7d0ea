import assert from "node:assert/strict";
import { memoryStore } from "@/lib/store/records_memory.ts";
import { Logins } from "./logins.ts";

const times = { idleMs: 1000, absoluteMs: 5000 };
const ada = { subject: "ada", name: "Ada", roles: ["editor"], mark: "m" };
const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

const setting = () => {
  let nowMs = 1_000_000;
  const store = memoryStore({ now: () => nowMs });
  const logins = new Logins({ store: () => Promise.resolve(store), now: () => nowMs, random });
  return { store, logins, pass: (ms: number) => nowMs += ms };
};

Deno.test("Logins.find() gives the login of a secret, for its realm alone", async () => {
  const { logins } = setting();
  const secret = await logins.begin("main", ada, times);
  assert.match(secret, /^[\w-]{43}$/);
  const login = await logins.find("main", secret, times);
  assert.deepEqual([login?.name, login?.roles, login?.mark], ["Ada", ["editor"], "m"]);
  assert.equal(await logins.find("other", secret, times), undefined);
  assert.equal(await logins.find("main", "A".repeat(43), times), undefined);
});

Deno.test("The store never holds the secret of a login", async () => {
  const { logins, store } = setting();
  const secret = await logins.begin("main", ada, times);
  const all = JSON.stringify(await Array.fromAsync(store.list({ prefix: [] })));
  assert.ok(all.includes("Ada"));
  assert.ok(!all.includes(secret));
});

Deno.test("A login ends when it is not used, and in any case in the end", async () => {
  const { logins, pass } = setting();
  const idle = await logins.begin("main", ada, times);
  pass(999);
  assert.ok(await logins.find("main", idle, times));
  pass(1000);
  assert.equal(await logins.find("main", idle, times), undefined);
  const used = await logins.begin("main", ada, times);
  for (let ms = 0; ms < 4500; ms += 500) {
    pass(500);
    assert.ok(await logins.find("main", used, times), `after ${ms} ms`);
  }
  pass(500);
  assert.equal(await logins.find("main", used, times), undefined);
});

Deno.test("Logins.find() goes by the times that are set now, not by those at login", async () => {
  const { logins, pass } = setting();
  const secret = await logins.begin("main", ada, times);
  pass(900);
  assert.equal(await logins.find("main", secret, { idleMs: 1000, absoluteMs: 900 }), undefined);
  assert.equal(await logins.find("main", secret, { idleMs: 900, absoluteMs: 5000 }), undefined);
  assert.ok(await logins.find("main", secret, times));
});

Deno.test("A logout wins over a request at the same moment", async () => {
  const { logins, pass } = setting();
  for (let round = 0; round < 100; round++) {
    const secret = await logins.begin("main", ada, times);
    pass(200);
    const login = await logins.find("main", secret, times);
    pass(200);
    await Promise.all([
      logins.find("main", secret, times),
      logins.end(login!),
      logins.find("main", secret, times),
    ]);
    assert.equal(await logins.find("main", secret, times), undefined);
  }
});

Deno.test("Logins.endAll() ends all logins of one user and no other's", async () => {
  const { logins } = setting();
  const mine = [await logins.begin("main", ada, times), await logins.begin("main", ada, times)];
  const other = await logins.begin("main", { ...ada, subject: "grace" }, times);
  assert.equal((await logins.endAll({ id: "main:ada" })).length, 2);
  for (const secret of mine) assert.equal(await logins.find("main", secret, times), undefined);
  assert.ok(await logins.find("main", other, times));
});

Deno.test("A user has fifty logins at most; the oldest ends for the next", async () => {
  const { logins, store, pass } = setting();
  const long = { idleMs: 1e9, absoluteMs: 1e9 };
  const secrets: string[] = [];
  for (let at = 0; at < 55; at++) {
    pass(1);
    secrets.push(await logins.begin("main", ada, long));
  }
  const alive = await Promise.all(secrets.map((secret) => logins.find("main", secret, long)));
  assert.deepEqual(alive.map((login) => login !== undefined), secrets.map((_, at) => at >= 5));
  assert.equal((await Array.fromAsync(store.list({ prefix: [] }))).length, 100);
});

Deno.test("What has expired is removed while others log in", async () => {
  const { logins, store, pass } = setting();
  for (let at = 0; at < 5; at++) await logins.begin("main", { ...ada, subject: `user${at}` }, times);
  pass(700_000);
  await logins.begin("main", ada, times);
  assert.equal(await store.sweep(), 0);
});
