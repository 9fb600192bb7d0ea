import { nearest } from "@/lib/value/nearest.ts";

/** A task of `deno task`, as its `--help` says it. */
export interface Task {
  /** Its name. */
  readonly name: string;
  /** A description in a sentence or two. */
  readonly does: string;
  /** The effect of each of its flags. */
  readonly flags: Readonly<Record<string, string>>;
}

/**
 * The flags that a task was started with.
 *
 * @returns the text of its help, when that was asked for.
 * @throws {Error} for an argument that the task does not take; the message says what would be right.
 */
export function flagsOf(args: readonly string[], task: Task): ReadonlySet<string> | string {
  const known = [...Object.keys(task.flags), "--help"];
  if (args.includes("--help") || args.includes("-h")) return helpOf(task);
  for (const arg of args) {
    if (known.includes(arg)) continue;
    const name = arg.split("=")[0] as string;
    const setting = SETTINGS[name];
    const near = nearest(name, known);
    const right = setting !== undefined
      ? `it is a variable, as in ${setting} deno task ${task.name}`
      : near !== undefined
      ? `did you mean ${near}?`
      : `see deno task ${task.name} --help`;
    throw new Error(`Cannot use ${arg}: deno task ${task.name} takes no such argument; ${right}`);
  }
  return new Set(args);
}

/** Common flags of other programs. */
const SETTINGS: Readonly<Record<string, string>> = {
  "--port": "PORT=9000",
  "-p": "PORT=9000",
  "--host": "HOST=0.0.0.0",
  "--hostname": "HOST=0.0.0.0",
};

function helpOf({ name, does, flags }: Task): string {
  const lines = Object.entries({ ...flags, "--help": "Says this" }).map(([flag, text]) =>
    `  ${flag.padEnd(8)}  ${text}`
  );
  return [`deno task ${name}`, "", does, "", ...lines].join("\n");
}
