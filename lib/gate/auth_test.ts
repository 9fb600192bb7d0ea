import assert from "node:assert/strict";
import { usersFrom } from "@/lib/accounts/users.ts";
import { memoryStore } from "@/lib/store/records_memory.ts";
import type { Store } from "@/lib/store/records.ts";
import { HERE, known, openClub, Visitor } from "@/tests/club.tsx";
import { quiet } from "@/tests/quiet.ts";
import { auth, requires } from "./auth.ts";

const COOKIE = "__Host-atoll";
const INSIDE = /inside|Hello|atoll-demo|"run"/;

Deno.test("Nothing of a guarded folder is answered to who is not logged in, by any method", async (t) => {
  await using club = openClub();
  // All that the folder has, and nothing more, may be asked for without a login.
  const open = new Set(["GET /club/login", "HEAD /club/login"]);
  const paths = [
    "/club",
    "/club/",
    "/club?x=1",
    "/club/api",
    "/club/any",
    "/club/page/one",
    "/club/inner/room",
    "/club/files",
    `/club/files/${"A".repeat(22)}`,
    "/club/login",
    "/club/logout",
    "/club/account",
    "/club/api/account",
    "/club/page/one/logout",
  ];
  for (const path of paths) {
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      for (const accept of ["text/html", "*/*", "text/event-stream"]) {
        await t.step(`${method} ${path} for ${accept}`, async () => {
          const headers: Record<string, string> = { accept, origin: HERE };
          const body = method === "POST" ? '{"action":"hello"}' : null;
          if (body) headers["content-type"] = "application/json";
          const response = await club.ask(path, { method, headers, body });
          const text = await response.text();
          assert.doesNotMatch(text, INSIDE);
          if (open.has(`${method} ${path}`)) return assert.equal(response.status, 200);
          if (path === "/club/login") return assert.ok([405, 415, 429].includes(response.status), text);
          if (response.status === 303) {
            assert.ok((method === "GET" || method === "HEAD") && accept === "text/html");
            assert.match(response.headers.get("location") ?? "", /^\/club(?:\/[a-z/]+)?\/login(?:\?x=1)?$/);
          } else if (method === "OPTIONS" && response.status === 204) {
            // What methods a route has is said by its list of them, before any handler.
            assert.equal(text, "");
          } else assert.ok([401, 403, 404, 405].includes(response.status), `${response.status} ${text}`);
        });
      }
    }
  }
});

Deno.test("No spelling of a path leads past the guard", async (t) => {
  for (const whole of [false, true]) {
    await using club = openClub({ whole });
    for (
      const path of [
        "//club",
        "//club/api",
        "/club//api",
        "/CLUB/api",
        "/Club",
        "/club/api/",
        "/club/./api",
        "/club/x/../api",
        "/club/%61pi",
        "/%63lub/api",
        "/club%2fapi",
        "/club/api;a=b",
        "/club;/api",
        "/club\\api",
        "/\\club/api",
        "/club/api.",
        "/club./api",
        "/club/api%00",
        "/club/api%20",
        "/club/%2e/api",
        "/open/../club/api",
        "/open/files/../../club/api",
        "/club/page/%2e%2e",
        "/club/api?files",
        "/club/api#/open",
      ]
    ) {
      await t.step(`${path}${whole ? ", all guarded" : ""}`, async () => {
        for (const method of ["GET", "HEAD"]) {
          const response = await club.ask(path, { method });
          assert.doesNotMatch(await response.text(), INSIDE);
          assert.ok([401, 404].includes(response.status), `${response.status}`);
          if (whole) assert.equal(response.status, 401);
        }
      });
    }
  }
});

Deno.test("A guard of the whole app keeps what there is not from what there is", async () => {
  await using club = openClub({ whole: true });
  for (const path of ["/", "/open", "/club", "/nothing", "/login/x"]) {
    assert.equal((await club.ask(path)).status, 401, path);
  }
  const ada = new Visitor(club);
  assert.equal((await ada.get("/login")).status, 200, "the login of the app is before a route of that name");
  assert.equal((await ada.login("ada", undefined, "")).headers.get("location"), "/");
  assert.equal(await (await ada.get("/")).text(), "home");
  assert.equal((await ada.get("/nothing")).status, 404);
});

Deno.test("A route that is called login has its turn where no guard answers", async () => {
  await using club = openClub();
  assert.equal(await (await club.ask("/login")).text(), "a route of the author's own");
  assert.equal((await club.ask("/open/login")).status, 404);
});

