import assert from "node:assert/strict";
import { hashPassword } from "@/lib/accounts/password.ts";
import { usersFrom } from "@/lib/accounts/users.ts";
import { usersFile, writeUsers } from "@/lib/accounts/users_file.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import { type Club, openClub, Visitor } from "@/tests/club.tsx";
import { quiet } from "@/tests/quiet.ts";
import { filesOrigin, fileUrls } from "./files_origin.ts";

const visitor = async (club: Club, name: string, address?: string) => {
  const one = new Visitor(club, address);
  if (name !== "") assert.equal((await one.login(name)).status, 303);
  return one;
};

Deno.test("A handler is told who asks, whatever the page itself says of it", async () => {
  await using club = openClub();
  const [ada, bob] = [await visitor(club, "ada"), await visitor(club, "bob")];
  const ask = async (one: Visitor) =>
    await (await one.event({ action: "hello", session: await one.open(), user: { name: "root" } })).text();
  assert.match(await ask(ada), /Hello ada \(viewer,editor\)/);
  assert.match(await ask(bob), /Hello bob \(viewer\)/);
});

Deno.test("The page of a viewer has nothing of what only editors use; that of an editor has all", async () => {
  await using club = openClub();
  const page = async (name: string) => await (await (await visitor(club, name)).get("/club")).text();
  const [editor, viewer] = [await page("ada"), await page("bob")];
  for (const word of ["draft", "save", "saved", "paint", "picture", "keep", "draw", "editor"]) {
    const there = new RegExp(`\\b${word}\\b`);
    if (word !== "editor") assert.match(editor, there, word);
    assert.doesNotMatch(viewer, there, word);
  }
  for (const word of ["greet", "greeting", "both", "hello", "first"]) {
    assert.match(viewer, new RegExp(`\\b${word}\\b`));
  }
});

Deno.test("An action that is not theirs and an action that there is not have one answer", async (t) => {
  await using club = openClub();
  const bob = await visitor(club, "bob");
  const session = await bob.open();
  const calls: Record<string, (action: string) => Promise<Response>> = {
    "by event": (action) => bob.event({ action, session }),
    "by event, with its input": (action) => bob.event({ action, session, input: { draft: "x" } }),
    "by event, with an input that there is not": (action) =>
      bob.event({ action, session, input: { nope: 1 } }),
    "by event, with values of others": (action) =>
      bob.event({ action, session, rest: { draft: "x", saved: "y" } }),
    "by form": (action) => bob.post("/club", { $session: session, [`$run.${action}`]: "", draft: "x" }),
  };
  for (const [name, call] of Object.entries(calls)) {
    await t.step(name, async () => {
      const answers = await Promise.all(["keep", "nothing"].map(async (action) => {
        const response = await call(action);
        // A page names its session and its build; the rest of it must be the same.
        const text = (await response.text()).replaceAll(session, "").replace(/nonce="\w+"/g, "");
        return { status: response.status, headers: [...response.headers], text };
      }));
      assert.equal(answers[0]?.status, 404, answers[0]?.text);
      assert.deepEqual(answers[0], answers[1]);
    });
  }
});

Deno.test("Values for fields that are not there for somebody are as those of fields that there are not", async () => {
  await using club = openClub();
  const bob = await visitor(club, "bob");
  const session = await bob.open();
  const call = async (rest: Record<string, unknown>) => {
    const response = await bob.event({ action: "hello", session, rest });
    return [response.status, (await response.text()).replace(/(?<=id: )[\w-]+(?=\/1)/, "")];
  };
  assert.deepEqual(await call({ draft: 1 }), await call({ nothing: 1 }));
});

Deno.test("What follows an action follows for those who may run it, and for nobody else", async () => {
  await using club = openClub();
  const outputs = async (name: string) => {
    const one = await visitor(club, name);
    return await (await one.event({ action: "first", session: await one.open() })).text();
  };
  const [editor, viewer] = [await outputs("ada"), await outputs("bob")];
  assert.match(editor, /"first"[^]*"second"/);
  assert.match(viewer, /"first"/);
  assert.doesNotMatch(viewer, /second|saved/);
  assert.match(viewer, /"outcome":"done"/);
});

