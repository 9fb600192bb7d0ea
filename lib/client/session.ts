import { Component, options } from "preact";
import { batch, type Signal, signal } from "@preact/signals";
import type { Json, JsonObject } from "@/lib/value/json.ts";
import type { FieldStatus, PageGraph } from "@/lib/value/page.ts";
import { firstWords } from "@/lib/value/first_words.ts";
import type { Frame } from "@/lib/wire/frame.ts";
import type { TextWatch } from "./foreign_text.ts";
import { follow, type Going, gone, type Raised, type Shown } from "./run.ts";
import { givePresses, isChanged } from "./wake.ts";

/** A field of the page in the browser. */
export interface LiveField {
  readonly value: Signal<Json>;
  readonly props: Signal<Readonly<Record<string, unknown>>>;
  readonly status: Signal<FieldStatus>;
}

const idle: FieldStatus = { phase: "idle" };
const running: FieldStatus = { phase: "running" };
const sessions = new WeakMap<PageGraph, Session>();

/** The session of a page. All doors of one page hold the same graph, so they share one session. */
export function sessionOf(page: PageGraph): Session {
  let session = sessions.get(page);
  if (!session) sessions.set(page, session = new Session(page));
  return session;
}

/** Holds the values of a page, finds the actions that an event starts, sends them and applies what comes back. */
export class Session {
  /** What the first script says, for those that come later. */
  readonly words = firstWords;
  /** What the server sent. */
  readonly page: PageGraph;
  /** Token of the session: the page's own, or after a reload the one that it had before. */
  token: string;
  /** Name of what is kept of the page in `sessionStorage`. */
  readonly notes: string;
  /** The runs that are going on. */
  readonly going = new Set<Going>();
  /** What the person changed, and when: fields, and props of containers as `field.prop`. */
  readonly touched = new Map<string, number>();
  /** Counts the times that are told apart. What was before a reload has times up to 0. */
  now = 0;
  /** The field that the person has in hand, and what is to be shown there afterwards. */
  hand: { readonly id: string; later?: () => void } | undefined;
  /** Keeps caret and selection of a field while it is drawn again. */
  caret: ((id: string) => () => void) | undefined;
  /** For the scripts that come later: an import of theirs would split what the page loads first. */
  readonly batch = batch;
  readonly same = same;
  readonly isChanged = isChanged;
  /** The runs that are to be stopped, until the server has answered. */
  readonly stopping = new Set<Pick<Going, "id" | "key" | "plan" | "seq">>();
  readonly #fields = new Map<string, LiveField>();
  /** The fields whose views are alive. Signals of others may be there already: scripts that come later look at all fields. */
  readonly #alive = new Set<string>();
  readonly #listeners = new Map<string, string[]>();
  readonly #coming = new Map<string, Promise<unknown>>();
  /** Ends when all fields are alive and what there was before a reload is back: until then events wait. */
  #waiting: Promise<void> | undefined;
  #loading: Promise<typeof import("./later.ts")> | undefined;
  #texts: TextWatch | undefined;

  /** Makes the session of a page; in a browser it goes on where it was before a reload. */
  constructor(page: PageGraph) {
    this.page = page;
    this.token = page.session;
    this.notes = `atoll:${page.url}`;
    for (const [key, plan] of Object.entries(page.actions)) {
      for (const when of plan.when) {
        const known = this.#listeners.get(when);
        if (known) known.push(key);
        else this.#listeners.set(when, [key]);
      }
    }
    if (typeof document === "undefined") return;
    const seen: MutationRecord[] = [];
    const observer = new MutationObserver((records) => void seen.push(...records));
    observer.observe(document.body, { childList: true, subtree: true });
    this.#texts = { observer, seen, preact: [Component, options] };
    addEventListener("focusin", () => this.#later().catch(nothing), { once: true });
    addEventListener("submit", (event) => {
      const form = event.target as HTMLFormElement;
      if (form.dataset.atoll !== undefined) event.preventDefault();
    });
    let restoring: Promise<unknown> | undefined;
    let kept: string | null | undefined;
    try {
      kept = sessionStorage.getItem(this.notes);
      sessionStorage.removeItem(this.notes);
    } catch {
      // A page that may not store anything has what the browser puts back.
    }
    const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    if (/reload|back/.test(entry?.type as string)) {
      restoring = this.#later().then(({ restore }) => restore(this, kept, entry)).catch(nothing);
    }
    this.#waiting = new Promise<void>((resolve) => this.#open(0, resolve)).then(() => restoring).then(() => {
      this.#waiting = undefined;
    });
    this.raise("", "load");
    if (this.#listeners.has(":unload")) this.#later().catch(nothing);
  }

