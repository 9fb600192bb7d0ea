import { batch, type Signal, signal } from "@preact/signals";
import type { FaultJson } from "@/lib/value/fault.ts";
import type { Json, JsonObject } from "@/lib/value/json.ts";
import type { ActionPlan, FieldStatus, PageGraph } from "@/lib/value/page.ts";
import { readFrames } from "@/lib/wire/event_stream.ts";
import type { Frame } from "@/lib/wire/frame.ts";
import { type Patch, patch } from "@/lib/wire/patch.ts";

/** A field of the page in the browser. */
export interface LiveField {
  readonly value: Signal<Json>;
  readonly props: Signal<Readonly<Record<string, unknown>>>;
  readonly status: Signal<FieldStatus>;
}

const idle: FieldStatus = { phase: "idle" };
const sessions = new WeakMap<PageGraph, Session>();

/** The session of a page. All doors of one page hold the same graph, so they share one session. */
export function sessionOf(page: PageGraph): Session {
  let session = sessions.get(page);
  if (!session) sessions.set(page, session = new Session(page));
  return session;
}

/** The browser's half of a run that is going on. */
interface Going {
  readonly abort: AbortController;
  run: string;
  again: boolean;
}

/** Holds the values of a page, finds the actions that an event starts, sends them and applies what comes back. */
export class Session {
  readonly #page: PageGraph;
  readonly #fields = new Map<string, LiveField>();
  readonly #listeners = new Map<string, string[]>();
  readonly #going = new Map<string, Set<Going>>();
  readonly #coming = new Map<string, Promise<unknown>>();

  constructor(page: PageGraph) {
    this.#page = page;
    for (const [key, plan] of Object.entries(page.actions)) {
      for (const when of plan.when) {
        const known = this.#listeners.get(when);
        if (known) known.push(key);
        else this.#listeners.set(when, [key]);
      }
    }
    if (typeof document === "undefined") return;
    addEventListener("submit", (event) => {
      const form = event.target as HTMLFormElement;
      if (form.dataset.atoll !== undefined) event.preventDefault();
    });
    // After the doors of this turn are drawn, so that the first outputs find their fields.
    setTimeout(() => this.raise("", "load"));
  }

  /** The signals of a field. */
  field(id: string): LiveField {
    let field = this.#fields.get(id);
    if (!field) {
      const state = this.#page.fields[id];
      field = {
        value: signal(state?.value ?? null),
        props: signal(state?.props ?? {}),
        status: signal(state?.status ?? idle),
      };
      this.#fields.set(id, field);
    }
    return field;
  }

  /** Writes a value as the person does. */
  set(id: string, value: Json): void {
    const field = this.field(id);
    const changed = !same(field.value.peek(), value);
    batch(() => {
      field.value.value = value;
      if (field.status.peek().phase === "failed") field.status.value = idle;
    });
    this.raise(id, "input");
    if (changed) this.raise(id, "change");
  }

