import assert from "node:assert/strict";
import { App, csp } from "fresh";
import { filePolicy } from "@/lib/gate/files_origin.ts";
import { guarded, type GuardOptions } from "@/lib/gate/guard.ts";
import { without } from "./exit.ts";

const FILES = "https://files.example";

/** The headers of a page that says this policy itself, or has that of a middleware. */
async function headersOf(policy: string | undefined, options: Partial<GuardOptions> = {}, app = new App()) {
  app.get("/", () => {
    const headers = new Headers({ "content-type": "text/html" });
    if (policy !== undefined) headers.set("content-security-policy", policy);
    return new Response("<p>", { headers });
  });
  const handle = guarded(app, { names: [], dev: false, ...options }).handler();
  const { headers } = await handle(new Request("http://localhost/", { headers: { host: "localhost" } }));
  return { policy: headers.get("content-security-policy"), framed: headers.get("x-frame-options") };
}

Deno.test("embedRule() and policyRule() leave every other directive as it is, wherever theirs stand", async () => {
  const cases: readonly [given: string, policy: string, framed: string][] = [
    ["upgrade-insecure-requests; img-src 'self'", "img-src 'self'; frame-ancestors 'self'", "SAMEORIGIN"],
    ["img-src 'self'; upgrade-insecure-requests", "img-src 'self'; frame-ancestors 'self'", "SAMEORIGIN"],
    [
      "frame-ancestors 'none'; upgrade-insecure-requests; img-src 'self' data:",
      "frame-ancestors 'none'; img-src 'self' data:",
      "DENY",
    ],
    [
      "frame-ancestors 'none';upgrade-insecure-requests;img-src 'self'",
      "frame-ancestors 'none'; img-src 'self'",
      "DENY",
    ],
    [
      "Frame-Ancestors 'none'; Upgrade-Insecure-Requests; img-src 'self'",
      "Frame-Ancestors 'none'; img-src 'self'",
      "DENY",
    ],
    [
      "frame-ancestors https://a.example; img-src 'self'",
      "img-src 'self'; frame-ancestors 'self'",
      "SAMEORIGIN",
    ],
    [
      "img-src 'self', frame-ancestors 'none'; upgrade-insecure-requests",
      "img-src 'self', frame-ancestors 'none'",
      "DENY",
    ],
    [
      "script-src 'self' 'nonce-abc'; style-src 'nonce-abc'; upgrade-insecure-requests",
      "script-src 'self' 'nonce-abc'; style-src 'nonce-abc'; frame-ancestors 'self'",
      "SAMEORIGIN",
    ],
    [
      "img-src https://files.example/frame-ancestors; script-src 'none'",
      "img-src https://files.example/frame-ancestors; script-src 'none'; frame-ancestors 'self'",
      "SAMEORIGIN",
    ],
    [
      "script-src 'UNSAFE-INLINE'",
      "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; " +
      "frame-ancestors 'none'",
      "DENY",
    ],
  ];
  for (const [given, policy, framed] of cases) {
    assert.deepEqual(await headersOf(given), { policy, framed }, given);
  }
});

Deno.test("embedRule() opens every policy of a page to the origins that may frame it", async () => {
  const embed = ["https://app.example"];
  const { policy, framed } = await headersOf(
    "frame-ancestors 'none'; img-src 'self', Frame-Ancestors 'none'; font-src 'self'",
    { embed },
  );
  assert.equal(policy, "img-src 'self'; frame-ancestors 'self' https://app.example, font-src 'self'");
  assert.equal(framed, null);
});

Deno.test("A page of an app whose files have an origin of their own is framed by nobody, and shows them", async () => {
  // Nothing that Fresh renders has 'unsafe-inline' beside a nonce; here it stands for such a page.
  const app = new App().use(async (context) => {
    const response = await context.next();
    const policy = response.headers.get("content-security-policy") ?? "";
    response.headers.set("content-security-policy", policy.replaceAll("'unsafe-inline'", "'nonce-x'"));
    return response;
  }).use(csp({ csp: filePolicy(FILES) }));
  const { policy, framed } = await headersOf(undefined, {}, app);
  assert.equal(framed, "DENY");
  const directives = new Map(
    policy?.split("; ").map((directive) => {
      const [name = "", ...sources] = directive.split(" ");
      return [name, sources.join(" ")];
    }),
  );
  assert.equal(directives.get("frame-ancestors"), "'none'");
  assert.equal(directives.get("img-src"), `'self' data: ${FILES}`);
  assert.equal(directives.get("connect-src"), `'self' ${FILES}`);
  assert.equal(directives.get("media-src"), `'self' data: blob: ${FILES}`);
  assert.ok(!directives.has("upgrade-insecure-requests"));
});

Deno.test("policyRule() lets error pages reload themselves in development, and nowhere else", async () => {
  const inDev = await headersOf(undefined, { dev: true });
  assert.match(inDev.policy ?? "", /script-src 'self' 'unsafe-inline'; connect-src 'self'/);
  assert.match(inDev.policy ?? "", /^default-src 'none'; .*frame-ancestors 'none'/);
  assert.doesNotMatch((await headersOf(undefined)).policy ?? "", /script-src|connect-src/);
});

Deno.test("without() leaves out a directive of exactly that name", () => {
  assert.equal(without("a b; ab c;A d; b a", "a"), "ab c; b a");
  assert.equal(without("a b, c; a, a", "a"), "c");
  assert.equal(without("", "a"), "");
});
