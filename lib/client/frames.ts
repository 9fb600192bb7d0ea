import type { Frame } from "@/lib/wire/frame.ts";
import { take } from "./answers.ts";
import type { Going } from "./run.ts";
import type { Session } from "./session.ts";
import { notKept, toast } from "./toast.ts";

/** Takes a frame of a run: shows in the page what it says. */
export function apply(session: Session, going: Going, frame: Frame): void {
  const { plan } = going;
  const show = (status: Going["status"]) => session.settle(plan.gives, going.status = status);
  switch (frame.type) {
    case "queued": {
      const { position, etaMs } = frame;
      const message = etaMs === undefined ? undefined : `about ${Math.ceil(etaMs / 1000)} s`;
      return show({ phase: "queued", position, message });
    }
    case "started":
      return show({ phase: "running" });
    case "progress": {
      const { done, total, note } = frame;
      return show({ phase: "running", progress: total === undefined ? done : done / total, message: note });
    }
    case "output":
      return take(session, going, frame);
    case "log":
      return toast(frame);
    case "failed":
      return session.fail(plan, frame);
    case "done":
      return frame.kept === false ? notKept() : undefined;
    default:
      frame satisfies never;
  }
}
