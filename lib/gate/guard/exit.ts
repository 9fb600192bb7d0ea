import { SANDBOX_POLICY } from "@/lib/gate/sandbox.ts";
import type { Arrival, Policy } from "./arrival.ts";

// What a document may do when Fresh's own policy, which knows the page's nonce, is not on the answer.
const STRICT =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

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

/** What a document may do. Fresh's policy falls back to 'unsafe-inline' for whatever it did not render itself. */
export function policyRule({ headers }: Response, { peer }: Arrival): void {
  const policy = headers.get("content-security-policy");
  if (policy === null || policy.includes("'unsafe-") && policy !== SANDBOX_POLICY) {
    const isPage = headers.get("content-type")?.startsWith("text/html") === true;
    headers.set("content-security-policy", isPage ? STRICT : BARE);
  } else if (policy.includes("upgrade-insecure-requests") && peer.scheme !== "https") {
    headers.set("content-security-policy", policy.replace(/;? ?upgrade-insecure-requests;?/, ""));
  }
}

/** Whose pages may frame ours: nobody's, or those of the listed origins and our own. */
export function embedRule({ headers }: Response, _: Arrival, { embed }: Policy): void {
  const policy = headers.get("content-security-policy") ?? "";
  const given = /frame-ancestors ([^;]*)/.exec(policy)?.[1]?.trim();
  const isPage = headers.get("content-type")?.startsWith("text/html") === true;
  const isShut = given === "'none'" && !(isPage && embed.length > 0);
  // Files may stand in frames of our own pages: their policy says nothing of frames.
  const who = isShut ? "'none'" : ["'self'", ...embed].join(" ");
  if (who !== given) {
    const rest = policy.replace(/(?:^|; *)frame-ancestors[^;]*/, "");
    headers.set("content-security-policy", `${rest}${rest === "" ? "" : "; "}frame-ancestors ${who}`);
  }
  if (isShut || embed.length === 0) headers.set("x-frame-options", isShut ? "DENY" : "SAMEORIGIN");
  else headers.delete("x-frame-options");
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
