import assert from "node:assert/strict";
import { type Club, openClub, Visitor } from "@/tests/club.tsx";
import { quiet } from "@/tests/quiet.ts";
import { startIssuer, type TestIssuer } from "@/tests/issuer.ts";
import { oidc } from "./auth_oidc.ts";

const open = ({ issuer, clientId, clientSecret }: TestIssuer): Club =>
  openClub({
    auth: {
      users: oidc({
        issuer,
        clientId,
        clientSecret,
        redirectUri: "http://127.0.0.1:8000/club/login/callback",
        label: "Log in at the test",
        user: ({ preferred_username, groups }) => ({
          name: String(preferred_username),
          roles: Array.isArray(groups) ? groups.map(String) : [],
        }),
      }),
    },
  });

/** Goes to the issuer and gives the path that it sends the browser back to. */
async function away(answer: Response): Promise<string> {
  const response = await fetch(answer.headers.get("location") as string, { redirect: "manual" });
  await response.body?.cancel();
  const back = new URL(response.headers.get("location") as string);
  return back.pathname + back.search;
}

Deno.test("Who logs in elsewhere comes back to the page that was asked for", async () => {
  await using issuer = await startIssuer();
  issuer.person = { sub: "1001", preferred_username: "ada", groups: ["editor"] };
  await using club = open(issuer);
  const ada = new Visitor(club);
  assert.equal((await ada.get("/club/page/one")).headers.get("location"), "/club/page/one/login");
  const form = await (await ada.get("/club/page/one/login")).text();
  assert.match(form, /<a[^>]* href="\/club\/page\/one\/login\/start">Log in at the test<\/a>/);
  assert.doesNotMatch(form, /type="password"/);
  const start = await ada.get("/club/page/one/login/start");
  assert.ok(start.headers.get("location")?.startsWith(`${issuer.issuer}/authorize?`));
  assert.match(
    start.headers.get("set-cookie") ?? "",
    /^__Host-atoll\.flow=.*; Secure; HttpOnly; SameSite=Lax$/,
  );
  const back = await away(start);
  const answer = await ada.get(back, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get("location"), "/club/page/one");
  assert.deepEqual([...ada.cookies.keys()], ["__Host-atoll"], "what was kept for the way is gone");
  assert.equal(await (await ada.get("/club/page/one")).text(), "inside one");
  const session = await ada.open();
  assert.match(await (await ada.event({ action: "hello", session })).text(), /Hello ada \(editor\)/);
});

Deno.test("Nobody gets in by a callback that is not the end of their own login", async (t) => {
  await using issuer = await startIssuer();
  await using club = open(issuer);
  const refused = async (visitor: Visitor, path: string) => {
    const answer = await visitor.get(path);
    assert.equal(answer.status, 401);
    assert.match(await answer.text(), /id="login-notice"[^>]*>Logging in did not work. Try again</);
    assert.equal((await visitor.get("/club/api")).status, 303);
  };
  {
    using _quiet = quiet();
    await t.step("without having begun", async () => {
      const back = await away(await new Visitor(club).get("/club/login/start"));
      await refused(new Visitor(club), back);
    });
    await t.step("in a browser that began another", async () => {
      const [ada, mallory] = [new Visitor(club), new Visitor(club)];
      await ada.get("/club/login/start");
      await refused(ada, await away(await mallory.get("/club/login/start")));
    });
    await t.step("twice", async () => {
      const ada = new Visitor(club);
      const start = await ada.get("/club/login/start");
      const cookies = new Map(ada.cookies);
      const back = await away(start);
      assert.equal((await ada.get(back)).status, 303);
      const again = new Visitor(club);
      for (const [name, value] of cookies) again.cookies.set(name, value);
      await refused(again, back);
    });
    await t.step("twice, where the issuer does not mind", async () => {
      issuer.takesCodesAgain = true;
      const ada = new Visitor(club);
      const start = await ada.get("/club/login/start");
      const again = new Visitor(club);
      for (const [name, value] of ada.cookies) again.cookies.set(name, value);
      const back = await away(start);
      assert.equal((await ada.get(back)).status, 303);
      await refused(again, back);
      issuer.takesCodesAgain = false;
    });
    await t.step("too late", async () => {
      const ada = new Visitor(club);
      const back = await away(await ada.get("/club/login/start"));
      club.clock.tick(600_000);
      await refused(ada, back);
    });
    await t.step("with a forged token", async () => {
      const ada = new Visitor(club);
      const back = await away(await ada.get("/club/login/start"));
      issuer.forgery = { foreignKey: true };
      await refused(ada, back);
      issuer.forgery = {};
    });
    await t.step("with a cookie of no sense", async () => {
      for (const value of ["", "%%%", "e30", "bnVsbA", "eyJwYWdlIjoxfQ"]) {
        const ada = new Visitor(club);
        const back = await away(await ada.get("/club/login/start"));
        ada.cookies.set("__Host-atoll.flow", value);
        await refused(ada, back);
      }
    });
  }
  await t.step("at a page that is not the one to come back to", async () => {
    const ada = new Visitor(club);
    const back = await away(await ada.get("/club/login/start"));
    assert.equal((await ada.get(back.replace("/club/login", "/club/api/login"))).status, 404);
  });
});

Deno.test("A cookie that names another page leads to none outside", async () => {
  await using issuer = await startIssuer();
  await using club = open(issuer);
  for (const page of ["https://evil.example", "//evil.example", "/\\evil.example", "/%2f/evil.example"]) {
    const ada = new Visitor(club);
    const back = await away(await ada.get("/club/login/start"));
    const cookie = ada.cookies.get("__Host-atoll.flow") as string;
    const flow = JSON.parse(
      new TextDecoder().decode(Uint8Array.fromBase64(cookie, { alphabet: "base64url" })),
    );
    const changed = new TextEncoder().encode(JSON.stringify({ ...flow, page }));
    ada.cookies.set("__Host-atoll.flow", changed.toBase64({ alphabet: "base64url", omitPadding: true }));
    assert.equal((await ada.get(back)).headers.get("location"), "/");
  }
});

Deno.test("While the issuer is away, nobody logs in and the server goes on", async () => {
  const issuer = await startIssuer();
  await using club = open(issuer);
  await issuer[Symbol.asyncDispose]();
  {
    using _quiet = quiet();
    assert.equal((await new Visitor(club).get("/club/login/start")).status, 503);
  }
  assert.equal((await new Visitor(club).get("/club/login")).status, 200);
});

Deno.test("There is no password where one logs in elsewhere", async () => {
  await using issuer = await startIssuer();
  await using club = open(issuer);
  assert.equal((await new Visitor(club).login("ada")).status, 405);
  await using other = openClub();
  for (const path of ["/club/login/start", "/club/login/callback?code=x&state=y"]) {
    assert.equal((await new Visitor(other).get(path)).status, 404);
  }
});
