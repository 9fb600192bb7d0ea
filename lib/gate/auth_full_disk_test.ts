import assert from "node:assert/strict";
import { memoryStore } from "@/lib/store/records_memory.ts";
import { Fault } from "@/lib/value/fault.ts";
import { openClub, Visitor } from "@/tests/club.tsx";
import { quiet } from "@/tests/quiet.ts";

const HOUR_MS = 3_600_000;

/** A club whose store can be made to refuse what it is given to keep. */
function clubOnDisk() {
  const disk: { refuses?: Fault } = {};
  const clock: { now: () => number } = { now: () => 0 };
  const store = memoryStore({ now: () => clock.now() });
  const commit = store.commit.bind(store);
  store.commit = (ops, options) => disk.refuses ? Promise.reject(disk.refuses) : commit(ops, options);
  const club = openClub({ store });
  clock.now = club.clock.now;
  return { club, disk };
}

for (
  const [fault, status, said] of [
    [new Fault("no_space", "The server has no room left"), 507, /The server has no room left/],
    [
      new Fault("offline", "The server cannot save anything right now"),
      503,
      /cannot save anything right now/,
    ],
  ] as const
) {
  Deno.test(`While the store refuses with ${fault.code}, the login says so without a line in the log`, async () => {
    using log = quiet();
    const { club, disk } = clubOnDisk();
    await using _club = club;
    disk.refuses = fault;
    const answer = await new Visitor(club).login("ada");
    assert.equal(answer.status, status);
    assert.equal(answer.headers.get("set-cookie"), null);
    assert.match(await answer.text(), said);
    assert.deepEqual(log.lines, []);
  });

  Deno.test(`While the store refuses with ${fault.code}, the account makes and revokes no key and says why`, async () => {
    using log = quiet();
    const { club, disk } = clubOnDisk();
    await using _club = club;
    const ada = new Visitor(club);
    await ada.login("ada");
    const scope = { label: "ci", routes: "/*", role: "viewer" };
    const made = await (await ada.post("/club/account", scope)).text();
    const token = /atk_([0-9a-f]{16})_[\w-]{43}/.exec(made) ?? [];
    disk.refuses = fault;
    for (const form of [scope, { revoke: String(token[1]) }]) {
      const answer = await ada.post("/club/account", form);
      assert.equal(answer.status, status);
      const text = await answer.text();
      assert.match(text, said);
      assert.ok(!/atk_[0-9a-f]{16}_[\w-]{43}/.test(text));
    }
    const headers = { authorization: `Bearer ${token[0]}` };
    assert.equal((await club.ask("/club/api", { headers })).status, 200);
    assert.deepEqual(log.lines, []);
  });

  Deno.test(`While the store refuses with ${fault.code}, a logout ends in the browser, and says that it ends there only`, async () => {
    using log = quiet();
    const { club, disk } = clubOnDisk();
    await using _club = club;
    const ada = new Visitor(club);
    await ada.login("ada");
    disk.refuses = fault;
    for (const form of [{ everywhere: "on" }, {}] as Record<string, string>[]) {
      const cookies = new Map(ada.cookies);
      const answer = await ada.post("/club/logout", form);
      assert.equal(answer.status, status);
      assert.match(await answer.text(), /You are logged out in this browser only/);
      assert.match(String(answer.headers.get("set-cookie")), /^__Host-atoll=;.*Max-Age=0/i);
      assert.equal(answer.headers.get("clear-site-data"), '"storage"');
      for (const [name, value] of cookies) ada.cookies.set(name, value);
    }
    assert.deepEqual(log.lines, []);
  });

  Deno.test(`While the store refuses with ${fault.code}, whoever is logged in gets in, but for no longer than before`, async () => {
    using _log = quiet();
    const { club, disk } = clubOnDisk();
    await using _club = club;
    const ada = new Visitor(club);
    await ada.login("ada");
    disk.refuses = fault;
    club.clock.tick(11 * HOUR_MS);
    assert.equal((await ada.get("/club")).status, 200);
    club.clock.tick(HOUR_MS);
    assert.equal((await ada.get("/club")).status, 303);
  });
}
