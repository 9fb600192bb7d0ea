import type { FaultJson } from "@/lib/value/fault.ts";
import type { FieldStatus } from "@/lib/value/page.ts";
import { about } from "@/lib/value/words.ts";
import type { Frame } from "@/lib/wire/frame.ts";
import { announce, tellOnce } from "./announce.ts";
import { take } from "./answers.ts";
import { fail, succeeded } from "./failures.ts";
import type { Going, Shown } from "./run.ts";
import type { Session } from "./session.ts";
import { showStoppers } from "./stoppers.ts";
import { notKept, toast } from "./toast.ts";

/** Takes a frame of a run: shows in the page what it says. */
export function apply(session: Session, going: Going, frame: Frame): void {
  // It was stopped while this script was on its way.
  if (going.over) return;
  const { plan } = going;
  const show = (status: Going["status"]) => settle(session, plan.gives, going.status = status);
  announce(session, going, frame);
  switch (frame.type) {
    case "queued": {
      const { position, etaMs } = frame;
      const message = etaMs === undefined ? undefined : about(etaMs);
      return show({ phase: "queued", position, message });
    }
    case "started":
      return show({ phase: "running" });
    case "progress": {
      const { action, done, total, note } = frame;
      if (going.step !== action) show({ phase: "running" });
      going.step = action;
      const progress = total === undefined ? done : done / total;
      return settle(session, stepOf(going), going.status = { phase: "running", progress, message: note });
    }
    case "output":
      return take(session, going, frame);
    case "log":
      return toast(frame);
    case "failed":
      return fail(session, going, frame);
    case "done":
      if (frame.outcome === "done") succeeded(session, going);
      return frame.kept === false ? notKept() : undefined;
    default:
      frame satisfies never;
  }
}

/** Shows whether the connection of a run is being made again. */
export function waits(session: Session, going: Shown, message?: string): void {
  const { plan, status } = going;
  if (message) {
    settle(session, plan.gives, { ...status, message });
    tellOnce(message);
  } else {
    settle(session, plan.gives, { phase: status.phase });
    settle(session, stepOf(going), status);
  }
}

/** Shows that a run is over: at the fields that no other run is shown at. */
export function end(session: Session, going: Going, fault: FaultJson | undefined): void {
  if (fault) fail(session, going, fault);
  const busy = [...session.going].flatMap((other) => session.shows(other));
  settle(session, session.shows(going).filter((id) => !busy.includes(id)));
  showStoppers(session);
}

/** What the running action of a chain fills; what the others fill does not show its words. */
function stepOf({ plan, step = "" }: Shown): readonly string[] {
  return plan.steps?.[step] ?? plan.gives;
}

/** Shows in fields what is going on. A failure stays where it is until its field is written, or its action succeeds. */
function settle(session: Session, ids: readonly string[], to: FieldStatus = { phase: "idle" }): void {
  for (const id of ids) {
    const { status } = session.field(id);
    if (!status.peek().by) status.value = to;
  }
}