Deno.test("Logging in leads to the page that was asked for, and lets in", async () => {
  await using club = openClub();
  const ada = new Visitor(club);
  const led = await ada.get("/club/page/one?x=1");
  assert.equal(led.headers.get("location"), "/club/page/one/login?x=1");
  const form = await (await ada.get("/club/page/one/login?x=1")).text();
  assert.match(form, /<form[^>]* method="post" action="\/club\/page\/one\/login\?x=1"/);
  const answer = await ada.post("/club/page/one/login?x=1", { name: "ada", password: "lovelace" });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get("location"), "/club/page/one?x=1");
  assert.equal(await (await ada.get("/club/page/one?x=1")).text(), "inside one");
  assert.equal((await ada.get("/club/login")).headers.get("location"), "/club");
});

Deno.test("Wherever a login is asked to lead, it leads to a path of this app", async (t) => {
  await using club = openClub({ whole: true });
  const nexts = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example/x",
    "/\\evil.example",
    "\\/evil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "//evil.example%2f..",
    "/..//evil.example",
    "%2f%2fevil.example",
    "/\r\nset-cookie: a=b",
    "/%0d%0aset-cookie:%20a=b",
    "/club/../..//evil.example",
    "/.evil.example",
    "/@evil.example",
    "/club@evil.example/",
  ];
  for (const next of nexts) {
    await t.step(JSON.stringify(next), async () => {
      const paths = [`/login?next=${encodeURIComponent(next)}`, `/login?next=${next.replace(/[\r\n]/g, "")}`];
      if (next.startsWith("/") && !/[\r\n]/.test(next)) paths.push(`${next}/login`, `/club${next}/login`);
      for (const path of paths) {
        for (
          const answer of [
            await new Visitor(club).post(path, { name: "ada", password: "lovelace", next }),
            await new Visitor(club).get(path.replace(/\/login/, "")),
          ]
        ) {
          const location = answer.headers.get("location");
          assert.equal(answer.headers.has("a"), false);
          if (location === null) continue;
          const { origin, pathname } = new URL(location, HERE);
          assert.equal(origin, HERE, location);
          assert.match(pathname, /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*\/?$/);
          assert.match(location, /^\/(?![/\\])[^\\\r\n\t]*$/);
        }
      }
    });
  }
});

Deno.test("A slash too many leads nowhere", async () => {
  await using club = openClub();
  for (
    const path of [
      "//evil.test/x/..",
      "/%5cevil.test/",
      "/static/..%2f%5cevil.test%2f%3f%2f..%2f..",
      "//evil.test/login",
      "//evil.test/club/login",
    ]
  ) {
    const response = await club.ask(path, { headers: { accept: "text/html" } });
    assert.equal(response.status, 404, path);
    assert.equal(response.headers.get("location"), null);
  }
});

Deno.test("The cookie is new at each login, random, and bound to this host", async () => {
  await using club = openClub();
  const seen = new Set<string>();
  const ada = new Visitor(club);
  ada.cookies.set(COOKIE, "A".repeat(43));
  assert.equal((await ada.get("/club")).status, 303, "what a client chose is not adopted");
  for (let round = 0; round < 5; round++) {
    const before = ada.cookies.get(COOKIE) ?? "";
    const answer = await ada.login("ada");
    const [cookie = ""] = answer.headers.getSetCookie();
    const [, value = ""] = /^__Host-atoll=([\w-]{43}); Max-Age=\d+; Path=\/; Secure; HttpOnly; SameSite=Lax$/
      .exec(cookie) ?? [];
    assert.equal(Uint8Array.fromBase64(value, { alphabet: "base64url" }).length, 32, cookie);
    assert.ok(!seen.has(value));
    seen.add(value);
    const old = new Visitor(club);
    old.cookies.set(COOKIE, before);
    assert.equal((await old.get("/club/api")).status, 303, "the login before is over");
  }
});

