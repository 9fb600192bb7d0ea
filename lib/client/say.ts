/** How long words stay in the region: screen readers take them when they come in, and read past what is old. */
const STAY_MS = 10_000;

/** What was said in this turn of the event loop: several runs may say the same at once, when all are stopped for example. */
const said = new Set<string>();

/**
 * Says words to screen readers once they have read what they are at. All words of a page go into one polite region, which
 * is in the page from the start: many screen readers miss what comes in together with its region. Words are added, not
 * replaced, so words that come together are read one after the other.
 */
export function say(words: string): void {
  const region = isDrawn() && document.getElementById("atoll-say");
  if (!region || said.has(words)) return;
  if (said.size === 0) setTimeout(() => said.clear());
  said.add(words);
  const line = document.createElement("p");
  line.textContent = words;
  region.append(line);
  setTimeout(() => line.remove(), STAY_MS);
}

/** Whether there is a page to look at. In tests there may be no document, or a part of one. */
export function isDrawn(): boolean {
  return globalThis.document?.querySelector !== undefined;
}
