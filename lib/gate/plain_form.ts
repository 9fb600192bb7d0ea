import { isDeepStrictEqual } from "node:util";
import type { Demo } from "@/lib/demo/blocks.tsx";
import { componentOf, type FormEntries } from "@/lib/demo/component.ts";
import type { Engine } from "@/lib/engine/engine.ts";
import type { Session } from "@/lib/engine/sessions.ts";
import { Fault, type FaultJson } from "@/lib/value/fault.ts";
import { type FileRef, fileRefSchema } from "@/lib/value/file_ref.ts";
import type { AnyField } from "@/lib/value/field.ts";
import type { Json } from "@/lib/value/json.ts";
import type { FieldStatus } from "@/lib/value/page.ts";
import { NOT_KEPT } from "@/lib/wire/not_kept.ts";
import { applied } from "@/lib/wire/patch.ts";
import type { Notice } from "./draw.tsx";
import { fixedFields } from "./fixed.ts";
import type { PageRequest } from "./native.ts";
import { runRequest } from "./run_request.ts";

/** How a page looks after a form without script was answered. */
export interface FormOutcome {
  readonly values: ReadonlyMap<string, Json>;
  /** Props by field, as handlers and the person have changed them. */
  readonly props: (key: string) => Readonly<Record<string, unknown>>;
  readonly status: ReadonlyMap<string, FieldStatus>;
  /** What went wrong, with its field, and what the handler told: the page begins with these. */
  readonly notices: readonly Notice[];
  /** HTTP status of the answer. */
  readonly code: number;
}

/**
 * Runs an action for a browser without script: the form's entries are the inputs, and what the run gave is on the
 * page that comes back. The name of the pressed button says which action.
 */
export async function runForm(
  { request, page, user, client }: PageRequest,
  entries: ReadonlyMap<string, FormEntries>,
  { demo, engine, token, fileOf }: {
    demo: Demo;
    engine: Engine;
    token: string;
    /** The file of an id, if it is this session's. */
    fileOf: (id: string) => Promise<FileRef | undefined>;
  },
): Promise<FormOutcome> {
  const session = engine.sessions.open(token, user?.id);
  const props = (key: string) => session.props(demo, key);
  const values = new Map<string, Json>();
  /** Fields whose files are not this session's. */
  const foreign = new Set<string>();
  const status = new Map<string, FieldStatus>();
  const told: Notice[] = [];
  let refused: Notice[] = [];
  let code = 200;
  const pressed = [...entries.keys()].find((name) => name.startsWith("$run."))?.slice(5) ??
    Object.keys(demo.plans).find((key) => demo.plans[key]?.when.some((when) => when.endsWith(":click")));
  const fail = (fault: Fault | FaultJson, gives: string[]) => {
    code = fault instanceof Fault ? fault.status : new Fault(fault.code, fault.message).status;
    const { message, field, fields = field === undefined ? {} : { [field]: message } } = fault;
    const named = Object.keys(fields).filter((key) => Object.hasOwn(demo.fields, key));
    const texts = Object.entries(fields).filter(([key]) => named.includes(key));
    status.clear();
    for (const key of gives) status.set(key, { phase: "idle", stale: true, by: pressed });
    for (const key of named.length > 0 ? named : gives) {
      status.set(key, { phase: "failed", message: fields[key] ?? message, by: pressed });
    }
    // A field may stand in a part that is closed, or not be drawn: what is wrong stands above all fields too.
    refused = texts.map(([field, text]) => ({ level: "error", text, field }));
    if (texts.length === 0) refused = [{ level: "error", text: message }];
  };

  const plan = pressed === undefined || !demo.callable.has(pressed) ? undefined : demo.plans[pressed];
  if (pressed === undefined || !plan) {
    fail(new Fault("not_found", "The form names no action of this page"), []);
    return { values, props, status, notices: refused, code };
  }
  const fixed = fixedFields(demo);
  try {
    for (const key of demo.interactive) {
      const field = demo.fields[key] as Demo["fields"][string];
      const component = componentOf(field);
      if (component.holds !== "page" || !component.input || fixed.has(key)) continue;
      // A button that stands for a choice carries its value under the action's name.
      const own = entries.get(key) ??
        (plan.when.includes(`${key}:click`) ? entries.get(`$run.${pressed}`) : undefined);
      const sent = formOf(key, () => component.form(own ?? { texts: [], files: [] }, props(key)));
      if (sent === undefined) continue;
      const ref = fileRefSchema.safeParse(sent);
      const file = ref.success ? await shown(ref.data, fileOf) : undefined;
      if (ref.success && !file && !isDeepStrictEqual(ref.data, field.initial)) foreign.add(key);
      values.set(key, (file ?? sent) as Json);
    }
    takeMoves(demo, entries, session);
    const input: Record<string, Json> = {};
    const rest: Record<string, Json> = {};
    for (const [name, key] of Object.entries(plan.takes)) {
      if (values.has(key)) input[name] = values.get(key) as Json;
    }
    for (const key of plan.rest) if (values.has(key)) rest[key] = values.get(key) as Json;
    const run = await engine.accept({
      demo,
      action: pressed,
      event: clickOf(demo, plan.when, values),
      input,
      rest,
      session,
      page,
      request: runRequest(request, client, user),
    }, request);
    using reader = engine.attend(run);
    request.signal.addEventListener("abort", () => reader[Symbol.dispose](), { once: true });
    let ended = false;
    for await (const frame of run) {
      ended = frame.type === "done";
      if (frame.type === "output") {
        for (const [key, given] of Object.entries(frame.values)) {
          values.set(key, applied(values.get(key) ?? null, given, frame.mode));
          foreign.delete(key);
        }
      } else if (frame.type === "failed") fail(frame, [...plan.gives]);
      else if (frame.type === "done") {
        if (frame.outcome === "done") code = 200;
        if (frame.kept === false) told.push({ level: "warning", text: NOT_KEPT });
      } else if (frame.type === "log") {
        const { level, text, title } = frame;
        told.push({ level, text, title });
      }
    }
    if (!ended) {
      throw new Fault("interrupted", "The server stopped before this finished. Try again");
    }
    engine.seen(run);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    fail(error, [...plan.gives]);
  }
  // What cannot be drawn is not put back into the page: the field falls back to its first value.
  for (const [key, value] of values) {
    const field = demo.fields[key] as Demo["fields"][string];
    if (foreign.has(key) || !drawable(value, field.initial) || !isSound(value, field)) values.delete(key);
  }
  return { values, props, status, notices: [...refused, ...told], code };
}