Deno.test("No cookie but the right one is a login", async (t) => {
  await using club = openClub();
  await using elsewhere = openClub();
  const ada = new Visitor(club);
  await ada.login("ada");
  const right = ada.cookies.get(COOKIE) as string;
  const foreign = new Visitor(elsewhere);
  await foreign.login("ada");
  const flipped = (right[0] === "A" ? "B" : "A") + right.slice(1);
  const cases: Record<string, string> = {
    "cut": `${COOKIE}=${right.slice(0, -1)}`,
    "longer": `${COOKIE}=${right}A`,
    "a letter changed": `${COOKIE}=${flipped}`,
    "empty": `${COOKIE}=`,
    "another install's": `${COOKIE}=${foreign.cookies.get(COOKIE)}`,
    "twice": `${COOKIE}=${right}; ${COOKIE}=${right}`,
    "twice, one wrong": `${COOKIE}=${flipped}; ${COOKIE}=${right}`,
    "8 KB": `${COOKIE}=${right}; x=${"y".repeat(8192)}`,
    "no base64": `${COOKIE}=%%%${right.slice(3)}`,
    "in quotes": `${COOKIE}="${right}"`,
    "a token of none": `${COOKIE}=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.`,
    "without its prefix": `atoll=${right}`,
    "another name": `__Host-atoll-other=${right}`,
    "the prototype": "__proto__=1",
  };
  for (const [name, cookie] of Object.entries(cases)) {
    await t.step(name, async () => {
      const response = await club.ask("/club/api", { headers: { cookie } });
      assert.equal(response.status, 401, await response.text());
    });
  }
  await t.step("the right one", async () => {
    assert.equal(
      (await club.ask("/club/api", { headers: { cookie: `a=b; ${COOKIE}=${right}; c=d` } })).status,
      200,
    );
  });
  await t.step("the right one, too late", async () => {
    club.clock.tick(12 * 3_600_000);
    assert.equal((await ada.get("/club/api")).status, 303);
  });
});

Deno.test("Logging out ends the login for pages, events, files and streams", async () => {
  await using club = openClub();
  const ada = new Visitor(club);
  await ada.login("ada");
  const session = await ada.open();
  const stream = (await ada.event({ action: "endless", session })).body!.getReader();
  await stream.read();
  const before = new Map(ada.cookies);
  const answer = await ada.post("/club/logout", {});
  assert.equal(answer.headers.get("location"), "/club/login");
  assert.equal(answer.headers.get("clear-site-data"), '"storage"', "what pages kept in the browser goes too");
  assert.equal(ada.cookies.size, 0);
  // Everything that was open comes to its end by itself, without time going on.
  for (let ended = false; !ended;) ended = (await stream.read()).done;
  for (const [name, value] of before) ada.cookies.set(name, value);
  assert.equal((await ada.get("/club")).status, 303);
  assert.equal((await ada.event({ action: "hello", session })).status, 401);
  assert.equal((await ada.get("/club/files/x", { accept: "*/*" })).status, 401);
});

Deno.test("Logging out everywhere ends the logins of all browsers, and of nobody else", async () => {
  await using club = openClub();
  const [phone, laptop, bob] = [new Visitor(club), new Visitor(club), new Visitor(club)];
  await phone.login("ada");
  await laptop.login("ada");
  await bob.login("bob");
  await phone.post("/club/logout", {});
  assert.equal((await laptop.get("/club/api")).status, 200, "logging out ends one login");
  await phone.login("ada");
  await laptop.post("/club/logout", { everywhere: "yes" });
  assert.equal((await phone.get("/club/api")).status, 303);
  assert.equal((await bob.get("/club/api")).status, 200);
});

Deno.test("Logging out is no link that another page could lead to", async () => {
  await using club = openClub();
  const ada = new Visitor(club);
  await ada.login("ada");
  assert.equal((await ada.get("/club/logout")).headers.get("location"), "/club/account");
  assert.equal((await ada.get("/club/api")).status, 200);
});

Deno.test("What writes with a cookie says where it comes from; with a key it need not", async () => {
  await using club = openClub();
  const ada = new Visitor(club);
  await ada.login("ada");
  const session = await ada.open();
  const cookie = `${COOKIE}=${ada.cookies.get(COOKIE)}`;
  const write = (headers: Record<string, string>) =>
    club.ask("/club", {
      method: "POST",
      body: JSON.stringify({ action: "hello", session }),
      headers: { "content-type": "application/json", ...headers },
    });
  assert.equal((await write({ cookie })).status, 403);
  assert.equal((await write({ cookie, origin: "http://evil.example" })).status, 403);
  assert.equal((await write({ cookie, origin: HERE })).status, 200);
  const box = /<input id="routes"[^>]*>/.exec(await (await ada.get("/club/account")).text())?.[0] ?? "";
  assert.match(box, /placeholder="\/club"/, "an empty box is this page alone");
  assert.doesNotMatch(box, /value=/);
  const made = await (await ada.post("/club/account", { create: "yes", label: "ci", role: "editor" })).text();
  const [token] = /atk_[\w-]{60}/.exec(made) ?? [];
  assert.equal((await write({ authorization: `Bearer ${token}` })).status, 200);
});

