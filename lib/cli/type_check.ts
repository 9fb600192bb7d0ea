import { nearest } from "@/lib/value/nearest.ts";
import { shortened, sourcePlaceOf } from "@/lib/ops/source_place.ts";
import type { TypeMistake } from "@/lib/gate/type_mistakes.ts";

/**
 * The mistakes that the compiler finds in files, and in all that they import in this project.
 *
 * @param root The folder of the project.
 * @param files Paths from there.
 * @throws {DOMException} `AbortError`, once `signal` has aborted.
 */
export async function checkTypes(
  root: URL,
  files: readonly string[],
  signal: AbortSignal,
): Promise<readonly TypeMistake[]> {
  if (files.length === 0) return [];
  const { stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", ...files],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal,
  }).output();
  signal.throwIfAborted();
  return mistakesIn(new TextDecoder().decode(stderr), success);
}

/**
 * The mistakes that `deno check` has printed, without colours. A file that it could not read at all is one, too, and so
 * is an end without success that names none.
 */
export function mistakesIn(text: string, success: boolean): readonly TypeMistake[] {
  const [head = "", ...blocks] = text.split(/^TS\d+ \[ERROR\]: /m);
  const unread = /^error: (?!Type checking failed)([^]+)/m.exec(head)?.[1];
  if (!success && blocks.length === 0 && unread === undefined) {
    return [{ text: `deno check ended without a result\n${text}`.trim(), at: undefined }];
  }
  return [...blocks, ...unread === undefined ? [] : [unread]].map((block) => {
    const place = sourcePlaceOf(new Error(block, { cause: undefined }));
    const own = block.split(/^ +at file:/m)[0] as string;
    // The line of code, which stands over its marks, is named by the place.
    const lines = own.split("\n");
    const marks = lines.findIndex((line) => /^\s*~+$/.test(line));
    const said = (marks < 0 ? lines : lines.slice(0, marks - 1)).join("\n").trim();
    return {
      text: withKeys(reason(inShort(shortened(said)))),
      at: place && `${place.file}:${place.line}:${place.column}`,
    };
  });
}

// That one function is not the other says less than why, which stands below.
function reason(text: string): string {
  const [first = "", ...rest] = text.split("\n");
  if (rest.length === 0 || !first.startsWith("Type '(")) return text;
  const indent = /^ */.exec(rest[0] ?? "")?.[0].length ?? 0;
  return rest.map((line) => line.slice(indent)).join("\n");
}

// A key that no output has is the commonest slip, and the compiler does not say which one it is.
function withKeys(text: string): string {
  const [, given, taken] =
    /Type '(?:Promise<)?\{ (.*?) \}>?' (?:is not assignable to|has no properties in common with) type '(?:Promise<)?\{ (readonly \w+\?: .*)'/
      .exec(text) ?? [];
  if (given === undefined || taken === undefined) return text;
  const outputs = [...taken.matchAll(/readonly (\w+)\?: /g)].map(([, key]) => key as string);
  const stray = [...given.matchAll(/(?:^|; )(\w+)\??: /g)].map(([, key]) => key as string)
    .find((key) => !outputs.includes(key));
  if (stray === undefined) return text;
  const meant = nearest(stray, outputs);
  const hint = meant === undefined ? `: they are ${outputs.join(", ")}` : `: did you mean "${meant}"?`;
  return `"${stray}" is none of the outputs${hint}\n${text}`;
}

/**
 * A message of the compiler without the parts of types that no author writes. `Update<...>` and `Field<...>` lose the
 * text between the brackets, and `Result<string | Update>` loses `Result` and its own brackets.
 */
function inShort(text: string): string {
  return text.replace(/'(?:[^']|(?<=\w)'(?=\w))*'/g, (type) => unwrapped(emptied(type)));
}

// A part that the compiler cut off in the middle ends with the type.
function emptied(type: string): string {
  let short = "";
  for (let at = 0; at < type.length;) {
    const [name] = /^\b(?:Update|Field|Changes|Details|RunContext|NoInfer)(?=<)/.exec(type.slice(at)) ?? [];
    if (name === undefined || /\w$/.test(short)) {
      short += type[at++];
      continue;
    }
    short += name;
    at = closing(type, at + name.length);
  }
  return short;
}

function closing(type: string, open: number): number {
  let depth = 0;
  for (let at = open; at < type.length - 1; at++) {
    if (type[at] === "<") depth++;
    else if (type[at] === ">" && type[at - 1] !== "=" && --depth === 0) return at + 1;
  }
  return type.length - 1;
}

// A handler may give its result at once, by a promise or piece by piece: every author knows that.
function unwrapped(type: string): string {
  const [, inner] = /^'Result<(.*)>'$/.exec(type) ?? [];
  return inner === undefined ? type.replace(/^'Result</, "'") : `'${inner}'`;
}