  // Fields come alive in slices. Once none has in a whole turn, all are there: what was written before, or kept by the
  // browser, is in its field, the first outputs find theirs, and a press takes all values.
  #open(alive: number, opened: () => void): void {
    setTimeout(() => {
      if (this.#alive.size !== alive) return this.#open(this.#alive.size, opened);
      opened();
      this.#waiting?.then(() => givePresses(this.#alive));
    });
  }

  /** The signals of a field whose view comes alive. */
  enter(id: string): LiveField {
    this.#alive.add(id);
    return this.field(id);
  }

  /** The signals of a field. */
  field(id: string): LiveField {
    let field = this.#fields.get(id);
    if (!field) {
      const state = this.page.fields[id];
      field = {
        value: signal(state?.value ?? null),
        props: signal(state?.props ?? {}),
        status: signal(state?.status ?? idle),
      };
      this.#fields.set(id, field);
    }
    return field;
  }

  /** Writes a value as the person does. A draft is no value yet: it raises nothing, and an action that takes it is refused. */
  set(id: string, value: Json, draft?: boolean): void {
    this.#later().catch(nothing);
    const field = this.field(id);
    const changed = !same(field.value.peek(), value);
    if (changed) this.touch(id);
    batch(() => {
      field.value.value = value;
      if (field.status.peek().phase === "failed") field.status.value = idle;
    });
    if (draft) return;
    this.raise(id, "input");
    if (changed) this.raise(id, "change");
  }

  /** Notes that the person changed a field, or a prop of it as `field.prop`. */
  touch(name: string): void {
    this.touched.set(name, ++this.now);
  }

  /** Whether the person changed it after the values of a run were taken. */
  isNewer(name: string, { at }: Going): boolean {
    return (this.touched.get(name) ?? NaN) > at;
  }

  /** Says that a field's value is on its way. An action that takes the field waits for it. */
  awaits<T>(id: string, value: Promise<T>): Promise<T> {
    this.#coming.set(id, value);
    return value.finally(() => {
      if (this.#coming.get(id) === value) this.#coming.delete(id);
    });
  }

  /** Tells the page that something happened, a run's answer for example; starts the actions that listen. */
  raise(id: string, event: string, detail?: Json, by?: Going): void {
    if (this.#waiting) return void this.#waiting.then(() => this.raise(id, event, detail, by));
    const when = `${id}:${event}`;
    const from = by ? by.raised.from : /^(?:input|change)$/.test(event) ? id : undefined;
    const raised = { id, event: { when, detail }, at: by?.at, from };
    for (const key of this.#listeners.get(when) ?? []) this.#fire(key, raised);
  }

  /** Stops the runs of an action: the server is told, outputs that are under way are dropped. */
  cancel(key: string): void {
    for (const going of this.#of(key)) {
      going.again = undefined;
      if (going.over) continue;
      going.over = true;
      if (!going.end) {
        // Not sent yet: it waits for a file.
        this.#tell((later) => later.stopped(going));
        continue;
      }
      going.end();
      this.#later().then(({ stop }) => stop(this, going), () => this.post({ cancel: going.id })).catch(
        nothing,
      );
    }
  }

  /** Follows a run to its end, see {@linkcode follow}. */
  async follow(going: Going, start?: () => Promise<JsonObject>): Promise<void> {
    this.going.add(going);
    this.#show(going, going.status);
    this.#tell((later) => later.begin(this, going));
    const fault = await follow(this, going, await start?.());
    this.going.delete(going);
    await this.#later().then((later) => later.end(this, going, fault), () => {
      this.#show(going, { phase: fault ? "failed" : "idle", message: fault?.message });
    });
    if (going.again) this.#fire(going.key, going.again);
  }

