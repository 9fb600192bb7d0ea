/**
 * Text as the first child of a `textarea` or `pre`. A browser that parses one leaves out a line break at its start, so
 * that the server draws one more.
 */
export function drawnText(text: string): string {
  return typeof document === "undefined" && text[0] === "\n" ? "\n" + text : text;
}