// The pressed button names its action. Which of several buttons of one action it was, a form cannot say.
function clickOf(
  demo: Demo,
  listened: readonly string[],
  values: ReadonlyMap<string, Json>,
): { when: string; detail?: Json | undefined } | undefined {
  const [when, other] = listened.filter((name) => name.endsWith(":click"));
  if (when === undefined || other !== undefined) return undefined;
  const key = when.slice(0, -":click".length);
  const field = demo.fields[key];
  // A button that stands for a choice carries it.
  return field && componentOf(field).events.click ? { when, detail: values.get(key) } : { when };
}

// Names the field in what its component refuses of a form.
function formOf<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Fault) {
      throw new Fault(error.code, error.message, { field: key, cause: error.cause });
    }
    throw error;
  }
}

// A file below a page. Paths of the site besides those are the author's.
const KEPT_PATH = /(?:^|\/)files(?:\/|$)/;

/** What the page may show of a reference that came back with the form; `undefined`: nothing of it. */
async function shown(
  ref: FileRef,
  fileOf: (id: string) => Promise<FileRef | undefined>,
): Promise<FileRef | undefined> {
  return await fileOf(ref.id) ?? (ref.url.startsWith("/") && !KEPT_PATH.test(ref.url) ? ref : undefined);
}

// What the person did to containers, for example which tab is open, is sent with the form.
function takeMoves(demo: Demo, entries: ReadonlyMap<string, FormEntries>, session: Session): void {
  for (const [key, sent] of entries) {
    const field = Object.hasOwn(demo.fields, key) ? demo.fields[key] : undefined;
    const moved = field && componentOf(field).moved?.(sent);
    if (!moved) continue;
    const before = session.props(demo, key);
    // A session takes room once something is written to it, so nothing is where nothing changes.
    if (Object.entries(moved).some(([name, now]) => before[name] !== now)) {
      session.changeProps(demo, key, moved);
    }
  }
}

// Text and numbers are put back as they were typed, right or wrong. Views take more for granted of what has parts.
function isSound(value: Json, field: AnyField): boolean {
  return typeof value !== "object" || value === null ||
    componentOf(field).wire(field.props).safeParse(value).success;
}

function drawable(value: Json | undefined, initial: Json): boolean {
  // A box for a number may hold a text that is not one.
  return value !== undefined && (initial === null || value === null || typeof value === typeof initial ||
    typeof initial === "number" && typeof value === "string");
}
