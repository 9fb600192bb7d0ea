// deno-lint-ignore-file no-console -- a command talks to whoever started it
/** `deno task check:demo <file> ...`: says what the compiler finds wrong in demos; in all of them without a file. */
import { demoPaths } from "./dev_types.ts";
import { checkTypes } from "./type_check.ts";

const root = new URL("../../", import.meta.url);
const files = Deno.args.length > 0 ? Deno.args : await demoPaths(root);
const mistakes = await checkTypes(root, files, new AbortController().signal);
for (const { text, at } of mistakes) console.error(at ? `${at}\n${text}\n` : `${text}\n`);
const what = files.length === 1 ? files[0] : `${files.length} files`;
console.log(mistakes.length === 0 ? `${what}: no type errors` : `${what}: ${mistakes.length} to fix`);
if (mistakes.length > 0) Deno.exit(1);
