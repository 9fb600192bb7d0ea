import assert from "node:assert/strict";
import { ROWS, type Severity } from "./rows.ts";

/** A line of the table. */
interface Line {
  readonly id: string;
  readonly severity: string | undefined;
  readonly rule: string;
  readonly file: string;
  readonly found: string;
  readonly result: string;
}

const root = new URL("../../", import.meta.url);
const NAMES: Readonly<Record<Severity, string>> = { C: "critical", H: "high", M: "medium", L: "low" };

Deno.test("Every case is in the table once, with a test that is there or a reason", async () => {
  const lines = await readTable();
  assert.deepEqual(lines.map(({ id }) => id).sort(), Object.keys(ROWS).sort());
  for (const { id, severity, rule, file, found, result } of lines) {
    assert.ok(rule && result, `${id} says nothing`);
    if (severity !== undefined) assert.equal(severity, NAMES[ROWS[id] as Severity], id);
    if (file === "") assert.match(result, /^(?:waits|open): ./, `${id} has neither a test nor a reason`);
    else {assert.ok(
        found !== "" && (await read(file)).includes(found),
        `${id}: ${file} does not say ${found}`,
      );}
    for (const [, other] of result.matchAll(/`((?:tests|lib|components)\/[^`]+)`/g)) {
      await read(other as string);
    }
  }
});

Deno.test("Nothing of severity critical or high is open", async () => {
  const open = (await readTable()).filter(({ id, result }) =>
    /^open\b/.test(result) && /[CH]/.test(ROWS[id] ?? "C")
  );
  assert.deepEqual(open, []);
});

async function readTable(): Promise<readonly Line[]> {
  const cases = await linesOf("docs/security/cases.md");
  const others = await linesOf("docs/security/isolation_queue_life.md");
  return [
    ...cases.map(([id = "", severity, rule = "", file = "", found = "", result = ""]) => {
      return { id, severity, rule, file, found, result };
    }),
    ...others.map(([id = "", rule = "", file = "", found = "", result = ""]) => {
      return { id, severity: undefined, rule, file, found, result };
    }),
  ];
}

async function linesOf(page: string): Promise<string[][]> {
  const lines = (await read(page)).split("\n").filter((line) => /^\| [A-Z]\d\d \|/.test(line));
  return lines.map((line) =>
    line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => {
      const text = cell.trim().replaceAll("\\|", "|");
      return /^`[^`]*`$/.test(text) ? text.slice(1, -1) : text;
    })
  );
}

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, root)).catch((cause) => {
    if (cause instanceof Deno.errors.IsADirectory) return "";
    throw new Error(`There is no ${path}`, { cause });
  });
}
