import { NOT_KEPT } from "@/lib/wire/not_kept.ts";

/** A message beside the outputs. */
export interface Toast {
  readonly level: string;
  readonly text: string;
  readonly title?: string | undefined;
  /** How long to show it; default 8 s, longer for errors. `0` keeps it until it is closed. */
  readonly seconds?: number | undefined;
}

/** Says that a run's end is told and not kept. */
export function notKept(): void {
  toast({ level: "warning", text: NOT_KEPT });
}

/** Shows a message in the page's corner and tells it to screen readers; it waits while the pointer rests on it. */
export function toast({ level, text, title, seconds }: Toast): void {
  const region = document.getElementById("atoll-toasts") ?? makeRegion();
  const item = document.createElement("div");
  item.className = "at-toast";
  item.dataset.level = level;
  if (level === "error") item.setAttribute("role", "alert");
  const words = document.createElement("div");
  if (title) {
    const strong = document.createElement("strong");
    strong.textContent = title;
    words.append(strong, document.createElement("br"));
  }
  words.append(text);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "at-icon-btn";
  close.textContent = "×";
  close.setAttribute("aria-label", "Close message");
  close.onclick = () => item.remove();
  item.append(words, close);
  region.append(item);
  const stay = (seconds ?? (level === "error" ? 20 : 8)) * 1000;
  if (stay === 0) return;
  const leave = () => setTimeout(() => item.remove(), stay);
  let timer = leave();
  item.onpointerenter = () => clearTimeout(timer);
  item.onpointerleave = () => timer = leave();
}

function makeRegion(): HTMLElement {
  const region = document.createElement("div");
  region.id = "atoll-toasts";
  region.className = "at-toasts";
  region.setAttribute("role", "status");
  region.setAttribute("aria-live", "polite");
  document.body.append(region);
  return region;
}