Deno.test("A page's session is of use to its user alone", async () => {
  await using club = openClub();
  const [ada, bob] = [await visitor(club, "ada"), await visitor(club, "bob")];
  const session = await ada.open();
  assert.equal((await bob.event({ action: "hello", session })).status, 410);
  assert.equal((await ada.event({ action: "hello", session })).status, 200);
  const outside = new Visitor(club);
  assert.equal((await outside.event({ action: "run", session }, "/open")).status, 410, "nor to nobody");
  const open = await outside.open("/open");
  assert.equal((await ada.event({ action: "hello", session: open })).status, 410, "nor the other way round");

  const run = await ada.event({ action: "endless", session });
  const reader = run.body!.getReader();
  const id = /id: ([\w-]{24})\/1/.exec(new TextDecoder().decode((await reader.read()).value))?.[1];
  assert.ok(id);
  const theirs = await bob.open();
  for (const body of [{ cancel: id }, { resume: id, after: 0 }]) {
    assert.equal((await bob.event({ ...body, session: theirs })).status, 404);
    assert.equal((await bob.event({ ...body, session })).status, 410);
  }
  assert.equal((await ada.event({ cancel: id, session })).status, 200);
  await reader.cancel();
});

Deno.test("A file of somebody who is logged in is nobody else's, by whatever path", async () => {
  await using club = openClub();
  const [ada, bob] = [await visitor(club, "ada"), await visitor(club, "bob")];
  const frames = await (await ada.event({ action: "draw", session: await ada.open() })).text();
  const url = /"url":"([^"]+)"/.exec(frames)?.[1] ?? "";
  assert.match(url, /^\/club\/files\/[\w-]+$/);
  const id = url.split("/").at(-1);
  const any = { accept: "*/*" };
  assert.equal((await ada.get(url, any)).status, 200);
  const missing = await bob.get(`/club/files/${"A".repeat(22)}`, any);
  const text = await missing.text();
  for (const path of [url, `/open/files/${id}`, `${url}?download`]) {
    const response = await bob.get(path, any);
    assert.equal(response.status, 404, path);
    assert.equal(await response.text(), text);
    assert.deepEqual([...response.headers], [...missing.headers]);
  }
  assert.equal((await new Visitor(club).get(`/open/files/${id}`, any)).status, 404);
  assert.equal((await ada.get(`/open/files/${id}`, any)).status, 404, "nor theirs where nobody is logged in");
});

Deno.test("A key does what its user may, on the pages and with the roles that it was made for", async (t) => {
  await using club = openClub();
  const ada = await visitor(club, "ada");
  const make = async (fields: Record<string, string>) => {
    const scope = { create: "yes", label: "ci", routes: "/*", ...fields };
    const page = await (await ada.post("/club/account", scope)).text();
    return /atk_[0-9a-f]{16}_[\w-]{43}/.exec(page)?.[0] ?? "";
  };
  const by = async (token: string, path: string, init: RequestInit = {}) => {
    const headers = { ...init.headers as Record<string, string>, authorization: `Bearer ${token}` };
    return await club.ask(path, { ...init, headers });
  };
  const runs = async (token: string, action: string) => {
    const html = await (await by(token, "/club")).text();
    const session = /name="\$session" value="([^"]+)"/.exec(html)?.[1];
    const headers = { "content-type": "application/json" };
    return (await by(token, "/club", { method: "POST", headers, body: JSON.stringify({ action, session }) }))
      .status;
  };
  const whole = await make({ role: "viewer" });
  await t.step("roles", async () => {
    assert.equal(await runs(whole, "hello"), 200);
    assert.equal(await runs(whole, "keep"), 404, "the key has not all roles of its user");
  });
  await t.step("routes", async () => {
    const scoped = await make({ routes: "/club/page/* /club/api" });
    assert.equal((await by(scoped, "/club/api")).status, 200);
    assert.equal((await by(scoped, "/club/page/one")).status, 200);
    for (
      const path of [
        "/club",
        "/club/any",
        "/club/api/files/x",
        "/club/account",
        "/club//api",
        "/club/page/%2e",
      ]
    ) {
      assert.equal((await by(scoped, path)).status, 404, path);
    }
  });
  await t.step("no key makes keys or logs out", async () => {
    for (
      const [path, body] of [["account", "create=yes&label=x"], ["account", ""], [
        "logout",
        "everywhere=yes",
      ]] as const
    ) {
      const init = { method: "POST", body, headers: { "content-type": "application/x-www-form-urlencoded" } };
      assert.equal((await by(whole, `/club/${path}`, init)).status, 404, path);
    }
    assert.equal((await by(whole, "/club/account")).status, 404);
    assert.equal((await ada.get("/club/api")).status, 200);
  });
  await t.step("one way to send it", async () => {
    const status = async (path: string, headers: Record<string, string>) =>
      (await club.ask(path, { headers })).status;
    for (const name of ["key", "token", "access_token", "api_key", "x"]) {
      const path = `/club/api?${name}=${whole}`;
      assert.equal(await status(path, {}), 401, name);
      assert.equal(
        await status(path, { authorization: `Bearer ${whole}` }),
        401,
        "not even beside the right way",
      );
    }
    for (const name of ["x-api-key", "x-auth-token", "api-key", "atoll-key", "proxy-authorization"]) {
      assert.equal(await status("/club/api", { [name]: whole }), 401, name);
    }
    assert.equal(await status("/club/api", { authorization: whole }), 401);
    assert.equal(await status("/club/api", { authorization: `Basic ${btoa(`ada:${whole}`)}` }), 401);
    assert.equal(await status("/club/api", { authorization: `Bearer ${whole}, Bearer ${whole}` }), 401);
    assert.equal(await status("/club/api", { cookie: `__Host-atoll=${whole}` }), 401);
    assert.equal(await status("/club/api", { authorization: `bearer ${whole}` }), 200);
  });
  await t.step("a wrong key beside a login, and two that differ", async () => {
    const wrong = `atk_${"0".repeat(16)}_${"A".repeat(43)}`;
    const bob = await visitor(club, "bob", "192.0.2.9");
    assert.equal((await ada.get("/club/api", { authorization: `Bearer ${wrong}` })).status, 401);
    assert.equal((await ada.get("/club/api", { authorization: `Bearer ${whole}` })).status, 200);
    assert.equal((await bob.get("/club/api", { authorization: `Bearer ${whole}` })).status, 401);
  });
  await t.step("taken back", async () => {
    const id = whole.slice(4, 20);
    const bob = await visitor(club, "bob", "192.0.2.9");
    assert.equal((await bob.post("/club/account", { revoke: id })).status, 404, "it is not Bob's");
    assert.equal((await by(whole, "/club/api")).status, 200);
    assert.equal((await ada.post("/club/account", { revoke: id })).headers.get("location"), "/club/account");
    const after = await by(whole, "/club/api");
    assert.equal(after.status, 401);
    assert.equal(after.headers.get("www-authenticate"), "Bearer");
  });
});

