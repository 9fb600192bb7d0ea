/** How long words stay in the region: screen readers take them when they come in, and read past what is old. */
const STAY_MS = 10_000;

/**
 * Says words to screen readers once they have read what they are at. All words of a page go into one polite region, which
 * is in the page from the start: many screen readers miss what comes in together with its region. Words are added, not
 * replaced, so words that come together are read one after the other.
 */
export function say(words: string): void {
  const line = document.createElement("p");
  line.textContent = words;
  document.getElementById("atoll-say")?.append(line);
  setTimeout(() => line.remove(), STAY_MS);
}
