import { SANDBOX_POLICY } from "@/lib/gate/sandbox.ts";
import type { Arrival, Policy } from "./arrival.ts";
import { Shapes } from "./shapes.ts";

// What a document may do when Fresh's own policy, which knows the page's nonce, is not on the answer.
const STRICT =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

/** In development, error pages also load Fresh's script that reloads them once the mistake is gone. */
const RELOADS = "; script-src 'self' 'unsafe-inline'; connect-src 'self'";

/** What anything that is no document may do, should it be opened as one. */
const BARE = "default-src 'none'; frame-ancestors 'none'";

const HEADERS: readonly (readonly [string, string])[] = [
  ["x-content-type-options", "nosniff"],
  // Not no-referrer: a form would then say that it comes from nowhere, and would be refused.
  ["referrer-policy", "same-origin"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
  [
    "permissions-policy",
    "geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), display-capture=()",
  ],
];

/** All that the guard would put on an answer that is no document. For answers that are made often. */
export const ANSWER_HEADERS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(HEADERS),
  "content-security-policy": BARE,
};

/** What every answer says about itself, whatever it is. */
export function headersRule({ headers }: Response): void {
  for (const [name, value] of HEADERS) if (!headers.has(name)) headers.set(name, value);
}

/** Lets browsers keep what they ask after by its tag anyway: Fresh says of static files that they may not be kept at all. */
export function keepRule({ headers }: Response): void {
  if (headers.get("cache-control") === FRESH_STATIC && headers.has("etag")) {
    headers.set("cache-control", "no-cache");
  }
}

const FRESH_STATIC = "no-cache, no-store, max-age=0, must-revalidate";

/**
 * What a document may do. Fresh's policy falls back to 'unsafe-inline' for whatever it did not render itself, and is not on
 * error pages at all.
 */
export function policyRule({ headers }: Response, { peer }: Arrival, { dev }: Policy): void {
  const policy = headers.get("content-security-policy");
  const isSecure = peer.scheme === "https";
  const right = policy === null ? null : ALLOWED.of(policy, String(isSecure), (policy) => {
    if (/'unsafe-/i.test(policy) && policy !== SANDBOX_POLICY) return { policy: null };
    return {
      policy: !isSecure && UPGRADE.test(policy) ? without(policy, "upgrade-insecure-requests") : policy,
    };
  }).policy;
  if (right === null) {
    const isPage = headers.get("content-type")?.startsWith("text/html") === true;
    headers.set("content-security-policy", isPage ? dev ? STRICT + RELOADS : STRICT : BARE);
  } else if (right !== policy) headers.set("content-security-policy", right);
}

const ALLOWED = new Shapes<{ readonly policy: string | null }>();
const UPGRADE = /upgrade-insecure-requests/i;

/** Whose pages may frame ours: nobody's, or those of the listed origins and our own. */
export function embedRule({ headers }: Response, _: Arrival, { embed }: Policy): void {
  const given = headers.get("content-security-policy") ?? "";
  const isOpen = embed.length > 0 && headers.get("content-type")?.startsWith("text/html") === true;
  const { policy, isShut } = FRAMED.of(given, `${isOpen} ${embed.join(" ")}`, (policy) => {
    return framed(policy, embed, isOpen);
  });
  if (policy !== given) headers.set("content-security-policy", policy);
  if (isShut || embed.length === 0) headers.set("x-frame-options", isShut ? "DENY" : "SAMEORIGIN");
  else headers.delete("x-frame-options");
}

const FRAMED = new Shapes<{ readonly policy: string; readonly isShut: boolean }>();
const FRAMES = /(?:^|[;,])\s*frame-ancestors\s+([^;,]*)/gi;

/** A policy that says who may frame. `isOpen`: whether the listed origins may, whatever it says itself. */
function framed(
  policy: string,
  embed: readonly string[],
  isOpen: boolean,
): { readonly policy: string; readonly isShut: boolean } {
  const given = Array.from(policy.matchAll(FRAMES), ([, who = ""]) => who.trim());
  const isShut = given.includes("'none'") && !isOpen;
  // Files may stand in frames of our own pages: their policy says nothing of frames.
  const who = isShut ? "'none'" : ["'self'", ...embed].join(" ");
  if (given.length === 1 && who === given[0]) return { policy, isShut };
  const [first = "", ...others] = without(policy, "frame-ancestors").split(", ");
  const own = `${first}${first === "" ? "" : "; "}frame-ancestors ${who}`;
  return { policy: [own, ...others].join(", "), isShut };
}

/** A policy, or several with commas between them, without the directives of a name. */
export function without(policy: string, name: string): string {
  const policies = policy.split(",").map((one) =>
    one.split(";").map((directive) => directive.trim()).filter((directive) =>
      directive !== "" && directive.split(/\s/, 1)[0]?.toLowerCase() !== name
    ).join("; ")
  );
  return policies.filter((one) => one !== "").join(", ");
}

/** Lets scripts of listed origins read the answer; says to caches that it depends on who asks. */
export function corsRule({ headers }: Response, arrival: Arrival, { cors, corsCredentials }: Policy): void {
  // Nobody but the settings says who may read.
  for (const name of ["access-control-allow-origin", "access-control-allow-credentials"]) {
    headers.delete(name);
  }
  if (cors.size === 0) return;
  if (!/(?:^|[ ,])origin(?:$|[ ,])/i.test(headers.get("vary") ?? "")) headers.append("vary", "origin");
  const origin = arrival.headers.get("origin") ?? "";
  if (!cors.has(origin)) return;
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", "content-disposition, retry-after");
  if (corsCredentials) headers.set("access-control-allow-credentials", "true");
}

/** Says to come by https only, where the client came by it. */
export function secureRule({ headers }: Response, { peer }: Arrival): void {
  if (peer.scheme === "https" && !headers.has("strict-transport-security")) {
    headers.set("strict-transport-security", "max-age=15552000");
  }
}
