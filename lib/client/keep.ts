import type { Json } from "@/lib/value/json.ts";
import type { Raised } from "./run.ts";
import type { Session } from "./session.ts";

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
  /** Id, action and last frame of each run that is going on, and the event that starts its action once more after it. */
  readonly runs: [id: string, key: string, seq: number, again: Raised | null][];
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

/** Brings a page back to where it was when it was left, if this is a reload of it or a way back to it. */
export function restore(session: Session): void {
  const { page } = session;
  const notes = JSON.parse(sessionStorage.getItem(session.notes) ?? "") as Notes;
  forget(session);
  const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  if (!/reload|back/.test(entry?.type ?? "")) return;
  if (notes.search !== location.search || notes.shape !== shapeOf(session)) return;
  session.token = notes.token;
  for (const input of document.getElementsByName("$session")) (input as HTMLInputElement).value = notes.token;
  for (const [id, value] of Object.entries(notes.values)) {
    const field = session.field(id).value;
    // What the person typed since is newer.
    if (same(field.peek(), page.fields[id]?.value)) field.value = value;
  }
  for (const [id, changed] of Object.entries(notes.props)) {
    const { props } = session.field(id);
    props.value = { ...props.peek(), ...changed };
  }
  for (const [id, key, seq, again] of notes.runs) {
    const plan = page.actions[key];
    if (plan) session.follow({ id, key, plan, seq, again: again ?? undefined, status: { phase: "running" } });
  }
}

function take(session: Session): Notes {
  const { page, token } = session;
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
  const runs = [...session.going].filter(({ over }) => !over).map(
    ({ id, key, plan, seq, again }): Notes["runs"][number] => {
      // Later frames say what is new since earlier ones. Where that is not kept, all are needed again.
      return [id, key, plan.gives.some((id) => left.has(id)) ? 0 : seq, again ?? null];
    },
  );
  return { search: location.search, shape: shapeOf(session), token, values, props, runs };
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

// Fit for telling two versions of a page apart.
function shapeOf({ page }: Session): string {
  const text = JSON.stringify([page.fields, page.actions]);
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash, 31) + text.charCodeAt(i) | 0;
  return `${text.length}/${hash}`;
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
