import type { Clock, Engine } from "@/lib/engine/engine.ts";
import { visitTo } from "@/lib/gate/visit.ts";
import { log } from "@/lib/ops/log.ts";
import { logError } from "@/lib/ops/log_error.ts";

/** After so long runs go on at the pages that are there, whatever the others do. */
const VISITS_MS = 500;

/**
 * Resumes runs of an earlier process that may run again, before anybody requests their pages. A route is loaded at
 * its first request, so this sends one. All begin in one order, but a page that takes long to load holds up no
 * other. One log line reports pages where that is not possible.
 */
export async function goOn(
  pages: readonly string[],
  { engine, clock }: { readonly engine: Engine; readonly clock: Clock },
  handler: Deno.ServeHandler,
): Promise<void> {
  const waited = new Promise<void>((resolve) => void clock.after(VISITS_MS, resolve));
  const visits = Promise.all(pages.map((page) => visit(page, engine, handler)));
  await Promise.race([visits, waited]);
  await engine.resume();
  await visits;
  await engine.resume();
}

async function visit(page: string, engine: Engine, handler: Deno.ServeHandler): Promise<void> {
  const remoteAddr = { transport: "tcp", hostname: "127.0.0.1", port: 0 } as const;
  try {
    const answer = await handler(visitTo(page), { remoteAddr, completed: Promise.resolve() });
    await answer.body?.cancel();
    if (engine.hasFound(page)) return;
    // No route, or no longer a demo.
    if (answer.ok || answer.status === 404 || answer.status === 410) {
      const count = await engine.gone(page);
      const message = `There is no demo at ${page} any more: ${count} of its runs end as interrupted`;
      return log("warn", "runs_gone", { message, path: page, count });
    }
    const message =
      `Runs of ${page} wait until somebody asks for it: it answers this server with ${answer.status}`;
    log("warn", "runs_wait", { message, path: page, status: answer.status });
  } catch (error) {
    logError(error, "recover_error");
  }
}
