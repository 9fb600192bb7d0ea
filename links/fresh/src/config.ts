/** Options of `new App()`. */
export interface FreshConfig {
  /** Project root. Filled in from the build. */
  root?: string;
  /** URL prefix all routes of the app live under, such as `/shop`. @default "" */
  basePath?: string;
  /** `"development"` shows errors to visitors; set by the dev server. @default "production" */
  mode?: "development" | "production";
  /** Take protocol and host of `ctx.url` from `X-Forwarded-*` headers. @default false */
  trustProxy?: boolean;
}

/** The configuration an app runs with. */
export interface ResolvedFreshConfig {
  /** Project root, `""` for an app without build output. */
  root: string;
  /** URL prefix of all routes, without trailing slash. */
  basePath: string;
  /** Which of the two modes the app runs in. */
  mode: "development" | "production";
  /** Whether `X-Forwarded-*` headers are believed. */
  trustProxy: boolean;
}

/** Fills the defaults of `config`. */
export function resolveConfig(config: FreshConfig = {}): ResolvedFreshConfig {
  const basePath = (config.basePath ?? "").replace(/\/+$/, "");
  if (basePath !== "" && !basePath.startsWith("/")) {
    throw new TypeError(`Cannot use basePath "${config.basePath}": it must start with "/"`);
  }
  return {
    root: config.root ?? "",
    basePath,
    mode: config.mode ?? "production",
    trustProxy: config.trustProxy ?? false,
  };
}
