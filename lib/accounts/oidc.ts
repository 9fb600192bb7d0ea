import type { Configuration } from "openid-client";
import { Fault } from "@/lib/value/fault.ts";
import type { Json } from "@/lib/value/json.ts";
import type { Person } from "@/lib/value/user.ts";
import type { SourceContext } from "./in_time.ts";
import { personOf } from "./person.ts";
import type { Known, MaybePerson, RedirectSource } from "./users.ts";

/** The claims of an issuer about a user. */
export type Claims = Readonly<Record<string, Json | undefined>>;

/** Options for `oidc()`. */
export interface OidcOptions {
  /** Address of the issuer, as it calls itself: `https://id.example.org`. */
  readonly issuer: string;
  /** Id under which the issuer knows this app. */
  readonly clientId: string;
  /** Secret that the issuer has given to this app, if it has. Read it from the environment, not from code. */
  readonly clientSecret?: string;
  /**
   * The complete URL to which the issuer redirects, as registered there: that of a guarded page with
   * `/login/callback`, such as `https://demo.example.org/login/callback`.
   */
  readonly redirectUri: string;
  /** The scope of the request. Default `openid profile email`. */
  readonly scope?: string;
  /** The text of the button. Default `Log in with` and the issuer's host. */
  readonly label?: string;
  /**
   * Turns the claims into a user; `undefined` refuses the login. Default: every user of the issuer, named by
   * `preferred_username`, `email` or `sub`, without roles.
   */
  readonly user?: (claims: Claims, context: SourceContext) => MaybePerson;
  /** How the issuer is called. Default: by `fetch`, but never past the issuer to an address that is not public. */
  readonly fetch?: IssuerFetch;
}

/** Calls an issuer. */
export type IssuerFetch = (url: string, init: RequestInit) => Promise<Response>;

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;
const TIMEOUT_SECONDS = 10;
/** How far the clock of the issuer may be ahead, in seconds. */
const MOST_AHEAD_SECONDS = 120;

/**
 * Users of an OpenID Connect issuer: authorization code with PKCE, `state` and `nonce`; the ID token's signature,
 * issuer, audience and times are checked.
 *
 * @throws {TypeError} for an invalid URL, or one without https outside this machine.
 */
export function oidc(options: OidcOptions & { readonly fetch: IssuerFetch }): RedirectSource {
  const { clientId, scope = "openid profile email", user = someone } = options;
  const issuer = addressOf(options.issuer, "issuer");
  const redirectUri = addressOf(options.redirectUri, "redirectUri");
  if (!redirectUri.pathname.endsWith("/login/callback") || redirectUri.search !== "") {
    throw new TypeError(`Cannot come back to ${options.redirectUri}: it must end in /login/callback`);
  }
  let found: Promise<[typeof import("openid-client"), Configuration]> | undefined;
  const discover = () => {
    found ??= discovered(issuer, options);
    // An issuer that was not there may be there the next time.
    found.catch(() => found = undefined);
    return found;
  };
  return {
    way: "redirect",
    same: `oidc ${issuer.href} ${clientId}`,
    label: options.label ?? `Log in with ${issuer.host}`,
    callback: redirectUri.pathname,
    async begin() {
      const [client, configuration] = await discover();
      const kept = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      };
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri.href,
        scope,
        state: kept.state,
        nonce: kept.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(kept.verifier),
        code_challenge_method: "S256",
      });
      return { url: url.href, kept };
    },
    async end(query, { state = "", nonce = "", verifier = "" }, context) {
      const [client, configuration] = await discover();
      const back = new URL(redirectUri);
      back.search = query;
      let claims: Claims | undefined;
      try {
        const tokens = await client.authorizationCodeGrant(configuration, back, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        });
        claims = tokens.claims() as Claims | undefined;
      } catch (cause) {
        throw new Fault("unauthorized", "The issuer did not say who that is", { cause });
      }
      if (!claims) return undefined;
      checkIssued(claims);
      const person = personOf(await user(claims, context), "The user function of oidc()");
      return person && known(claims, person);
    },
  };
}

async function discovered(
  issuer: URL,
  { clientId, clientSecret, fetch: call }: OidcOptions & { readonly fetch: IssuerFetch },
): Promise<[typeof import("openid-client"), Configuration]> {
  // Loaded by the first login: few apps need it.
  const client = await import("openid-client");
  const configuration = await client.discovery(issuer, clientId, clientSecret, undefined, {
    timeout: TIMEOUT_SECONDS,
    [client.customFetch]: (url, init) => call(url, init as RequestInit),
    execute: issuer.protocol === "http:" ? [client.allowInsecureRequests] : [],
  });
  // By the standard, a token straight from the issuer over TLS may be unsigned. Here it may not.
  client.enableNonRepudiationChecks(configuration);
  return [client, configuration];
}

// The library holds a token to its end, not to its beginning.
function checkIssued({ iat }: Claims): void {
  if (typeof iat === "number" && iat <= Date.now() / 1000 + MOST_AHEAD_SECONDS) return;
  const cause = new Error(`The ID token was issued in the future, at ${iat}`);
  throw new Fault("unauthorized", "The issuer did not say who that is", { cause });
}

function known({ sub }: Claims, { name, roles }: Person): Known {
  if (typeof sub !== "string" || sub === "" || sub.length > 255) {
    throw new Fault("unauthorized", "The issuer named nobody");
  }
  return { subject: sub, name, roles, mark: "" };
}

function someone({ preferred_username: name, email, sub }: Claims): Person {
  return { name: String(name ?? email ?? sub), roles: [] };
}

function addressOf(text: string, option: string): URL {
  const url = URL.parse(text);
  if (url && (url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname)))) {
    return url;
  }
  throw new TypeError(`Cannot use ${option} "${text}": it is an address that begins with https://`);
}
