import { CLOSE_MESSAGE, LEVELS, more } from "@/lib/value/words.ts";
import { NOT_KEPT } from "@/lib/wire/not_kept.ts";
import { isDrawn, say } from "./say.ts";

/** A message beside the outputs. */
export interface Toast {
  readonly level: string;
  readonly text: string;
  readonly title?: string | undefined;
  /** How long to show it; default 20 s, errors until they are closed. `0` keeps it until it is closed. */
  readonly seconds?: number | undefined;
  /** A way on, after the text. */
  readonly link?: { readonly href: string; readonly text: string } | undefined;
}

/** What a message stays at least: people who read slowly, or with a magnifier, need that long. */
const LEAST_SECONDS = 20;
/** How many are seen at a time. The others wait for a place. */
const MOST = 3;

const waiting: Toast[] = [];
/** What is told by each that is seen. */
const told = new WeakMap<Element, Toast>();
/** What had the focus before it went into a message. */
let before: Element | null = null;

/** Says that a run's end is told and not kept. */
export function notKept(): void {
  toast({ level: "warning", text: NOT_KEPT });
}

/**
 * Shows a message in the page's corner and says it. It waits while the pointer or the focus is in it; Escape closes the
 * newest one, and the focus goes back to where it was.
 */
export function toast(one: Toast): void {
  const { level, title, text, link } = one;
  const words = [title, text, link?.text].filter(Boolean).join(". ").replace(/\.\. /g, ". ");
  say(level === "info" ? words : `${LEVELS[level]}: ${words}`);
  const region = document.getElementById("atoll-toasts");
  if (!region) return;
  if (region.children.length < MOST || level === "error" && makePlace(region)) region.append(draw(one));
  else waiting.push(one);
  count(region);
}

/** An error is seen at once: the oldest of the others, which nobody is at, waits once more. */
function makePlace(region: HTMLElement): boolean {
  const other = [...region.children].find((item) =>
    told.get(item)?.level !== "error" && !item.matches(":hover, :focus-within")
  );
  const one = other && told.get(other);
  if (!one) return false;
  other.remove();
  waiting.unshift(one);
  return true;
}

function count(region: HTMLElement): void {
  if (waiting.length > 0) region.dataset.more = more(waiting.length);
  else delete region.dataset.more;
}

function draw(one: Toast): HTMLElement {
  const { level, text, title, seconds, link } = one;
  const item = document.createElement("div");
  told.set(item, one);
  item.className = "at-toast";
  item.dataset.level = level;
  const words = document.createElement("div");
  if (title) {
    const strong = document.createElement("strong");
    strong.textContent = title;
    words.append(strong, document.createElement("br"));
  }
  words.append(text);
  if (link) {
    const a = document.createElement("a");
    a.href = link.href;
    a.textContent = link.text;
    words.append(" ", a);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "at-icon-btn";
  close.textContent = "×";
  close.setAttribute("aria-label", CLOSE_MESSAGE);
  close.onclick = () => remove(item);
  item.append(words, close);
  const stay = (seconds ?? (level === "error" ? 0 : LEAST_SECONDS)) && Math.max(seconds ?? 0, LEAST_SECONDS);
  if (stay === 0) return item;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const rest = () => clearTimeout(timer);
  const leave = () => {
    rest();
    if (!item.matches(":hover, :focus-within")) timer = setTimeout(() => remove(item), stay * 1000);
  };
  for (const type of ["pointerenter", "focusin"]) item.addEventListener(type, rest);
  // The focus is nowhere yet when it leaves.
  for (const type of ["pointerleave", "focusout"]) item.addEventListener(type, () => setTimeout(leave));
  leave();
  return item;
}

function remove(item: HTMLElement): void {
  const region = item.parentElement;
  if (!region) return;
  const hadFocus = item.contains(document.activeElement);
  item.remove();
  const next = waiting.shift();
  if (next) region.append(draw(next));
  count(region);
  if (!hadFocus) return;
  const back = before?.isConnected
    ? before
    : document.querySelector("form.atoll-demo :is(input,button):enabled");
  (back as HTMLElement | null)?.focus();
}

/** Lets Escape close the newest message, and notes where the focus was before it went into one. */
export function attendToasts(): void {
  if (!isDrawn()) return;
  const region = document.getElementById("atoll-toasts");
  region?.addEventListener("focusin", ({ relatedTarget }) => {
    if (relatedTarget instanceof Element && !region.contains(relatedTarget)) before = relatedTarget;
  });
  document.addEventListener("keydown", (event) => {
    const newest = region?.lastElementChild;
    if (
      event.key !== "Escape" || event.isComposing || event.defaultPrevented ||
      !(newest instanceof HTMLElement)
    ) return;
    const at = document.activeElement?.closest<HTMLElement>(".at-toast");
    remove(at ?? newest);
  });
}