Deno.test("A key that was made with all that its user had has nothing that they are given later", async (t) => {
  const forms: Readonly<Record<string, Record<string, string>>> = {
    "every role ticked": { role: "viewer" },
    "every role ticked, and all pages": { role: "viewer", routes: "/*" },
    "every role ticked, pages left empty": { role: "viewer", routes: "" },
    "no role ticked": {},
    "for a day": { role: "viewer", days: "1" },
  };
  for (const [name, form] of Object.entries(forms)) {
    await t.step(name, async () => {
      let roles = ["viewer"];
      const users = usersFrom((name) => ({ name, roles }), { find: (name) => ({ name, roles }) });
      await using club = openClub({ auth: { users } });
      const bob = await visitor(club, "bob");
      const page = await (await bob.post("/club/account", { create: "yes", label: "ci", ...form })).text();
      const authorization = `Bearer ${/atk_[0-9a-f]{16}_[\w-]{43}/.exec(page)?.[0]}`;
      roles = ["viewer", "editor", "owner"];
      const key = new Visitor(club);
      const html = await (await key.get("/club", { authorization })).text();
      assert.doesNotMatch(html, /\bdraft\b/);
      const session = /name="\$session" value="([^"]+)"/.exec(html)?.[1];
      const run = (action: string) => key.event({ action, session }, "/club", { authorization });
      assert.deepEqual([(await run("keep")).status, (await run("hello")).status], [404, 200]);
      const own = await (await bob.get("/club/account")).text();
      assert.doesNotMatch(own, /all your roles/);
    });
  }
});

Deno.test("A key opens the pages that were named: left empty, the one at which it was made", async () => {
  await using club = openClub();
  const ada = await visitor(club, "ada");
  const opened = async (fields: Record<string, string>) => {
    const page = await (await ada.post("/club/account", { create: "yes", label: "ci", ...fields })).text();
    const authorization = `Bearer ${/atk_[0-9a-f]{16}_[\w-]{43}/.exec(page)?.[0]}`;
    const ask = async (path: string) => (await club.ask(path, { headers: { authorization } })).status;
    return [await ask("/club"), await ask("/club/api")];
  };
  assert.deepEqual(await opened({ routes: "" }), [200, 404]);
  assert.deepEqual(await opened({ routes: "/*" }), [200, 200]);
  const listed = await (await ada.get("/club/account")).text();
  for (const pages of ["/club", "every page"]) assert.ok(listed.includes(` · no role · ${pages} · `), pages);
});

