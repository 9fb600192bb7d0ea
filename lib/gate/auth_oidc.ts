import { oidc as source, type OidcOptions } from "@/lib/accounts/oidc.ts";
import type { RedirectSource } from "@/lib/accounts/users.ts";
import { safeFetch } from "./safe_fetch.ts";

/**
 * Users of an OpenID Connect issuer: authorization code with PKCE, `state` and `nonce`; the ID token's signature,
 * issuer, audience and times are checked. The issuer may be anywhere, also in a private network. Its URLs for
 * tokens and keys must be on the same host or have a public address.
 *
 * @example
 * ```ts ignore
 * import { auth, oidc } from "atoll";
 *
 * export default auth({
 *   users: oidc({
 *     issuer: "https://id.example.org",
 *     clientId: "atoll",
 *     clientSecret: Deno.env.get("OIDC_SECRET"),
 *     redirectUri: "https://demo.example.org/login/callback",
 *     user: ({ email, groups }) => ({
 *       name: String(email),
 *       roles: Array.isArray(groups) && groups.includes("staff") ? ["editor"] : ["viewer"],
 *     }),
 *   }),
 * });
 * ```
 * @throws {TypeError} for an invalid URL, or one without https outside this machine.
 */
export function oidc(options: OidcOptions): RedirectSource {
  const { issuer } = options;
  return source({ fetch: (url, init) => ask(url, init, issuer), ...options });
}

async function ask(
  url: string,
  { method, headers, body, signal }: RequestInit,
  issuer: string,
): Promise<Response> {
  const { host } = new URL(issuer);
  const isIssuer = new URL(url).origin === new URL(issuer).origin;
  const answer = await safeFetch({ hosts: isIssuer ? [host] : "public" })(url, {
    method: method === "POST" ? "POST" : "GET",
    headers: Object.fromEntries(new Headers(headers)),
    ...body === undefined || body === null ? {} : { body: String(body) },
    ...signal ? { signal } : {},
  });
  return new Response(answer.body, { status: answer.status, headers: answer.headers });
}
