import type { Frame } from "@/lib/wire/frame.ts";
import { applied } from "@/lib/wire/patch.ts";
import { fieldOf } from "./field_of.ts";
import { keepFocus } from "./focus.ts";
import type { Going } from "./run.ts";
import type { Session } from "./session.ts";

type Box = HTMLInputElement | HTMLTextAreaElement;

/**
 * Takes what a run gives. A field, or a prop, is written where nobody is before the run: not the person, who changed it
 * after the values of the run were taken; not a later run of the same action.
 *
 * The change that an answer makes may start further runs. Their answers are as old as the event that began it all, and
 * do not go back to the field that the person changed with it: of two fields that convert each other, the one that is
 * typed in stays as typed.
 */
export function take(session: Session, going: Going, frame: Frame & { type: "output" }): void {
  const { given } = going;
  const changed: string[] = [];
  session.batch(() => {
    for (const [id, props] of Object.entries(frame.props ?? {})) {
      const field = session.field(id).props;
      for (const name in props) overtake(session, going, `${id}.${name}`);
      const won = Object.entries(props).filter(([name]) => wins(session, going, `${id}.${name}`));
      field.value = { ...field.peek(), ...Object.fromEntries(won) };
    }
    for (const [id, value] of Object.entries(frame.values)) {
      const { value: shown, status } = session.field(id);
      const after = applied(Object.hasOwn(given, id) ? given[id] ?? null : shown.peek(), value, frame.mode);
      given[id] = after;
      overtake(session, going, id);
      // What is new is no failure any more.
      if (status.peek().by) status.value = { phase: "running" };
      const write = () => {
        if (!wins(session, going, id) || session.same(shown.peek(), after)) return false;
        shown.value = after;
        return true;
      };
      const later = () => void (write() && session.raise(id, "change", undefined, going));
      if (isHeld(session, id)) (session.hand ??= { id }).later = later;
      else if (write()) changed.push(id);
    }
  });
  for (const id of changed) session.raise(id, "change", undefined, going);
}

// Runs stand in the order in which they were started.
function overtake(session: Session, going: Going, name: string): void {
  for (const other of session.going) {
    if (other === going) return;
    if (other.key === going.key) other.late.add(name);
  }
}

function wins(session: Session, going: Going, name: string): boolean {
  const { raised: { at, from }, late } = going;
  return !late.has(name) && !session.isNewer(name, going) && (at === undefined || from !== name);
}

// The press of a range may have been what this script was loaded for.
function isHeld({ hand }: Session, id: string): boolean {
  if (hand) return hand.id === id;
  return !!globalThis.document?.querySelector?.(`[data-field="${CSS.escape(id)}"] [type=range]:active`);
}

/**
 * Watches what the person does in the fields of a page: what is typed counts as a change before it is a value, such as
 * half a number. While a composition is open in a field, or its range is dragged, answers wait.
 */
export function attend(session: Session): void {
  session.caret = caretOf;
  // In tests there may be no document, or a part of one.
  if (!globalThis.document?.addEventListener) return;
  const idOf = ({ target }: Event) => fieldOf(target as Element | null);
  const on = (types: string, listener: (event: Event) => void) => {
    for (const type of types.split(" ")) document.addEventListener(type, listener, true);
  };
  const release = () => {
    const { later } = session.hand ?? {};
    session.hand = undefined;
    later?.();
  };
  const hold = (event: Event) => {
    release();
    const id = idOf(event);
    if (id !== undefined) session.hand = { id };
  };
  on("input", (event) => {
    const id = idOf(event);
    if (id !== undefined && event.isTrusted) session.touch(id);
  });
  // Touching the page does not end a composition: keyboards of phones keep one open for each word.
  let composed: Session["hand"];
  on("compositionstart", (event) => {
    hold(event);
    composed = session.hand;
  });
  on("pointerdown", (event) => (event.target as Partial<Box>).type === "range" && hold(event));
  // The views hear of the last of it first: browsers send `input` before or after these.
  on("compositionend", () => setTimeout(release));
  on("pointerup pointercancel", () => setTimeout(() => session.hand !== composed && release()));
  keepFocus(session);
}

/** Where the caret is in a field that is about to be drawn. The result, called afterwards, puts it back. */
export function caretOf(id: string): () => void {
  const box = document.activeElement as Box | null;
  const start = box?.selectionStart ?? null;
  if (!box || start === null || fieldOf(box) !== id) {
    return () => {};
  }
  const { value, selectionEnd, selectionDirection, scrollTop } = box;
  return () => {
    if (box.value === value || document.activeElement !== box) return;
    const end = movedTo(selectionEnd ?? start, value, box.value);
    box.setSelectionRange(movedTo(start, value, box.value), end, selectionDirection ?? undefined);
    box.scrollTop = scrollTop;
  };
}

/** Where a place of a text is once the text has become another one: what stands before it, or after it, stays there. */
export function movedTo(at: number, from: string, to: string): number {
  if (from.slice(0, at) === to.slice(0, at)) return Math.min(at, to.length);
  if (to.endsWith(from.slice(at))) return to.length - (from.length - at);
  return Math.min(at, to.length);
}
