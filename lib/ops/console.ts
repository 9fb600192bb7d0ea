// deno-lint-ignore-file no-console -- the console itself is what is turned into the log
import { format } from "node:util";
import { type Level, log, logStyle, logTo } from "./log.ts";
import { logPrinted } from "./log_error.ts";

const LEVELS = { debug: "info", info: "info", log: "info", warn: "warn", error: "error" } as const satisfies {
  readonly [name: string]: Level;
};

/**
 * Leads what handlers and libraries print into the log, until it is disposed of. Errors become entries of their own,
 * so that their text cannot forge lines. Other text is left as it is for people, and becomes entries in JSON, where
 * every line must be an object.
 */
export function captureConsole(): Disposable {
  const before = { ...console };
  logTo(before.log.bind(console), before.error.bind(console));
  for (const [name, level] of Object.entries(LEVELS) as [keyof typeof LEVELS, Level][]) {
    const plain = before[name].bind(console);
    console[name] = (...parts: unknown[]) => {
      const [first] = parts;
      if (level !== "info" && first instanceof Error && parts.length === 1) logPrinted(first);
      else if (logStyle() === "json") log(level, "console", { message: format(...parts) });
      else plain(...parts);
    };
  }
  return {
    [Symbol.dispose]: () => {
      Object.assign(console, before);
      logTo((line) => console.log(line), (line) => console.error(line));
    },
  };
}