Deno.test("The login says the same of a wrong name and of a wrong password", async () => {
  await using club = openClub();
  const texts = new Set<string>();
  for (
    const [at, name] of ["ada", "nobody", "Ada", "ada ", "\u0430da", "ada\0", "\uff41da", "a".repeat(500)]
      .entries()
  ) {
    const answer = await new Visitor(club, `192.0.2.${at}`).login(name, "wrong");
    assert.equal(answer.status, 401);
    texts.add((await answer.text()).replace(/value="[^"]*"/, ""));
    assert.equal(answer.headers.get("set-cookie"), null);
  }
  assert.equal(texts.size, 1);
  const [text = ""] = texts;
  assert.match(text, /<p id="login-notice"[^>]*>Wrong name or password</);
  assert.equal(text.match(/aria-invalid="true"/g)?.length, 2);
  assert.doesNotMatch(text, /role="alert"/);
  const first = await (await new Visitor(club).get("/club/login")).text();
  assert.doesNotMatch(first, /aria-invalid|login-notice/);
});

Deno.test("A name that only looks like another's never is", async () => {
  await using club = openClub();
  for (const name of ["Ada", "ada ", " ada", "\u0430da", "ada\0", "\uff41da", "ad\u0430", "ada\u200b"]) {
    const answer = await new Visitor(club, `192.0.2.${name.length}`).login(name, "lovelace");
    assert.equal(answer.status, 401, JSON.stringify(name));
  }
});

Deno.test("A password of no length or of too much is refused before it is checked", async () => {
  await using club = openClub();
  const visitor = new Visitor(club);
  for (
    const [length, status] of [[0, 400], [1, 401], [72, 401], [1024, 401], [1025, 400], [4096, 400], [
      1_000_000,
      413,
    ]] as const
  ) {
    const answer = await visitor.login("ada", "x".repeat(length));
    assert.equal(answer.status, status, `${length} letters`);
    await answer.body?.cancel();
  }
});

Deno.test("Ten wrong logins in a minute lock an address, not the user", async () => {
  await using club = openClub();
  const mallory = new Visitor(club, "198.51.100.1");
  const statuses: number[] = [];
  for (let at = 0; at < 50; at++) statuses.push((await mallory.login("ada", "wrong")).status);
  assert.deepEqual(statuses, [...Array(10).fill(401), ...Array(40).fill(429)]);
  const right = await mallory.login("ada");
  assert.equal(right.status, 429, "the right password does not help");
  assert.equal(right.headers.get("retry-after"), "60");
  assert.match(await right.text(), /Try again in 60 seconds/);
  const ada = new Visitor(club, "203.0.113.5");
  assert.equal((await ada.login("ada")).status, 303, "the owner gets in from elsewhere");
  club.clock.tick(60_000);
  assert.equal((await mallory.login("ada", "wrong")).status, 401);
});

Deno.test("Many addresses at one user, and one address at many users, get nowhere", async () => {
  await using club = openClub();
  for (let at = 0; at < 300; at++) await new Visitor(club, `198.51.100.${at % 100}`).login("ada", "wrong");
  assert.equal((await new Visitor(club, "203.0.113.5").login("ada")).status, 303);
  const sprayer = new Visitor(club, "198.51.101.1");
  let tried = 0;
  for (let at = 0; at < 1000; at++) tried += Number((await sprayer.login(`user${at}`, "x")).status === 401);
  assert.equal(tried, 10);
});

Deno.test("While its store cannot be asked, a guard lets nobody in", async () => {
  const store = memoryStore({ now: () => 0 });
  let broken = false;
  const flaky = new Proxy(store, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (broken && name !== Symbol.asyncDispose) throw new Error("The disk is gone");
        return value.apply(target, args);
      };
    },
  }) as Store;
  await using club = openClub({ store: flaky });
  const ada = new Visitor(club);
  await ada.login("ada");
  assert.equal((await ada.get("/club/api")).status, 200);
  broken = true;
  {
    using _quiet = quiet();
    for (const accept of ["text/html", "application/json"]) {
      const response = await ada.get("/club/api", { accept });
      assert.equal(response.status, 503);
      assert.doesNotMatch(await response.text(), /disk|inside/);
    }
    assert.equal((await ada.event({ action: "hello" })).status, 503);
    assert.equal((await ada.login("ada")).status, 503);
    const token = `Bearer atk_${"0".repeat(16)}_${"A".repeat(43)}`;
    assert.equal((await new Visitor(club).get("/club/api", { authorization: token })).status, 503);
  }
  broken = false;
  assert.equal((await ada.get("/club/api")).status, 200);
  await store[Symbol.asyncDispose]();
});

