/**
 * Compares values with those recorded in a file beside the test. `deno test -A -- --update` records them anew.
 * @module
 */
import { AssertionError } from "node:assert/strict";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Whether snapshots are compared or recorded. */
export type SnapshotMode = "assert" | "update";

/** Options of {@linkcode assertSnapshot}. */
export interface SnapshotOptions<T = unknown> {
  /** Folder of the snapshot file, relative to the test. @default "__snapshots__" */
  dir?: string;
  /** Whether to compare or to record. @default what the command line says */
  mode?: SnapshotMode;
  /** Message of the failure. */
  msg?: string;
  /** Name of the snapshot. @default the name of the test */
  name?: string;
  /** Path of the snapshot file, relative to the test. */
  path?: string;
  /** Writes the value as text. */
  serializer?: (actual: T) => string;
}

interface SnapshotFile {
  readonly path: string;
  readonly entries: Map<string, string>;
  readonly counts: Map<string, number>;
}

const files = new Map<string, Promise<SnapshotFile>>();

function defaultMode(): SnapshotMode {
  return Deno.args.some((arg) => arg === "--update" || arg === "-u") ? "update" : "assert";
}

/** The text a value is recorded as. */
export function serialize(actual: unknown): string {
  return Deno.inspect(actual, {
    depth: Infinity,
    sorted: true,
    trailingComma: true,
    compact: false,
    iterableLimit: Infinity,
    strAbbreviateSize: Infinity,
    breakLength: Infinity,
    escapeSequences: false,
  }).replaceAll("\r", "\\r");
}

/** Throws unless `actual` is what was recorded under the name of the test. */
export async function assertSnapshot<T>(
  context: Deno.TestContext,
  actual: T,
  msgOrOptions: string | SnapshotOptions<T> = {},
): Promise<void> {
  const options = typeof msgOrOptions === "string" ? { msg: msgOrOptions } : msgOrOptions;
  const file = await openFile(context, options);
  const name = options.name ?? nameOf(context);
  const count = (file.counts.get(name) ?? 0) + 1;
  file.counts.set(name, count);
  const key = `${name} ${count}`;
  const text = (options.serializer ?? serialize)(actual);
  const recorded = file.entries.get(key);
  if ((options.mode ?? defaultMode()) === "update") {
    if (recorded === text) return;
    file.entries.set(key, text);
    await save(file);
    return;
  }
  if (recorded === undefined) {
    throw new AssertionError({
      message: options.msg ?? `Missing snapshot: ${key}`,
    });
  }
  if (recorded !== text) {
    throw new AssertionError({
      message: options.msg ??
        `Snapshot does not match: ${key}\n\nExpected:\n${recorded}\n\nActual:\n${text}`,
      actual: text,
      expected: recorded,
    });
  }
}

/** An {@linkcode assertSnapshot} with other defaults. */
export function createAssertSnapshot<T>(
  options: SnapshotOptions<T>,
  base: typeof assertSnapshot = assertSnapshot,
): typeof assertSnapshot {
  return (context, actual, msgOrOptions) => {
    const own = typeof msgOrOptions === "string" ? { msg: msgOrOptions } : msgOrOptions;
    return base(
      context,
      actual,
      { ...options, ...own } as SnapshotOptions<typeof actual>,
    );
  };
}

function nameOf(context: Deno.TestContext): string {
  return context.parent === undefined ? context.name : `${nameOf(context.parent)} > ${context.name}`;
}

function openFile(
  { origin }: Deno.TestContext,
  { dir, path }: SnapshotOptions<never>,
): Promise<SnapshotFile> {
  const test = fileURLToPath(origin);
  const target = path !== undefined ? resolve(dirname(test), path) : join(
    resolve(dirname(test), dir ?? "__snapshots__"),
    `${basename(test)}.snap`,
  );
  let file = files.get(target);
  if (file === undefined) files.set(target, file = load(target));
  return file;
}

async function load(path: string): Promise<SnapshotFile> {
  const entries = new Map<string, string>();
  try {
    await Deno.stat(path);
    const { snapshot } = await import(pathToFileURL(path).href) as {
      snapshot: Record<string, string>;
    };
    for (const [key, text] of Object.entries(snapshot)) {
      // A text of several lines stands on lines of its own
      entries.set(
        key,
        text.startsWith("\n") && text.endsWith("\n") ? text.slice(1, -1) : text,
      );
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return { path, entries, counts: new Map() };
}

async function save({ path, entries }: SnapshotFile): Promise<void> {
  const quote = (text: string) => "`" + text.replace(/[`\\]|\$\{/g, "\\$&") + "`";
  const lines = Array.from(
    entries,
    ([key, text]) => `snapshot[${quote(key)}] = ${quote(text.includes("\n") ? `\n${text}\n` : text)};`,
  );
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(
    path,
    `export const snapshot = {};\n\n${lines.join("\n\n")}\n`,
  );
}
