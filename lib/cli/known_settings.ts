import { nearest } from "@/lib/value/nearest.ts";

/** Settings for further rights, read by the launcher. */
const ALLOW = ["ENV", "FFI", "NET", "READ", "RUN", "SYS", "WRITE"].map((right) => `ATOLL_ALLOW_${right}`);

/**
 * Refuses variables whose names look like settings and are none: a misspelt one would be the same as none at all.
 *
 * @param names names of the settings. Variables in `ATOLL_ALLOW_ENV` belong to demos.
 * @throws {RangeError} with the name that was most likely meant.
 */
export function refuseUnknownSettings(
  env: Readonly<Record<string, string | undefined>>,
  names: Iterable<string>,
): void {
  const known = [...names, ...ALLOW];
  const handed = (env.ATOLL_ALLOW_ENV ?? "").split(",").map((name) => name.trim());
  for (const name of Object.keys(env)) {
    if (!/^ATOLL_/i.test(name) || known.includes(name) || handed.includes(name)) continue;
    const near = nearest(name, known);
    throw new RangeError(
      `Cannot use ${name}: there is no such setting; ` +
        (near === undefined ? "docs/settings.md lists all of them" : `did you mean ${near}?`),
    );
  }
}
