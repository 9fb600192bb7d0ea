import { Buffer } from "node:buffer";

/** How a token that an issuer signs differs from what it should be. */
export interface Forgery {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  /** Signs with a key that the issuer does not publish. */
  readonly foreignKey?: boolean;
  /** Leaves the signature away. */
  readonly unsigned?: boolean;
}

/** An OpenID Connect issuer of a test, on a free port of 127.0.0.1, with keys of its own. */
export interface TestIssuer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Who logs in there. */
  person: Record<string, unknown>;
  /** What it does wrong. */
  forgery: Forgery;
  /** Whether it takes a code again that it has taken. */
  takesCodesAgain: boolean;
  /** What it signs with. */
  alg: "RS256" | "ES256";
  /** Codes that it has taken. */
  readonly takenCodes: string[];
  /** Requests that it has answered, by path. */
  readonly asked: string[];
}

interface Grant {
  readonly nonce: string | null;
  readonly challenge: string;
  readonly redirectUri: string;
  used: boolean;
}

const PARAMETERS = {
  RS256: {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
  ES256: { name: "ECDSA", hash: "SHA-256", namedCurve: "P-256" },
} as const;

/** Starts an issuer. `/authorize` logs `person` in at once and sends the browser back. */
export async function startIssuer(): Promise<TestIssuer> {
  const make = (alg: "RS256" | "ES256") =>
    crypto.subtle.generateKey(PARAMETERS[alg], true, ["sign", "verify"]) as Promise<CryptoKeyPair>;
  const keys = { RS256: await make("RS256"), ES256: await make("ES256") };
  const foreign = { RS256: await make("RS256"), ES256: await make("ES256") };
  const jwks = {
    keys: await Promise.all((["RS256", "ES256"] as const).map(async (alg) => ({
      ...await crypto.subtle.exportKey("jwk", keys[alg].publicKey),
      kid: alg,
      alg,
      use: "sig",
    }))),
  };
  const grants = new Map<string, Grant>();
  const state: Omit<TestIssuer, "issuer" | typeof Symbol.asyncDispose> = {
    clientId: "atoll",
    clientSecret: "a secret between the two",
    person: { sub: "1001", preferred_username: "ada" },
    forgery: {},
    takesCodesAgain: false,
    alg: "RS256",
    takenCodes: [],
    asked: [],
  };

  const sign = async (claims: Record<string, unknown>) => {
    const { forgery, alg } = state;
    const text = [{ alg, kid: alg, ...forgery.header }, { ...claims, ...forgery.claims }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    if (forgery.unsigned) return `${text}.`;
    const { privateKey } = (forgery.foreignKey ? foreign : keys)[alg];
    const signature = await crypto.subtle.sign(PARAMETERS[alg], privateKey, Buffer.from(text));
    return `${text}.${Buffer.from(signature).toString("base64url")}`;
  };
  const challengeOf = async (verifier: string) =>
    Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(verifier))).toString("base64url");
  const wrong = (error: string) => Response.json({ error }, { status: 400 });

  const token = async (request: Request) => {
    const form = new URLSearchParams(await request.text());
    const basic = request.headers.get("authorization")?.replace(/^Basic /, "");
    const [id, secret] = basic
      ? Buffer.from(basic, "base64").toString().split(":").map((part) =>
        decodeURIComponent(part.replaceAll("+", " "))
      )
      : [form.get("client_id"), form.get("client_secret")];
    if (id !== state.clientId || secret !== state.clientSecret) return wrong("invalid_client");
    const code = form.get("code") ?? "";
    const grant = grants.get(code);
    if (!grant || grant.used && !state.takesCodesAgain || form.get("redirect_uri") !== grant.redirectUri) {
      return wrong("invalid_grant");
    }
    if (await challengeOf(form.get("code_verifier") ?? "") !== grant.challenge) return wrong("invalid_grant");
    grant.used = true;
    state.takenCodes.push(code);
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      aud: state.clientId,
      iat: now,
      exp: now + 300,
      ...(grant.nonce === null ? {} : { nonce: grant.nonce }),
      ...state.person,
    };
    return Response.json({
      access_token: "x",
      token_type: "Bearer",
      expires_in: 300,
      id_token: await sign(claims),
    });
  };
  const authorize = (url: URL) => {
    const query = url.searchParams;
    if (query.get("code_challenge_method") !== "S256") return wrong("invalid_request");
    const code = crypto.randomUUID();
    const redirectUri = query.get("redirect_uri") ?? "";
    grants.set(code, {
      nonce: query.get("nonce"),
      challenge: query.get("code_challenge") ?? "",
      redirectUri,
      used: false,
    });
    const back = new URL(redirectUri);
    back.search = new URLSearchParams({ code, state: query.get("state") ?? "", iss: issuer }).toString();
    return Response.redirect(back, 302);
  };
  const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request) => {
      const url = new URL(request.url);
      state.asked.push(url.pathname);
      switch (url.pathname) {
        case "/.well-known/openid-configuration":
          return Response.json({
            issuer,
            authorization_endpoint: `${issuer}/authorize`,
            token_endpoint: `${issuer}/token`,
            jwks_uri: `${issuer}/jwks`,
            response_types_supported: ["code"],
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: ["RS256", "ES256"],
            code_challenge_methods_supported: ["S256"],
            token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
            authorization_response_iss_parameter_supported: true,
          });
        case "/jwks":
          return Response.json(jwks);
        case "/authorize":
          return authorize(url);
        case "/token":
          return token(request);
        default:
          return new Response("Not found", { status: 404 });
      }
    },
  );
  const issuer = `http://127.0.0.1:${server.addr.port}`;
  return Object.assign(state, { issuer, [Symbol.asyncDispose]: () => server.shutdown() });
}
