import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { type PasswordSource, usersFrom } from "@/lib/accounts/users.ts";
import { usersFile } from "@/lib/accounts/users_file.ts";
import { known, openClub, Visitor } from "@/tests/club.tsx";
import { quiet } from "@/tests/quiet.ts";
import { auth } from "./auth.ts";

/** Ends when somebody has been asked so many times. */
function counted(): { readonly called: (count: number) => Promise<void>; readonly call: () => void } {
  let calls = 0;
  const waiting = new Map<number, PromiseWithResolvers<void>>();
  const at = (count: number) => {
    let one = waiting.get(count);
    if (!one) waiting.set(count, one = Promise.withResolvers());
    return one;
  };
  return { called: (count) => at(count).promise, call: () => at(++calls).resolve() };
}

Deno.test("A check of passwords that hangs ends after 5 s, is told so, and closes no other realm", async () => {
  using log = quiet();
  const { called, call } = counted();
  const signals: AbortSignal[] = [];
  const hangs = usersFrom((_name, _password, { signal }) => {
    signals.push(signal);
    call();
    return new Promise(() => {});
  });
  await using club = openClub({
    auth: { users: hangs, realm: "odd" },
    second: auth({ users: usersFrom(known) }),
  });
  const answers = Array.from({ length: 6 }, (_, at) => new Visitor(club, `192.0.2.${at}`).login("ada"));
  await called(4);
  assert.equal((await new Visitor(club, "192.0.2.100").login("ada", undefined, "/second")).status, 303);
  assert.deepEqual(signals.map(({ aborted }) => aborted), [false, false, false, false]);
  club.clock.tick(5000);
  await called(6);
  for (const answer of await Promise.all(answers.slice(0, 4))) {
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get("retry-after"), "5");
    assert.match(await answer.text(), /This is taking too long/);
  }
  assert.ok(signals.slice(0, 4).every(({ aborted }) => aborted), "whoever asked is told that nobody waits");
  club.clock.tick(5000);
  for (const answer of await Promise.all(answers.slice(4))) assert.equal(answer.status, 503);
  assert.match(log.lines.join("\n"), /The source of users of the realm .*odd.* did not answer within 5 s/);
});

Deno.test("A login of the same realm works again when its source does", async () => {
  using _log = quiet();
  const { called, call } = counted();
  let hangs = true;
  const users = usersFrom((name, password) => {
    call();
    return hangs ? new Promise(() => {}) : known(name, password);
  });
  await using club = openClub({ auth: { users } });
  const first = Array.from({ length: 4 }, (_, at) => new Visitor(club, `192.0.2.${at}`).login("ada"));
  await called(4);
  hangs = false;
  const fifth = new Visitor(club, "192.0.2.5").login("ada");
  club.clock.tick(5000);
  assert.equal((await fifth).status, 303);
  assert.deepEqual((await Promise.all(first)).map(({ status }) => status), [503, 503, 503, 503]);
});

Deno.test("A source that hangs when it is asked who somebody is now lets nobody in, for 5 s at most", async () => {
  using _log = quiet();
  const { called, call } = counted();
  let hangs = false;
  const users = usersFrom(known, {
    find: (name) => {
      call();
      return hangs ? new Promise(() => {}) : { name, roles: ["viewer"] };
    },
  });
  await using club = openClub({
    auth: { users },
    second: auth({ users: usersFrom(known), realm: "second" }),
  });
  const ada = new Visitor(club);
  await ada.login("ada");
  assert.equal((await ada.get("/club/api")).status, 200);
  hangs = true;
  const waits = ada.get("/club/api");
  await called(2);
  const other = new Visitor(club);
  assert.equal((await other.login("ada", undefined, "/second")).status, 303);
  assert.equal((await other.get("/second")).status, 200);
  club.clock.tick(5000);
  assert.equal((await waits).status, 503);
});

Deno.test("Whoever is no person is let in by no source, and the log says what would be right", async (t) => {
  const odd: Readonly<Record<string, unknown>> = {
    "a number for a name": { name: 5, roles: ["viewer"] },
    "null for a name": { name: null, roles: ["viewer"] },
    "a text for roles": { name: "ada", roles: "admin" },
    "no roles": { name: "ada" },
    "an empty name": { name: "", roles: [] },
    "a name with NUL": { name: "ada\0", roles: [] },
    "an empty object": {},
    "the text false": "false",
    "the text of an object": '{"name":"ada","roles":[]}',
    "true": true,
    "a number": 1,
    "an array": ["ada", ["viewer"]],
    "a promise of true": Promise.resolve(true),
    "a role that is no text": { name: "ada", roles: [null] },
  };
  for (const [name, given] of Object.entries(odd)) {
    await t.step(name, async () => {
      using log = quiet();
      for (
        const users of [
          usersFrom((() => given) as never),
          usersFrom(known, { find: (() => given) as never }),
        ]
      ) {
        await using club = openClub({ auth: { users } });
        const ada = new Visitor(club);
        const any = { accept: "*/*" };
        const login = await ada.post("/club/login", { name: "ada", password: "lovelace" }, any);
        const { status } = login.status === 303 ? await ada.get("/club/api", any) : login;
        assert.equal(status, 503);
      }
      assert.match(
        log.lines.join("\n"),
        /gave .*It gives \{ name, roles \}, with a name of 1 to 255 letters/,
      );
    });
  }
});

Deno.test("A source that names somebody else than it was asked for names nobody", async () => {
  const users = usersFrom(known, { find: () => ({ name: "bob", roles: ["viewer", "editor"] }) });
  await using club = openClub({ auth: { users } });
  const ada = new Visitor(club);
  await ada.login("ada");
  assert.equal((await ada.get("/club/api")).status, 303);
});

Deno.test("A password with control characters reaches no source", async () => {
  const asked: string[] = [];
  const users: PasswordSource = {
    way: "password",
    same: "asked",
    check: (_, password) => {
      asked.push(password);
      return Promise.resolve(undefined);
    },
  };
  await using club = openClub({ auth: { users } });
  for (const password of ["lovelace\0", "love\0lace", "lovelace\r", "\tlovelace", "lovelace\x7f"]) {
    assert.equal((await new Visitor(club).login("ada", password)).status, 400, JSON.stringify(password));
  }
  assert.deepEqual(asked, []);
});

Deno.test("A file of users that cannot be read is reported when its page is first asked for, with the true cause", async () => {
  using log = quiet();
  await using club = openClub({ auth: { users: usersFile("/nowhere/users") } });
  const stranger = new Visitor(club);
  assert.equal((await stranger.get("/club")).status, 303);
  // The guard does not wait for it.
  while (log.lines.length === 0) await setImmediate();
  assert.equal((await stranger.get("/club/login")).status, 200);
  const login = { name: "ada", password: "lovelace" };
  assert.equal((await stranger.post("/club/login", login, { accept: "*/*" })).status, 503);
  const [first = "", ...more] = log.lines;
  assert.match(
    first,
    /^error [0-9a-f]{8}: Error: Cannot read the file of users at \/nowhere\/users: there is none\. Make one/,
  );
  assert.equal(more.length, 1, "once for the guard, once for the login");
});
