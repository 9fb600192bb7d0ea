import { log } from "./log.ts";
import { sourcePlaceOf } from "./source_place.ts";

/**
 * Says in the log when a demo reads a variable of the environment that the server was not given. The demo gets
 * `undefined`, as for a variable that is not set. Each variable is named once.
 */
export function tellHiddenEnv(): Disposable {
  const { get } = Deno.env;
  const told = new Set<string>();
  const read = (name: string) => {
    const value = get.call(Deno.env, name);
    if (value === undefined && !told.has(name) && isHidden(name)) {
      const place = sourcePlaceOf(new Error());
      // Packages look for many that nobody has set.
      if (place) {
        told.add(name);
        const message =
          `${place.file}:${place.line} reads the variable ${name}, which this server may not see: set ATOLL_ALLOW_ENV=${name}`;
        log("warn", "hidden_variable", { message });
      }
    }
    return value;
  };
  Deno.env.get = read;
  return { [Symbol.dispose]: () => void (Deno.env.get = get) };
}

function isHidden(variable: string): boolean {
  return Deno.permissions.querySync({ name: "env", variable }).state !== "granted";
}
