// deno-lint-ignore-file no-console -- a command talks on the console
/**
 * Lists the mistakes of prose in files: `deno run -A tests/prose/check.ts lib/engine/*.ts README.md`.
 * Of a source it reads all comments, messages of refusals and texts for people; `--doc` leaves out `//` comments.
 * Without files it reads all that the test reads.
 */
import { mistakesIn, pagesHeld } from "./held.ts";

const files = Deno.args.filter((arg) => !arg.startsWith("--"));
const comments = Deno.args.includes("--doc") ? "doc" : "all";
let count = 0;
const list = files.length > 0 ? files.map((file) => ({ file, comments } as const)) : await pagesHeld();
for (const page of list) {
  for (const { line, rule, sentence } of await mistakesIn(page)) {
    console.log(`${page.file}:${line}: ${rule}\n    ${sentence}`);
    count++;
  }
}
console.error(`${count} mistakes in ${list.length} files`);
Deno.exit(count === 0 ? 0 : 1);