  /** Sends a body to the page's server. */
  async post(body: JsonObject, signal?: AbortSignal): Promise<Response> {
    const { url, session } = this.page;
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/event-stream" },
      body: JSON.stringify({ ...body, session: this.token }),
      ...(signal ? { signal } : {}),
    });
    if (answer.status !== 410 || this.token === session) return answer;
    // The server does not know the session that was kept over a reload.
    this.token = session;
    return this.post(body, signal);
  }

  /** Shows whether the connection of a run is being made again. */
  waits(going: Shown, message?: string): void {
    this.#tell((later) => later.waits(this, going, message));
  }

  /** The fields that show a run: those that it fills, and what was pressed. */
  shows({ plan, raised: { id, event } }: Going): readonly string[] {
    const pressed = event?.when === `${id}:click` && this.page.fields[id];
    return pressed && !pressed.status?.off ? [...plan.gives, id] : plan.gives;
  }

  #tell(tell: (later: typeof import("./later.ts")) => void): void {
    this.#later().then(tell).catch(nothing);
  }

  #of(key: string): Going[] {
    return [...this.going].filter((going) => going.key === key);
  }

  #later(): Promise<typeof import("./later.ts")> {
    return this.#loading ??= import("./later.ts").then((later) => {
      later.use(this, this.#texts);
      return later;
    }, (cause) => {
      this.#loading = undefined;
      throw cause;
    });
  }

  #fire(key: string, raised: Raised): void {
    const plan = this.page.actions[key];
    if (!plan) return;
    this.#later().catch(nothing);
    for (const other of plan.cancels) this.cancel(other);
    const before = this.#of(key);
    if (before.length > 0 && plan.mode !== "multiple") {
      for (const going of before) {
        if (plan.mode === "alwaysLast" || this.#isNew(going, raised)) later(going, raised);
        else this.#tell((later) => later.ignored(raised));
      }
      return;
    }
    const going: Going = {
      id: newId(),
      key,
      plan,
      seq: 0,
      status: running,
      raised,
      at: Infinity,
      given: {},
      late: new Set(),
    };
    this.follow(going, () => this.#collect(going));
  }

  // Whether an event that comes while a run is going on says what that one does not know.
  #isNew(going: Going, raised: Raised): boolean {
    const { plan, raised: first } = going;
    return raised.at !== undefined || !same(first.event?.detail, raised.event?.detail) ||
      [raised.id, ...Object.values(plan.takes), ...plan.rest].some((id) =>
        this.#coming.has(id) || this.isNewer(id, going)
      );
  }

  async #collect(going: Going): Promise<JsonObject> {
    const { id, key, plan, raised } = going;
    const coming = [...Object.values(plan.takes), ...plan.rest].flatMap((id) => this.#coming.get(id) ?? []);
    if (coming.length > 0) {
      await Promise.allSettled(coming);
      // The view that asked for it writes the value in the same turn, after this.
      await new Promise((resolve) => setTimeout(resolve));
    }
    going.at = raised.at ?? ++this.now;
    const input: Record<string, Json> = {};
    const rest: Record<string, Json> = {};
    for (const [name, id] of Object.entries(plan.takes)) input[name] = this.field(id).value.peek();
    for (const id of plan.rest) rest[id] = this.field(id).value.peek();
    return { id, action: key, input, rest, event: raised.event };
  }

  /** Takes a frame of a run. */
  async apply(going: Going, frame: Frame): Promise<void> {
    return (await this.#later()).apply(this, going, frame);
  }

  #show(going: Going, status: FieldStatus): void {
    for (const id of this.shows(going)) this.field(id).status.value = status;
  }

  /** Says words to screen readers, by the live region of the page. */
  say(words: string): void {
    this.#tell(({ say }) => say(words));
  }

  /** Puts a text into the clipboard, see {@linkcode CopyText}. */
  copy(text: string, button: HTMLElement): Promise<boolean> {
    return this.#later().then(({ copy }) => copy(text, button), () => {
      button.dataset.done = gone.message;
      return false;
    });
  }
}

// Fit for getting at nobody else's: 132 random bits, less the few that are lost where "+" and "/" become one.
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(17));
  return btoa(String.fromCharCode(...bytes)).slice(0, 22).replace(/[+/]/g, "-");
}

// The last event counts, but the change that an answer made is no later than what the person did since that was sent.
function later(going: Going, raised: Raised): void {
  if (raised.at === undefined || going.again?.at !== undefined || !going.again) going.again = raised;
}

function nothing(): void {}

function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b);
}
