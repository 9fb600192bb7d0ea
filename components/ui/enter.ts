/**
 * Whether a key press is Enter and asks to send. Enter that ends a composition of an input method does not: browsers
 * say `isComposing`, Safari says `keyCode` 229 after the composition has ended.
 */
export function isEnter(event: Pick<KeyboardEvent, "key" | "isComposing" | "keyCode">): boolean {
  return event.key === "Enter" && !event.isComposing && event.keyCode !== 229;
}
