import type { Json } from "@/lib/value/json.ts";
import type { Going, Raised } from "./run.ts";
import type { Session } from "./session.ts";
import { stop } from "./stop.ts";

/** What a page leaves behind for itself when it is hidden or closed. */
interface Notes {
  /** Query of the page's address. */
  readonly search: string;
  /** What the server sent, in short: of another page, or of a changed one, nothing is taken over. */
  readonly shape: string;
  readonly token: string;
  /** Values and props that are not those the server sent, by field. */
  readonly values: Record<string, Json>;
  readonly props: Record<string, Record<string, unknown>>;
  /** What the person changed, and when. */
  readonly touched: readonly (readonly [name: string, at: number])[];
  /** The runs that are going on. */
  readonly runs: readonly KeptRun[];
  /** Id, action and last frame of the runs that are to be stopped, where the server has not answered that. */
  readonly stopping: readonly (readonly [id: string, key: string, seq: number])[];
}

/** A run of {@linkcode Notes}. Times are counted back from when the page was left, so they are 0 at most. */
interface KeptRun extends Pick<Going, "id" | "key" | "seq" | "raised" | "at" | "given"> {
  readonly again: Raised | undefined;
  readonly late: readonly string[];
}

/** Most that the values of a page may take, in UTF-16 code units. A browser gives some five million to a site. */
const MOST = 300_000;

/**
 * Sees to it that a reload, or going away and back, finds the page as it was: on leaving, what is needed is written to
 * the tab's `sessionStorage`. While the page is seen nothing lies there, so a copy of the tab starts anew.
 * Passwords, and values of fields that are not drawn, are not kept.
 */
export function keep(session: Session): void {
  const write = () => {
    try {
      sessionStorage.setItem(session.notes, JSON.stringify(take(session)));
    } catch {
      // No room, or not allowed: a reload starts anew.
    }
  };
  addEventListener("pagehide", write);
  addEventListener("visibilitychange", () => document.hidden ? write() : forget(session));
  addEventListener("pageshow", () => forget(session));
}

/** Brings a page back to where it was when it was left: this is a reload of it or a way back to it. */
export function restore(
  session: Session,
  kept?: string | null,
  entry?: Pick<PerformanceNavigationTiming, "loadEventEnd">,
): void {
  const { page, same } = session;
  const notes = JSON.parse(kept || "null") as Notes | null;
  if (notes?.search !== location.search || notes.shape !== shapeOf(session)) return putBack(session, entry);
  session.token = notes.token;
  for (const input of document.getElementsByName("$session")) (input as HTMLInputElement).value = notes.token;
  for (const [id, value] of Object.entries(notes.values)) {
    const field = session.field(id).value;
    const now = field.peek();
    // What the person typed since is newer; what the browser has put back is not.
    if (same(now, value)) session.touched.delete(id);
    else if (same(now, page.fields[id]?.value ?? null)) field.value = value;
  }
  for (const [name, at] of notes.touched) {
    if (!session.touched.has(name)) session.touched.set(name, at);
  }
  for (const [id, changed] of Object.entries(notes.props)) {
    const { props } = session.field(id);
    props.value = { ...props.peek(), ...changed };
  }
  for (const run of notes.runs) {
    const plan = page.actions[run.key];
    if (!plan) continue;
    // What it had given is what was shown, where nothing else is kept.
    const given = Object.fromEntries(plan.gives.map((id) => {
      return [id, run.given[id] ?? notes.values[id] ?? page.fields[id]?.value ?? null];
    }));
    session.follow({ ...run, plan, given, late: new Set(run.late), status: { phase: "running" } });
  }
  for (const [id, key, seq] of notes.stopping) {
    const plan = page.actions[key];
    if (plan) stop(session, { id, key, plan, seq });
  }
}

// Without notes there is what the browser puts back by itself, right before `pageshow`: the views have to hear of it.
function putBack(session: Session, entry?: Pick<PerformanceNavigationTiming, "loadEventEnd">): void {
  const tell = () => {
    for (
      const control of document.querySelectorAll<HTMLInputElement>("[data-field] :is(input,textarea,select)")
    ) {
      const { field = "" } = control.closest<HTMLElement>("[data-field]")?.dataset ?? {};
      if (session.touched.has(field) || !session.isChanged(control)) continue;
      for (const type of ["input", "change"]) control.dispatchEvent(new Event(type, { bubbles: true }));
    }
  };
  if (entry?.loadEventEnd) tell();
  else addEventListener("pageshow", tell, { once: true });
}

function take(session: Session): Notes {
  const { page, token, same } = session;
  const values: Notes["values"] = {};
  const props: Notes["props"] = {};
  const left = new Set<string>();
  let room = MOST;
  for (const [id, sent] of Object.entries(page.fields)) {
    const field = session.field(id);
    const value = field.value.peek();
    if (!same(value, sent.value)) {
      room -= JSON.stringify(value).length;
      if (room >= 0 && mayKeep(id)) values[id] = value;
      else left.add(id);
    }
    const now = field.props.peek();
    const changed = Object.keys(now).filter((name) => !same(now[name], sent.props[name]));
    if (changed.length > 0) props[id] = Object.fromEntries(changed.map((name) => [name, now[name]]));
  }
  const back = (at: number) => Math.min(at - session.now, 0);
  const backOf = (raised: Raised): Raised =>
    raised.at === undefined ? raised : { ...raised, at: back(raised.at) };
  const runs = [...session.going].filter(({ over }) => !over).map((going): KeptRun => {
    const { id, key, plan, seq, raised, again, at, late } = going;
    const given = Object.entries(going.given).filter(([id, value]) =>
      !same(value, session.field(id).value.peek())
    );
    for (const [id, value] of given) {
      room -= JSON.stringify(value).length;
      if (room < 0 || !mayKeep(id)) left.add(id);
    }
    // Later frames say what is new since earlier ones. Where that is not kept, all are needed again.
    const isWhole = !plan.gives.some((id) => left.has(id));
    return {
      id,
      key,
      seq: isWhole ? seq : 0,
      raised: backOf(raised),
      again: again && backOf(again),
      at: back(at),
      late: [...late],
      given: isWhole ? Object.fromEntries(given) : {},
    };
  });
  const touched = [...session.touched].map(([name, at]) => [name, back(at)] as const);
  const stopping = [...session.stopping].map(({ id, key, seq }) => [id, key, seq] as const);
  return { search: location.search, shape: shapeOf(session), token, values, props, touched, runs, stopping };
}

function mayKeep(id: string): boolean {
  const [field, control] = [document.querySelector(`[data-field="${id}"]`), document.getElementById(id)];
  return !!(field ?? control) && !field?.querySelector("[type=password]") &&
    !control?.matches("[type=password]");
}

function forget(session: Session): void {
  try {
    sessionStorage.removeItem(session.notes);
  } catch {
    // Not allowed, so there is nothing.
  }
}

// Fit for telling two versions of a page apart. Words for people may change without taking away what was typed.
function shapeOf({ page }: Session): string {
  const text = JSON.stringify([page.fields, page.actions], (name, value) => {
    return typeof value === "string" && /^(?:label|info|placeholder)$/.test(name) ? undefined : value;
  });
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash, 31) + text.charCodeAt(i) | 0;
  return `${text.length}/${hash}`;
}
