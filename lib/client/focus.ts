import { fieldOf } from "./field_of.ts";
import type { Session } from "./session.ts";

const CONTROLS = 'a[href],button,input:not([type="hidden"]),select,textarea,summary,[tabindex="0"]';
const UNSEEN = "[hidden],details:not([open])>:not(summary)";

/**
 * Keeps the focus when an answer changes the control that has it. A control that is switched off stays focused and
 * does nothing. When a control is hidden or removed, the focus goes to its field, else to the next control of the same
 * container, else to what names the container.
 */
export function keepFocus(session: Session): void {
  const { body } = document;
  let had: HTMLElement | undefined;
  let held: { readonly box: HTMLElement; readonly stop: () => void } | undefined;
  let ancestors: Element[] = [];

  const note = (element: Element | null) => {
    if (!(element instanceof HTMLElement) || element === body) return;
    had = element;
    ancestors = [];
    for (let at = element.parentElement; at; at = at.parentElement) ancestors.push(at);
  };
  const release = () => {
    if (!held) return;
    const { box, stop } = held;
    held = undefined;
    stop();
    box.removeAttribute("aria-disabled");
    if (isOff(session, box)) box.toggleAttribute("disabled", true);
  };
  const hold = (box: HTMLElement) => {
    box.toggleAttribute("disabled", false);
    box.setAttribute("aria-disabled", "true");
    held = {
      box,
      stop: session.field(fieldOf(box) ?? "").props.subscribe(() => {
        if (held && !isOff(session, box)) release();
      }),
    };
    box.focus();
  };

  note(document.activeElement);
  document.addEventListener("focusin", ({ target }) => {
    if (target !== held?.box) release();
    note(target as Element);
  });
  // The person may leave a control for none. A window that loses the focus keeps its active element.
  document.addEventListener("focusout", ({ target }) =>
    queueMicrotask(() => {
      if (target !== had || document.activeElement !== body || isGone(had as HTMLElement)) return;
      had = undefined;
      release();
    }));
  for (const type of ["click", "keydown", "mousedown", "pointerdown", "beforeinput"]) {
    document.addEventListener(type, (event) => {
      if (!held?.box.contains(event.target as Node)) return;
      const { key, ctrlKey, metaKey, altKey } = event as KeyboardEvent;
      if (key === "Tab" || ctrlKey || metaKey || altKey) return;
      event.preventDefault();
      event.stopPropagation();
    }, true);
  }
  new MutationObserver((records) => {
    const focused = document.activeElement;
    if (!had || (focused && focused !== body && focused !== had) || !isGone(had)) return;
    if (had.matches(":disabled") && isSeen(had) && isOff(session, had)) return hold(had);
    const lost = had;
    had = undefined;
    release();
    nextOf(lost, ancestors, records)?.focus();
  }).observe(body, { subtree: true, childList: true, attributeFilter: ["hidden", "disabled", "open"] });
}

function isOff(session: Session, box: Element): boolean {
  const id = fieldOf(box) ?? "";
  return id in session.page.fields && session.field(id).props.peek().interactive === false;
}

function isSeen(element: Element): boolean {
  return element.isConnected && !element.closest(UNSEEN);
}

function isGone(element: Element): boolean {
  return !isSeen(element) || element.matches(":disabled");
}

// Where the focus goes from a control that is hidden, removed or cannot have it.
function nextOf(
  lost: Element,
  ancestors: readonly Element[],
  records: readonly MutationRecord[],
): HTMLElement | undefined {
  const field = ancestors.find((at): at is HTMLElement => at instanceof HTMLElement && !!at.dataset.field);
  const own = field?.dataset.field && document.getElementById(field.dataset.field);
  if (own && own !== lost && own.matches(CONTROLS) && isFree(own)) return own;
  const follows = placeOf(lost, records);
  for (const at of ancestors) {
    if (!isSeen(at)) continue;
    const next = [...at.querySelectorAll<HTMLElement>(CONTROLS)].find((control) =>
      follows(control) && isFree(control)
    );
    if (next) return next;
    const name = nameOf(at);
    if (name) return name;
  }
}

function isFree(control: HTMLElement): boolean {
  return !isGone(control) && control.tabIndex >= 0 && control.checkVisibility();
}

// Tells what follows a control in the page, by the place that it was removed from if it is not there any more.
function placeOf(lost: Element, records: readonly MutationRecord[]): (control: Element) => boolean {
  let from: Node = lost;
  let within = 0;
  if (!lost.isConnected) {
    const record = records.findLast(({ target, removedNodes }) =>
      target.isConnected && [...removedNodes].some((node) => node.contains(lost))
    );
    if (!record) return () => false;
    const { previousSibling, target } = record;
    from = previousSibling?.isConnected ? previousSibling : target;
    within = from === target ? Node.DOCUMENT_POSITION_CONTAINED_BY : 0;
  }
  return (control) => {
    const place = from.compareDocumentPosition(control);
    return !!(place & Node.DOCUMENT_POSITION_FOLLOWING) &&
      (place & Node.DOCUMENT_POSITION_CONTAINED_BY) <= within;
  };
}

function nameOf(container: Element | null): HTMLElement | undefined {
  const panel = container?.matches("[role=tabpanel]") && container.getAttribute("aria-labelledby");
  const name = panel ? document.getElementById(panel) : container?.querySelector<HTMLElement>(
    container.matches("main, body") ? "h1" : ":scope > summary, :scope > legend",
  );
  if (!name || !isSeen(name)) return;
  if (name.tabIndex < 0 && !name.hasAttribute("tabindex")) name.tabIndex = -1;
  return name;
}
