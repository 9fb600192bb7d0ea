/** What the page kept from the time before its fields were alive. */
interface Early {
  /** Buttons that were pressed. */
  pressed?: Set<HTMLElement>;
}

/**
 * Script of a few bytes that pages with live fields carry inline: a press of a button before its field is alive is
 * kept and given again when it is, instead of sending the form away. If no field comes alive within 15 s (the script
 * could not be loaded), the press sends the form, as it would have without script.
 */
export const EARLY = `(()=>{let e=window.atollEarly={pressed:new Set},h=v=>{let f=v.target,b=v.submitter;` +
  `if(!e||!b||!("atoll"in f.dataset))return;v.preventDefault();if(e.pressed.has(b))return;e.pressed.add(b);` +
  `setTimeout(()=>{if(e.pressed.delete(b)){removeEventListener("submit",h,!0);f.requestSubmit(b)}},15e3)};` +
  `addEventListener("submit",h,!0)})()`;

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
      if (element.checked !== element.defaultChecked) element.dispatchEvent(new Event("change", { bubbles: true }));
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
