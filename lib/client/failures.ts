import type { FaultJson } from "@/lib/value/fault.ts";
import { errors, fieldsToChange, LEVELS, LOG_IN_AGAIN, LOGGED_OUT } from "@/lib/value/words.ts";
import { mannerOf, nameOf } from "./announce.ts";
import type { Going } from "./run.ts";
import { isDrawn, say } from "./say.ts";
import type { Session } from "./session.ts";
import { showStoppers } from "./stoppers.ts";
import { toast } from "./toast.ts";

/** What opens a closed part of the page: its summary or its tab. */
interface Cover {
  readonly mark: HTMLElement;
  readonly isOpen: boolean;
  readonly open: () => void;
}

const FOCUSABLE = "input:not([type=hidden]),select,textarea,button,a[href],[tabindex]";

/** By run: what had the focus when it began. */
const focused = new WeakMap<Going, Element | null>();

/** The runs of which an action has failed. */
const broken = new WeakSet<Going>();

/** Notes where the person is when a run begins: a refusal leads them to its field only if they are still there. */
export function begin(session: Session, going: Going): void {
  if (isDrawn()) focused.set(going, document.activeElement);
  showStoppers(session);
}

/** Shows a failure: it belongs to its field; one that names none belongs to what the action would have filled. */
export function fail(session: Session, going: Going, fault: FaultJson): void {
  const { key, plan } = going;
  const { field, message, fields = field ? { [field]: message } : {} } = fault;
  clear(session, key);
  broken.add(going);
  for (const id of plan.gives) session.field(id).status.value = { phase: "idle", stale: true, by: key };
  let here: readonly string[] = Object.keys(fields).filter((id) => id in session.page.fields);
  if (here.length === 0) here = plan.gives;
  for (const id of here) {
    session.field(id).status.value = { phase: "failed", message: fields[id] ?? message, by: key };
  }
  reach(session, going, here, fault);
}

/**
 * Sees to it that a failure reaches the person. It stands at the fields `ids`; where none of these can be reached, it is a
 * message in the corner. It is said once. Several refused fields are said as a number, and the first one gets the focus,
 * which reads its message.
 */
function reach(session: Session, going: Going, ids: readonly string[], fault: FaultJson): void {
  if (!isDrawn()) return;
  // What the server answers in place of a run: nobody is logged in any more.
  if (fault.code === "unauthorized" && !("type" in fault)) {
    const link = { href: `${session.page.url}/login`, text: LOG_IN_AGAIN };
    clear(session, going.key);
    return toast({ level: "error", text: LOGGED_OUT, link, seconds: 0 });
  }
  const isRefusal = fault.field !== undefined || fault.fields !== undefined;
  // After the views are drawn.
  setTimeout(() => {
    const shown = [...document.querySelectorAll<HTMLElement>(".at-error")]
      .filter((error) => ids.includes(fieldOf(error))).filter(isReachable);
    const [first] = shown;
    if (!first) return toast({ level: "error", text: textOf(session, ids, fault) });
    if (!isRefusal) say(`${LEVELS.error}: ${fault.message}`);
    else if (shown.length > 1) say(fieldsToChange(shown.length));
    else say(`${nameOf(session, fieldOf(first))}: ${first.textContent}`);
    const { activeElement, body } = document;
    const isElsewhere = activeElement !== body && activeElement !== focused.get(going);
    if (isElsewhere || mannerOf(going) !== "all") return;
    const next = shown.find((error) => error.checkVisibility());
    if (!next) { for (const cover of coversOf(first)) cover.open(); }
    // A tab that was closed shows what is in it once it is drawn.
    if (isRefusal && (!next || shown.length > 1)) setTimeout(() => focusField(fieldOf(next ?? first)));
  });
}

/** Takes away what earlier runs of an action said when they failed. A failure that a chain goes on from stays. */
export function succeeded(session: Session, going: Going): void {
  if (!broken.has(going)) clear(session, going.key);
}

function clear(session: Session, by: string): void {
  for (const id in session.page.fields) {
    const { status } = session.field(id);
    if (status.peek().by === by) status.value = { phase: "idle" };
  }
}

/** Marks each tab and summary of the page with the number of errors behind it, whenever an error comes or goes. */
export function markErrors(session: Session): void {
  if (!isDrawn()) return;
  for (const id in session.page.fields) {
    let before = false;
    session.field(id).status.subscribe(({ phase }) => {
      const now = phase === "failed";
      if (now !== before) setTimeout(mark);
      before = now;
    });
  }
}

function mark(): void {
  const counts = new Map<HTMLElement, number>();
  for (const error of document.querySelectorAll<HTMLElement>(".at-error")) {
    if (!isReachable(error)) continue;
    for (const { mark } of coversOf(error)) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  }
  for (const old of document.querySelectorAll<HTMLElement>("[data-errors]")) delete old.dataset.errors;
  for (const [cover, count] of counts) cover.dataset.errors = errors(count);
}

/** Whether a person can come to see it: it is not hidden, or only in a part that they can open. */
function isReachable(error: HTMLElement): boolean {
  if (error.checkVisibility()) return true;
  const closed = coversOf(error).filter(({ isOpen }) => !isOpen);
  return !error.closest("[hidden]:not([role=tabpanel])") && closed.length > 0 &&
    closed.every(({ mark }) => !mark.hidden);
}

/** The parts of the page around an element that can be opened, the outermost first. */
function coversOf(element: HTMLElement): Cover[] {
  const covers: Cover[] = [];
  for (let at = element.parentElement; at; at = at.parentElement) {
    if (at instanceof HTMLDetailsElement) {
      const details = at;
      const summary = details.querySelector("summary");
      if (summary) covers.unshift({ mark: summary, isOpen: details.open, open: () => details.open = true });
    } else if (at.matches(".at-tabs > section")) {
      // Tabs that are alive have a button, plain ones a radio button with its label.
      const tab = document.getElementById(at.getAttribute("aria-labelledby") ?? "") ??
        at.previousElementSibling as HTMLElement | null;
      const isOpen = getComputedStyle(at).display !== "none";
      if (tab) {
        covers.unshift({
          mark: tab,
          isOpen,
          open: () => isOpen || tab.click(),
        });
      }
    }
  }
  return covers;
}

function fieldOf({ id }: HTMLElement): string {
  return id.replace(/-error$/, "");
}

function focusField(id: string): void {
  const control = document.getElementById(id);
  const field = document.querySelector(`[data-field="${CSS.escape(id)}"]`);
  const target = control?.matches(FOCUSABLE) ? control : field?.querySelector<HTMLElement>(FOCUSABLE);
  target?.focus();
}

// Where its fields cannot be seen, only what is said of them helps.
function textOf(session: Session, ids: readonly string[], { message, fields }: FaultJson): string {
  const texts = Object.entries(fields ?? {}).filter(([id]) => ids.includes(id));
  if (texts.length < 2) return texts[0]?.[1] ?? message;
  return texts.map(([id, text]) => `${nameOf(session, id)}: ${text}`).join(" · ");
}
