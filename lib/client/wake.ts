/** What the page's inline script kept from the time before its fields were alive. */
interface Early {
  /** Buttons that were pressed. */
  pressed?: Set<HTMLElement>;
}

/** Called once a field is alive: gives it what the person typed and pressed before. */
export function wake(id: string): void {
  const element = document.getElementById(id);
  if (!element) return;
  adopt(element);
  const early = (globalThis as { atollEarly?: Early }).atollEarly;
  if (early?.pressed?.delete(element)) element.click();
}

// The browser keeps what was typed before hydration and over a reload; the signals do not know of it yet.
function adopt(element: HTMLElement): void {
  const { type, value, defaultValue, checked, defaultChecked } = element as HTMLInputElement;
  const { options } = element as { options?: HTMLOptionsCollection };
  const chosen = options || type === "checkbox" || type === "radio";
  const changed = options
    ? [...options].some((option) => option.selected !== option.defaultSelected)
    : chosen
    ? checked !== defaultChecked
    : type !== "file" && defaultValue !== undefined && value !== defaultValue;
  if (changed) element.dispatchEvent(new Event(chosen ? "change" : "input", { bubbles: true }));
}
