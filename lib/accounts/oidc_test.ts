import assert from "node:assert/strict";
import { type Forgery, startIssuer, type TestIssuer } from "@/tests/issuer.ts";
import { oidc, type OidcOptions } from "./oidc.ts";

const redirectUri = "http://127.0.0.1:8000/club/login/callback";

const context = { signal: new AbortController().signal, data: "data" };

const sourceOf = ({ issuer, clientId, clientSecret }: TestIssuer, more: Partial<OidcOptions> = {}) =>
  oidc({ issuer, clientId, clientSecret, redirectUri, fetch, ...more });

/** Goes to the issuer as a browser does, and gives the query it comes back with. */
async function visit(url: string): Promise<URLSearchParams> {
  const response = await fetch(url, { redirect: "manual" });
  await response.body?.cancel();
  assert.equal(response.status, 302);
  const back = new URL(response.headers.get("location")!);
  assert.equal(back.origin + back.pathname, redirectUri);
  return back.searchParams;
}

Deno.test("oidc() logs in who the issuer knows, signed by RS256 or ES256", async () => {
  await using issuer = await startIssuer();
  const users = sourceOf(issuer, {
    user: ({ preferred_username, groups }) => ({
      name: String(preferred_username),
      roles: (groups as string[]).includes("staff") ? ["editor"] : [],
    }),
  });
  issuer.person = { sub: "1001", preferred_username: "ada", groups: ["staff"] };
  for (const alg of ["RS256", "ES256"] as const) {
    issuer.alg = alg;
    const { url, kept } = await users.begin(context);
    const asked = new URL(url).searchParams;
    assert.equal(asked.get("code_challenge_method"), "S256");
    assert.ok(!url.includes(kept.verifier as string), "the verifier stays here");
    const known = await users.end(`?${await visit(url)}`, kept, context);
    assert.deepEqual(known, { subject: "1001", name: "ada", roles: ["editor"], mark: "" });
  }
});

Deno.test("oidc() begins each login with other secrets", async () => {
  await using issuer = await startIssuer();
  const users = sourceOf(issuer);
  const [one, two] = [await users.begin(context), await users.begin(context)];
  for (const name of ["state", "nonce", "verifier"]) {
    assert.notEqual(one.kept[name], two.kept[name]);
    assert.ok((one.kept[name] as string).length >= 43);
  }
});

Deno.test("oidc() lets nobody in whom its function does not know", async () => {
  await using issuer = await startIssuer();
  const users = sourceOf(issuer, { user: () => undefined });
  const { url, kept } = await users.begin(context);
  assert.equal(await users.end(`?${await visit(url)}`, kept, context), undefined);
});

Deno.test("oidc() refuses every token that is not the issuer's own for this app and this login", async (t) => {
  await using issuer = await startIssuer();
  const users = sourceOf(issuer);
  const now = Math.floor(Date.now() / 1000);
  const forgeries: Record<string, Forgery> = {
    "a key that is not the issuer's": { foreignKey: true },
    "no signature": { unsigned: true },
    "alg none": { header: { alg: "none", kid: undefined }, unsigned: true },
    "alg none with a signature": { header: { alg: "none" } },
    "another alg than the key's": { header: { alg: "HS256" } },
    "a key id that there is not": { header: { kid: "other" }, foreignKey: true },
    "a time of issue in 2100": { claims: { iat: 4_102_444_800, exp: 4_102_445_100 } },
    "a time of issue in an hour": { claims: { iat: now + 3600, exp: now + 7200 } },
    "a time of issue that is text": { claims: { iat: String(now) } },
    "no time of issue": { claims: { iat: undefined } },
    "another nonce": { claims: { nonce: "another" } },
    "no nonce": { claims: { nonce: undefined } },
    "another audience": { claims: { aud: "another" } },
    "another issuer": { claims: { iss: "https://evil.example" } },
    "a time that is up": { claims: { exp: now - 3600, iat: now - 7200 } },
    "no end": { claims: { exp: undefined } },
    "nobody": { claims: { sub: undefined } },
    "nobody, in so many words": { claims: { sub: "" } },
  };
  for (const alg of ["RS256", "ES256"] as const) {
    for (const [name, forgery] of Object.entries(forgeries)) {
      await t.step(`${name}, ${alg}`, async () => {
        issuer.alg = alg;
        issuer.forgery = {};
        const { url, kept } = await users.begin(context);
        const query = await visit(url);
        issuer.forgery = forgery;
        await assert.rejects(users.end(`?${query}`, kept, context), { code: "unauthorized" });
      });
    }
  }
});

Deno.test("oidc() refuses to come back with another state, verifier, code, or twice", async (t) => {
  await using issuer = await startIssuer();
  const users = sourceOf(issuer);
  const cases: Record<string, (query: URLSearchParams, kept: Record<string, string>) => void> = {
    "another state": (query) => query.set("state", "another"),
    "no state": (query) => query.delete("state"),
    "the state of another browser": (_, kept) => kept.state = "another",
    "the verifier of another browser": (_, kept) => kept.verifier = "x".repeat(43),
    "another code": (query) => query.set("code", "another"),
    "no code": (query) => query.delete("code"),
    "another issuer's name": (query) => query.set("iss", "https://evil.example"),
    "a refusal": (query) => {
      query.delete("code");
      query.set("error", "access_denied");
    },
  };
  for (const [name, change] of Object.entries(cases)) {
    await t.step(name, async () => {
      const { url, kept } = await users.begin(context);
      const query = await visit(url);
      const changed = { ...kept };
      change(query, changed);
      await assert.rejects(users.end(`?${query}`, changed, context), { code: "unauthorized" });
    });
  }
  await t.step("twice", async () => {
    const { url, kept } = await users.begin(context);
    const query = `?${await visit(url)}`;
    await users.end(query, kept, context);
    await assert.rejects(users.end(query, kept, context), { code: "unauthorized" });
  });
});

Deno.test("oidc() calls the issuer by the function that it is given, and tries again when it was not there", async () => {
  await using issuer = await startIssuer();
  let away = true;
  const called: string[] = [];
  const users = sourceOf(issuer, {
    fetch: (url, init) => {
      if (away) return Promise.reject(new TypeError("not there"));
      called.push(new URL(url).pathname);
      return fetch(url, init);
    },
  });
  await assert.rejects(users.begin(context));
  away = false;
  const { url, kept } = await users.begin(context);
  await users.end(`?${await visit(url)}`, kept, context);
  assert.deepEqual(called, ["/.well-known/openid-configuration", "/token", "/jwks"]);
});

Deno.test("oidc() takes no address that others could listen to, and none to come back to but a login's", () => {
  const make = (more: Partial<OidcOptions>) => () =>
    oidc({ issuer: "https://id.example.org", clientId: "x", redirectUri, fetch, ...more });
  make({})();
  for (
    const issuer of [
      "http://id.example.org",
      "id.example.org",
      "javascript:alert(1)",
      "file:///etc/passwd",
      "",
    ]
  ) {
    assert.throws(make({ issuer }), /Cannot use issuer/, issuer);
  }
  assert.throws(make({ redirectUri: "http://demo.example.org/login/callback" }), /Cannot use redirectUri/);
  assert.throws(make({ redirectUri: "https://demo.example.org/elsewhere" }), /must end in \/login\/callback/);
  assert.throws(make({ redirectUri: "https://demo.example.org/login/callback?x=1" }), /must end in/);
});