Deno.test("The account page names one's own keys and refuses what is wrong with a new one", async () => {
  await using club = openClub();
  const [ada, bob] = [await visitor(club, "ada"), await visitor(club, "bob")];
  await ada.post("/club/account", { create: "yes", label: "<b>nightly</b>", role: "editor", days: "30" });
  const mine = await (await ada.get("/club/account")).text();
  assert.match(mine, /&lt;b>nightly&lt;\/b>/);
  assert.doesNotMatch(mine, /atk_[0-9a-f]{16}_[\w-]{43}/, "a key is shown once");
  assert.doesNotMatch(await (await bob.get("/club/account")).text(), /nightly/);
  for (
    const [fields, text] of [
      [{ label: "" }, /Give the key a name/],
      [{ label: "x", role: "editor" }, /A key cannot have the role .*editor/],
      [{ label: "x", routes: "javascript:x" }, /Name the pages by their paths/],
      [{ label: "x", days: "-1" }, /whole number from 1/],
    ] as const
  ) {
    const answer = await bob.post("/club/account", { create: "yes", role: "viewer", ...fields });
    assert.equal(answer.status, 422);
    assert.match(await answer.text(), text);
  }
});

Deno.test("A form of an account is taken from this app's own pages only", async () => {
  await using club = openClub();
  const ada = await visitor(club, "ada");
  for (const path of ["/club/account", "/club/logout", "/club/login"]) {
    for (
      const headers of [{ origin: "https://evil.example" }, { origin: "null" }] as Record<string, string>[]
    ) {
      assert.equal(
        (await ada.post(path, { everywhere: "yes", create: "yes", label: "x" }, headers)).status,
        403,
      );
    }
    const init = {
      method: "POST",
      body: "create=yes",
      headers: { cookie: `__Host-atoll=${[...ada.cookies.values()][0]}` },
    };
    assert.ok([401, 403, 415].includes((await club.ask(path, init)).status), path);
  }
  assert.equal((await ada.get("/club/api")).status, 200);
});

Deno.test("An origin of files serves no file of somebody who was logged in", async () => {
  const blobs = memoryBlobs({
    now: () => 0,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
  });
  const serve = filesOrigin("http://files.test", { blobs, names: [], dev: false });
  const urls = fileUrls("http://files.test");
  const cases = [["session", 200, /^http:\/\/files\.test\/files\/x$/], [
    "session@main:ada",
    404,
    /undefined/,
  ]] as const;
  for (const [owner, status, url] of cases) {
    const { id } = await blobs.put(new TextEncoder().encode("text"), { owner, name: "a.txt" });
    const request = new Request(`http://files.test/files/${id}`, { headers: { host: "files.test" } });
    const response = await serve(request, () => Promise.resolve(new Response("elsewhere")));
    assert.equal(response.status, status);
    await response.body?.cancel();
    assert.match(String(urls?.("/club", "x", owner)), url);
  }
  await blobs[Symbol.asyncDispose]();
});

Deno.test("What changes in the file of users counts at once, for logins and for keys", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/users`;
  const cost = { logN: 14, r: 8, p: 1 };
  const ada = { name: "ada", roles: ["viewer", "editor"], hash: await hashPassword("lovelace", cost) };
  await writeUsers(path, [ada]);
  await using club = openClub({ auth: { users: usersFile(path) } });
  const begin = async (password = "lovelace") => {
    const one = new Visitor(club);
    assert.equal((await one.login("ada", password)).status, 303);
    const scope = { create: "yes", label: "x", role: "editor", routes: "/*" };
    const page = await (await one.post("/club/account", scope)).text();
    const key = new Visitor(club);
    const authorization = `Bearer ${/atk_[0-9a-f]{16}_[\w-]{43}/.exec(page)?.[0]}`;
    const may = async () => {
      const keep = (await one.event({ action: "keep", session: await one.open() })).status;
      return [keep, (await key.get("/club/api", { authorization })).status];
    };
    return { one, may, key: async () => await (await key.get("/club", { authorization })).text() };
  };
  const first = await begin();
  assert.deepEqual(await first.may(), [200, 200]);
  assert.match(await first.key(), /\bdraft\b/);
  await writeUsers(path, [{ ...ada, roles: ["viewer"] }]);
  assert.deepEqual(await first.may(), [404, 200]);
  assert.doesNotMatch(await first.key(), /\bdraft\b/, "a key has no more than its user has now");

  await writeUsers(path, [{ ...ada, hash: await hashPassword("another", cost) }]);
  assert.deepEqual([(await first.one.get("/club/api")).status, (await first.may())[1]], [303, 401]);
  const second = await begin("another");
  const listed = await (await second.one.get("/club/account")).text();
  assert.deepEqual(
    listed.match(/made [^<]*/g)?.map((text) => text.includes("ended by another password")).sort(),
    [false, true],
  );
  await writeUsers(path, []);
  assert.deepEqual([(await second.one.get("/club/api")).status, (await second.may())[1]], [303, 401]);
  await Deno.remove(folder, { recursive: true });
  const log = quiet();
  assert.equal((await second.one.get("/club/api")).status, 503, "without its file nobody gets in");
  log[Symbol.dispose]();
});
