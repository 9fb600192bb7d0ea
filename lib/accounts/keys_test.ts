import assert from "node:assert/strict";
import { memoryStore } from "@/lib/store/records_memory.ts";
import { Keys, type KeyScope, opens } from "./keys.ts";

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
const ada = { id: "main:ada", name: "ada", roles: ["viewer", "editor"] };
const known = { subject: "ada", mark: "m" };
const all: KeyScope = { label: "ci", roles: ["viewer", "editor"], routes: ["/*"], expiresMs: undefined };

const setting = () => {
  let nowMs = 1_000_000;
  const store = memoryStore({ now: () => nowMs });
  const keys = new Keys({ store: () => Promise.resolve(store), now: () => nowMs, random });
  return { store, keys, pass: (ms: number) => nowMs += ms };
};

Deno.test("Keys.create() gives a key that is found, for its realm alone, and keeps no secret", async () => {
  const { keys, store } = setting();
  const token = await keys.create(ada, known, "main", all);
  assert.match(token, /^atk_[0-9a-f]{16}_[\w-]{43}$/);
  assert.equal((await keys.find("main", token))?.subject, "ada");
  assert.equal(await keys.find("other", token), undefined);
  const text = JSON.stringify(await Array.fromAsync(store.list({ prefix: [] })));
  assert.ok(!text.includes(token.slice(21)));
});

Deno.test("Keys.find() takes no key that was changed in any letter", async () => {
  const { keys } = setting();
  const token = await keys.create(ada, known, "main", all);
  for (const wrong of ["", "atk_", token.slice(0, -1), `${token}A`, token.toUpperCase(), ` ${token}`]) {
    assert.equal(await keys.find("main", wrong), undefined, wrong);
  }
  for (let at = 21; at < token.length; at++) {
    const wrong = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
    assert.equal(await keys.find("main", wrong), undefined);
  }
});

Deno.test("Keys.revoke() takes back one's own keys only", async () => {
  const { keys } = setting();
  const token = await keys.create(ada, known, "main", all);
  const [key] = await keys.list(ada);
  await assert.rejects(keys.revoke({ id: "main:grace" }, key!.id), { code: "not_found" });
  await assert.rejects(keys.revoke(ada, "../x"), { code: "not_found" });
  assert.ok(await keys.find("main", token));
  await keys.revoke(ada, key!.id);
  assert.equal(await keys.find("main", token), undefined);
  assert.deepEqual(await keys.list(ada), []);
});

Deno.test("Keys.create() makes fifty at most when many are asked for at once, and all are listed", async () => {
  const { keys } = setting();
  const asked = Array.from({ length: 70 }, () => keys.create(ada, known, "main", all));
  const answers = await Promise.allSettled(asked);
  assert.equal(answers.filter(({ status }) => status === "fulfilled").length, 50);
  for (const answer of answers) {
    if (answer.status === "rejected") assert.equal(answer.reason.code, "refused");
  }
  assert.equal((await keys.list(ada)).length, 50);
});

Deno.test("A page of a key may end in a slash, and paths that no page has are refused", async () => {
  const { keys } = setting();
  assert.ok(opens({ routes: ["/demos/members/"] }, "/demos/members"));
  assert.ok(opens({ routes: ["/demos/members/"] }, "/demos/members/"));
  assert.ok(!opens({ routes: ["/demos/members/"] }, "/demos/members/desk"));
  for (
    const route of [
      "/demos//keys",
      "//demos/keys",
      "/demos/../keys",
      "/demos/./keys",
      "/demos/.*",
      "/demos/**",
    ]
  ) {
    const made = keys.create(ada, known, "main", { ...all, routes: [route] });
    await assert.rejects(made, { code: "bad_input" }, route);
  }
});

Deno.test("A key ends when its time is up, has no role that its user has not, and there are fifty at most", async () => {
  const { keys, pass } = setting();
  const token = await keys.create(ada, known, "main", { ...all, expiresMs: 1_000_500 });
  pass(500);
  assert.equal(await keys.find("main", token), undefined);
  await assert.rejects(keys.create(ada, known, "main", { ...all, roles: ["owner"] }), { code: "bad_input" });
  for (const routes of [[], ["demos"], ["/a?b"], ["//evil\\"], ["/**/x"]]) {
    await assert.rejects(keys.create(ada, known, "main", { ...all, routes }), { code: "bad_input" });
  }
  for (const label of ["", "x".repeat(101)]) {
    await assert.rejects(keys.create(ada, known, "main", { ...all, label }), { code: "bad_input" });
  }
  for (let at = 0; at < 50; at++) await keys.create(ada, known, "main", all);
  await assert.rejects(keys.create(ada, known, "main", all), { code: "refused" });
});

Deno.test("A key has the roles that were named, not those that its user is given later; so has one that was kept as all", async () => {
  const { keys, store } = setting();
  const bob = { id: "main:bob", name: "bob", roles: ["viewer"] };
  const token = await keys.create(bob, { subject: "bob", mark: "m" }, "main", { ...all, roles: bob.roles });
  const key = await keys.find("main", token);
  assert.deepEqual([key?.roles, key?.routes], [["viewer"], ["/*"]]);
  // As an earlier version kept it.
  const at = ["accounts", "keys", token.slice(4, 20)];
  const { roles: _, routes: __, ...before } = (await store.get(at))?.value as Record<string, unknown>;
  await store.commit([{ type: "set", key: at, value: before as never }]);
  const old = await keys.find("main", token);
  assert.deepEqual([old?.roles, old?.routes], [["viewer"], ["/*"]]);
});

Deno.test("opens() reads routes literally, and no path that could be read in two ways", () => {
  const cases: [routes: string[], page: string, open: boolean][] = [
    [["/*"], "/an%C3%BDthing", true],
    [["/demos/members"], "/demos/members", true],
    [["/demos/members"], "/demos/members/", true],
    [["/demos/members"], "/demos/members2", false],
    [["/demos/members"], "/demos", false],
    [["/demos/*"], "/demos/members", true],
    [["/demos/*"], "/demos", true],
    [["/demos/*"], "/demosother", false],
    [["/demos/*"], "/demos/../admin", false],
    [["/demos/*"], "/demos/%2e%2e/admin", false],
    [["/demos/*"], "//demos/members", false],
    [["/demos/*"], "/demos//members", false],
    [["/demos/*"], "/DEMOS/members", false],
    [["/demos/mem*"], "/demos/members", true],
    [["/demos/mem*"], "/demos/me", false],
    [["/"], "/", true],
    [["/*"], "/", true],
    [["/*"], "/anything", true],
  ];
  for (const [routes, page, open] of cases) assert.equal(opens({ routes }, page), open, `${routes} ${page}`);
});
