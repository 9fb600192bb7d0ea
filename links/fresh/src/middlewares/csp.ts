import { nonceOf } from "../render.ts";
import type { Middleware } from "./mod.ts";

/** Options of {@linkcode csp}. */
export interface CSPOptions {
  /** Report breaches without preventing them. @default false */
  reportOnly?: boolean;
  /** URL that reports are sent to. */
  reportTo?: string;
  /** Directives, such as `"img-src *"`. Those of the same name among the default ones are left out, and these come last. */
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

const TAKES_NONCE: ReadonlySet<string> = new Set(
  ["script-src", "style-src"].flatMap((name) => [name, `${name}-elem`, `${name}-attr`]).concat("default-src"),
);

/** Sets a content security policy on every response. */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  const { reportOnly = false, reportTo, csp: custom = [], useNonce = false } = options;
  const own = new Set(custom.map(nameOf));
  const directives = [...DEFAULTS.filter((directive) => !own.has(nameOf(directive))), ...custom];
  if (reportTo !== undefined) directives.push("report-to csp-endpoint", `report-uri ${reportTo}`);
  const plain = directives.join("; ");
  const pieces = aroundNonces(directives);
  const name = reportOnly ? "Content-Security-Policy-Report-Only" : "Content-Security-Policy";
  return async (ctx) => {
    const response = await ctx.next();
    const nonce = useNonce ? nonceOf(response) : undefined;
    response.headers.set(name, nonce === undefined ? plain : pieces.join(`'nonce-${nonce}'`));
    if (reportTo !== undefined) response.headers.set("Reporting-Endpoints", `csp-endpoint="${reportTo}"`);
    return response;
  };
}

function nameOf(directive: string): string {
  return directive.trim().split(/\s+/, 1)[0] ?? "";
}

// The nonce takes the place of 'unsafe-inline' and stands nowhere else: a browser that knows nonces ignores the one next to
// the other.
function aroundNonces(directives: readonly string[]): readonly string[] {
  const place = "\n";
  return directives.map((directive) =>
    TAKES_NONCE.has(nameOf(directive)) ? directive.replace("'unsafe-inline'", place) : directive
  ).join("; ").split(place);
}
