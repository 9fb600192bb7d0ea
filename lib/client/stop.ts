import { STOP_UNKNOWN, STOPPING } from "@/lib/value/words.ts";
import { NOT_KEPT } from "@/lib/wire/not_kept.ts";
import { stopped } from "./announce.ts";
import { pause } from "./pause.ts";
import type { Going } from "./run.ts";
import type { Session } from "./session.ts";
import { toast } from "./toast.ts";

/** How often the server is told again when it does not answer: for a bit more than a minute. */
const MOST_TRIES = 16;
/** A run whose event has had no answer yet may be on its way to the server still. */
const MOST_UNKNOWN = 2;

const ways = {
  wait: (tries: number): Promise<void> => pause(tries, {}),
  say: (text: string, level = "error"): void => toast({ level, text }),
};

/** A run that is to be stopped. */
export type Stopped = Pick<Going, "id" | "key" | "plan" | "seq"> & Partial<Pick<Going, "raised">>;

/**
 * Tells the server to stop a run, again until it answers. Until then the fields that the run fills say so; a server that
 * never answers is told of, because the run may still be going on there.
 */
export async function stop(session: Session, going: Stopped, { wait, say } = ways): Promise<void> {
  session.stopping.add(going);
  stopped(going);
  const { id, seq } = going;
  const fields = (message?: string) => {
    const isBusy = [...session.going].some(({ plan, over }) =>
      !over && plan.gives.some((id) => going.plan.gives.includes(id))
    );
    if (!isBusy) session.waits({ ...going, status: { phase: message ? "running" : "idle" } }, message);
  };
  for (let tries = 0, unknown = 0; tries < MOST_TRIES; tries++) {
    const answer = await session.post({ cancel: id }).catch(() => undefined);
    const said: { error?: { message: string }; kept?: false } | undefined = await answer?.json().catch(() =>
      undefined
    );
    const { status = 0 } = answer ?? {};
    const isAnswered = said && status < 500 && status !== 429;
    if (isAnswered && !(status === 404 && seq === 0 && unknown++ < MOST_UNKNOWN)) {
      session.stopping.delete(going);
      if (tries > 0) fields();
      if (said.kept === false) say(NOT_KEPT, "warning");
      if (said.error && status !== 404 && status !== 410) say(said.error.message);
      return;
    }
    if (!isAnswered) fields(STOPPING);
    await wait(tries);
  }
  session.stopping.delete(going);
  fields();
  say(STOP_UNKNOWN);
}
