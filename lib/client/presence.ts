import type { Session } from "./session.ts";

const BEAT_MS = 10_000;

/** Tells the server that the page is there, and when it goes, if an action listens to that. */
export function stay(session: Session): void {
  if (!Object.values(session.page.actions).some(({ when }) => when.includes(":unload"))) return;
  const tell = () => {
    session.post({ here: document.hidden ? "hidden" : "seen" }).catch(() => {
      // The next beat comes soon.
    });
  };
  tell();
  setInterval(tell, BEAT_MS);
  addEventListener("visibilitychange", tell);
  addEventListener("pageshow", ({ persisted }) => persisted && tell());
  addEventListener("pagehide", () => {
    const body = JSON.stringify({ left: true, session: session.token });
    navigator.sendBeacon(session.page.url, new Blob([body], { type: "application/json" }));
  });
}
