import { nonceOf } from "../render.ts";
import type { Middleware } from "./mod.ts";

/** Options of {@linkcode csp}. */
export interface CSPOptions {
  /** Report breaches without preventing them. @default false */
  reportOnly?: boolean;
  /** URL that reports are sent to. */
  reportTo?: string;
  /** Directives that take the place of the default ones of the same name, such as `"img-src *"`. */
  csp?: string[];
  /** Allow scripts and styles by the page's nonce in place of `'unsafe-inline'`. @default false */
  useNonce?: boolean;
}

const DEFAULTS = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "upgrade-insecure-requests",
];

/** Sets a content security policy on every response. */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  const { reportOnly = false, reportTo, csp: custom = [], useNonce = false } = options;
  const directives = new Map<string, string>();
  for (const directive of [...DEFAULTS, ...custom]) {
    const [name = ""] = directive.trim().split(/\s+/, 1);
    directives.set(name, directive.trim());
  }
  if (reportTo !== undefined) {
    directives.set("report-to", "report-to csp-endpoint");
    directives.set("report-uri", `report-uri ${reportTo}`);
  }
  const plain = [...directives.values()].join("; ");
  const name = reportOnly ? "Content-Security-Policy-Report-Only" : "Content-Security-Policy";
  return async (ctx) => {
    const response = await ctx.next();
    const nonce = useNonce ? nonceOf(response) : undefined;
    response.headers.set(name, nonce === undefined ? plain : withNonce(directives, nonce));
    if (reportTo !== undefined) response.headers.set("Reporting-Endpoints", `csp-endpoint="${reportTo}"`);
    return response;
  };
}

function withNonce(directives: ReadonlyMap<string, string>, nonce: string): string {
  return Array.from(directives, ([name, directive]) => {
    if (name !== "script-src" && name !== "style-src") return directive;
    // A browser that knows nonces ignores 'unsafe-inline' next to one
    return `${directive.replace(/\s*'unsafe-inline'/g, "")} 'nonce-${nonce}'`;
  }).join("; ");
}
