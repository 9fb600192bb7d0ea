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
  if (element instanceof HTMLInputElement) {
    const { type } = element;
    if (type === "file") return;
    if (type === "checkbox" || type === "radio") {
      if (element.checked !== element.defaultChecked) {
        element.dispatchEvent(new Event("change", { bubbles: true }));
      }
    } else if (element.value !== element.defaultValue) tell(element);
  } else if (element instanceof HTMLTextAreaElement) {
    if (element.value !== element.defaultValue) tell(element);
  } else if (element instanceof HTMLSelectElement) {
    const changed = [...element.options].some((option) => option.selected !== option.defaultSelected);
    if (changed) element.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function tell(element: HTMLElement): void {
  element.dispatchEvent(new Event("input", { bubbles: true }));
}
