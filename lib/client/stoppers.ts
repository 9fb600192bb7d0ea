import type { Session } from "./session.ts";

/** Shows at each field that only stops actions whether one of these is running: else there is nothing to stop. */
export function showStoppers(session: Session): void {
  const { page, going } = session;
  for (const [id, { status }] of Object.entries(page.fields)) {
    if (!status?.off) continue;
    const stops = Object.values(page.actions).flatMap(({ when, cancels }) =>
      when.some((name) => name.startsWith(`${id}:`)) ? cancels : []
    );
    const canStop = [...going].some(({ key, over }) => !over && stops.includes(key));
    session.field(id).status.value = canStop ? { phase: "idle" } : status;
  }
}
