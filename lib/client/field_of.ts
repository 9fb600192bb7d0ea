/** The key of the field that an element stands in. */
export function fieldOf(element: Element | null): string | undefined {
  return element?.closest<HTMLElement>("[data-field]")?.dataset.field;
}
