import { attend } from "./answers.ts";
import { markErrors } from "./failures.ts";
import { mendTexts, type TextWatch } from "./foreign_text.ts";
import { keep } from "./keep.ts";
import { bringTabs } from "./plain_tabs.ts";
import { stay } from "./presence.ts";
import type { Session } from "./session.ts";
import { attendToasts } from "./toast.ts";

/**
 * What a page needs once it is used, in one script: it comes with the first event, so that a page that loses its
 * connection after that lacks nothing.
 */
export { ignored, stopped } from "./announce.ts";
export { copy } from "./copy.ts";
export { begin } from "./failures.ts";
export { apply, end, waits } from "./frames.ts";
export { restore } from "./keep.ts";
export { pause } from "./pause.ts";
export { say } from "./say.ts";
export { stop } from "./stop.ts";

/** Starts what goes on for as long as the page is used. */
export function use(session: Session, texts: TextWatch | undefined): void {
  attend(session);
  keep(session);
  bringTabs();
  markErrors(session);
  attendToasts();
  stay(session);
  if (texts) mendTexts(texts);
}