Deno.test("A guard over a source of users that breaks lets nobody in", async () => {
  {
    using _quiet = quiet();
    const users = {
      way: "password",
      same: "broken",
      check: () => Promise.reject(new Error("secret-host is down")),
    } as const;
    await using club = openClub({ auth: { users } });
    const answer = await new Visitor(club).login("ada");
    assert.equal(answer.status, 503);
    assert.doesNotMatch(await answer.text(), /secret-host/);
  }
});

Deno.test("requires() and allow hide what is below them from who has not the role", async () => {
  for (const options of [{ inner: requires("editor") }, { auth: { allow: "editor" } }]) {
    await using club = openClub(options);
    const [ada, bob] = [new Visitor(club), new Visitor(club)];
    await ada.login("ada");
    await bob.login("bob");
    assert.equal(await (await ada.get("/club/inner/room")).text(), "inside the inner room");
    const [hidden, missing] = [await bob.get("/club/inner/room"), await bob.get("/club/inner/nothing")];
    assert.deepEqual([hidden.status, missing.status], [404, 404]);
    assert.equal(await hidden.text(), await missing.text());
    assert.deepEqual([...hidden.headers], [...missing.headers]);
  }
});

Deno.test("Who is logged in and may not get in can come as somebody else", async () => {
  await using club = openClub({ auth: { allow: "editor" } });
  const visitor = new Visitor(club);
  assert.equal((await visitor.login("bob")).status, 303);
  assert.equal((await visitor.get("/club")).status, 404);
  assert.equal((await visitor.get("/club/login")).status, 200);
  assert.equal((await visitor.login("ada")).status, 303);
  assert.equal((await visitor.get("/club")).status, 200);
});

Deno.test("requires() without a guard above lets nobody in", () => {
  const stray = requires("editor");
  assert.throws(
    () => stray({ state: {}, next: () => Promise.resolve(new Response("inside")) } as never),
    /no auth\(\) stands/,
  );
  assert.throws(() => requires("Not A Role"), TypeError);
  assert.throws(() => requires(), TypeError);
});

Deno.test("auth() with other users than the guard of the same realm lets nobody in", async () => {
  using log = quiet();
  const users = usersFrom(() => ({ name: "mallory", roles: ["editor"] }));
  for (const realm of ["main", "other"]) {
    await using club = openClub({ inner: auth({ users, realm }) });
    const ada = new Visitor(club);
    await ada.login("ada");
    assert.equal((await ada.get("/club/inner/room")).status, 500);
    assert.equal((await ada.get("/club/api")).status, 200);
  }
  assert.match(log.lines.join(), /two sources of users in the realm "main"[^]*inside another realm/);
  for (const realm of ["", "Main", "a b", "a;b", "x".repeat(40)]) {
    assert.throws(() => auth({ users, realm }), /Cannot use the realm/);
  }
  assert.throws(() => auth({ users, idleMs: 0 }), RangeError);
});

Deno.test("auth() below one of the same realm asks for its own roles, and for no other login", async () => {
  const users = usersFrom(known);
  await using club = openClub({ auth: { users }, inner: auth({ users, allow: "editor" }) });
  const [ada, bob] = [new Visitor(club), new Visitor(club)];
  await ada.login("ada");
  await bob.login("bob");
  assert.equal((await ada.get("/club/inner/room")).status, 200);
  assert.equal((await bob.get("/club/inner/room")).status, 404);
});

Deno.test("What is inside is kept by no cache", async () => {
  await using club = openClub();
  const ada = new Visitor(club);
  await ada.login("ada");
  for (const path of ["/club", "/club/api", "/club/any", "/club/account"]) {
    assert.match((await ada.get(path)).headers.get("cache-control") ?? "", /no-store/, path);
  }
});

Deno.test("By http from elsewhere the login says that the browser would not keep it", async () => {
  await using club = openClub();
  const ada = new Visitor(club);
  const login = (origin: string) =>
    ada.post("/club/login", { name: "ada", password: "lovelace" }, { origin, host: "demo.example.org" });
  const plain = await login("http://demo.example.org");
  assert.equal(plain.status, 400);
  assert.match(await plain.text(), /Logging in needs https here/);
  assert.equal(plain.headers.get("set-cookie"), null);
  assert.equal((await login("https://demo.example.org")).status, 303, "a proxy has taken the encryption off");
});
