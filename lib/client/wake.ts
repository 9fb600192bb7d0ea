/** What the page's inline script kept from the time before its fields were alive. */
interface Early {
  /** Buttons that were pressed. */
  pressed?: Set<HTMLElement>;
}

/** Called once a field is alive: gives it the press that came before. What was typed before, Fresh's reviver keeps. */
export function wake(id: string): void {
  const element = document.getElementById(id);
  if (!element) return;
  const early = (globalThis as { atollEarly?: Early }).atollEarly;
  if (early?.pressed?.delete(element)) element.click();
}