  /** Says that a field's value is on its way. An action that takes the field waits for it. */
  awaits<T>(id: string, value: Promise<T>): Promise<T> {
    this.#coming.set(id, value);
    return value.finally(() => {
      if (this.#coming.get(id) === value) this.#coming.delete(id);
    });
  }

  /** Tells the page that something happened; starts the actions that listen. */
  raise(id: string, event: string, detail?: Json): void {
    for (const key of this.#listeners.get(`${id}:${event}`) ?? []) this.#fire(key, detail);
  }

  /** Stops the runs of an action: the server is told, outputs that are under way are dropped. */
  cancel(key: string): void {
    for (const going of this.#going.get(key) ?? []) {
      going.again = false;
      if (going.run) this.#post({ cancel: going.run }).catch(() => {});
      going.abort.abort();
    }
  }

  #fire(key: string, detail: Json | undefined): void {
    const plan = this.#page.actions[key];
    if (!plan) return;
    for (const other of plan.cancels) this.cancel(other);
    const going = this.#going.get(key) ?? new Set<Going>();
    this.#going.set(key, going);
    if (going.size > 0 && plan.mode !== "multiple") {
      if (plan.mode === "alwaysLast") { for (const one of going) one.again = true; }
      return;
    }
    const one: Going = { abort: new AbortController(), run: "", again: false };
    going.add(one);
    this.#run(key, plan, one, detail).finally(() => {
      going.delete(one);
      if (one.again) this.#fire(key, detail);
    });
  }

  async #run(key: string, plan: ActionPlan, one: Going, detail: Json | undefined): Promise<void> {
    this.#show(plan.gives, { phase: "running" });
    const coming = [...Object.values(plan.takes), ...plan.rest].flatMap((id) => this.#coming.get(id) ?? []);
    if (coming.length > 0) {
      await Promise.allSettled(coming);
      // The view that asked for it writes the value in the same turn, after this.
      await new Promise((resolve) => setTimeout(resolve));
    }
    const input: Record<string, Json> = {};
    const rest: Record<string, Json> = {};
    for (const [name, id] of Object.entries(plan.takes)) input[name] = this.field(id).value.peek();
    for (const id of plan.rest) rest[id] = this.field(id).value.peek();
    let ended = false;
    try {
      const answer = await this.#post({ action: key, input, rest, event: detail }, one.abort.signal);
      if (!answer.ok || !answer.body) {
        const { error } = await answer.json() as { error: FaultJson };
        this.#fail(plan, error);
        return;
      }
      for await (const frame of readFrames(answer.body)) {
        if (one.abort.signal.aborted) break;
        one.run = frame.run;
        this.#apply(plan, frame);
        ended = frame.type === "done";
      }
      if (!ended && !one.abort.signal.aborted) this.#fail(plan, lost);
    } catch {
      // The connection broke: what fetch says of it helps nobody.
      if (one.abort.signal.aborted) return;
      this.#fail(plan, offline);
    } finally {
      this.#settle(plan.gives);
    }
  }

  #post(body: JsonObject, signal?: AbortSignal): Promise<Response> {
    return fetch(this.#page.url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/event-stream" },
      body: JSON.stringify({ ...body, session: this.#page.session }),
      ...(signal ? { signal } : {}),
    });
  }

  #apply(plan: ActionPlan, frame: Frame): void {
    switch (frame.type) {
      case "queued":
        return this.#show(plan.gives, { phase: "queued", position: frame.position });
      case "started":
        return this.#show(plan.gives, { phase: "running" });
      case "progress":
        return this.#show(plan.gives, {
          phase: "running",
          progress: frame.total === undefined ? frame.done : frame.done / frame.total,
          message: frame.note,
        });
      case "output":
        return this.#output(frame);
      case "log":
        return this.#say(frame.level, frame.text, frame.title, frame.seconds);
      case "failed":
        return this.#fail(plan, frame);
      case "done":
        return;
      default:
        frame satisfies never;
    }
  }

  #output(frame: Frame & { type: "output" }): void {
    const changed: string[] = [];
    batch(() => {
      for (const [id, props] of Object.entries(frame.props ?? {})) {
        const field = this.field(id);
        field.props.value = { ...field.props.peek(), ...props };
      }
      for (const [id, given] of Object.entries(frame.values)) {
        const field = this.field(id);
        const before = field.value.peek();
        const after = frame.mode === "set"
          ? given as Json
          : frame.mode === "append"
          ? `${before ?? ""}${given}`
          : patch(before, given as Patch);
        if (same(before, after)) continue;
        field.value.value = after;
        changed.push(id);
      }
    });
    for (const id of changed) this.raise(id, "change");
  }

  #show(ids: readonly string[], status: FieldStatus): void {
    batch(() => {
      for (const id of ids) this.field(id).status.value = status;
    });
  }

  #settle(ids: readonly string[]): void {
    batch(() => {
      for (const id of ids) {
        const { status } = this.field(id);
        if (status.peek().phase !== "failed") status.value = idle;
      }
    });
  }

  // A refusal belongs to its field; one that names none belongs to what the action would have filled.
  #fail(plan: ActionPlan, fault: FaultJson): void {
    const status: FieldStatus = { phase: "failed", message: fault.message };
    this.#settleAll(plan.gives);
    const here = fault.field !== undefined && fault.field in this.#page.fields ? [fault.field] : plan.gives;
    if (here.length > 0) this.#show(here, status);
    else this.#say("error", fault.message);
  }

  #settleAll(ids: readonly string[]): void {
    this.#show(ids, idle);
  }

  #say(level: string, text: string, title?: string, seconds?: number): void {
    import("./toast.ts").then(({ toast }) => toast({ level, text, title, seconds }));
  }
}

const offline: FaultJson = {
  code: "offline",
  message: "The server cannot be reached. Check the connection and try again",
};
const lost: FaultJson = { code: "offline", message: "The connection was lost before the end. Try again" };

function same(a: Json, b: Json): boolean {
  if (a === b) return true;
  return typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b);
}
