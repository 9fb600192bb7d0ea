/**
 * Most values that JSON of a visitor may have: numbers, texts, lists, objects. Parsing, checking and serializing
 * takes time by their number and cannot be interrupted: 500,000 values, in 1 MB, block the loop for 0.2 s.
 */
export const MOST_VALUES = 50_000;

const QUOTE = 34;
const COMMA = 44;
const LIST = 91;
const BACKSLASH = 92;
const OBJECT = 123;

/**
 * Whether JSON has more values than `most`, without reading it: 1 MB takes 2 ms. For invalid JSON the result may be
 * either.
 */
export function hasMoreValues(text: string, most: number = MOST_VALUES): boolean {
  // A value and its comma are two letters, and an empty list is one of them.
  if (text.length <= most) return false;
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    const letter = text.charCodeAt(at);
    if (letter === QUOTE) {
      for (at++; at < text.length; at++) {
        const inner = text.charCodeAt(at);
        if (inner === QUOTE) break;
        if (inner === BACKSLASH) at++;
      }
    } else if (letter === COMMA || letter === LIST || letter === OBJECT) {
      if (++values > most) return true;
    }
  }
  return false;
}
