import { App, csp, staticFiles } from "fresh";
import { filePolicy } from "@/lib/gate/files_origin.ts";
import { forPages, guarded } from "@/lib/gate/guard.ts";
import { type AtollState, hostPages } from "@/lib/gate/host.ts";
import { otherBuilds } from "@/lib/gate/other_builds.ts";
import { readSettings } from "@/lib/gate/settings.ts";
import { assemble } from "@/lib/server/assemble.ts";

const settings = readSettings((name) => Deno.env.get(name));

/** The parts of this server, put together as its settings say: stores, accounts, engine, pools, health. */
export const server = await assemble(settings);

/** The app: the guard outside, then files, policy, the host of demo pages, and the routes. */
export const app = guarded(new App<AtollState>(), server.guard)
  .use(staticFiles())
  .use(
    otherBuilds(settings.builds.map((id) => new URL(`../${id}/_fresh/static/_fresh/js/`, import.meta.url))),
  )
  .use(forPages(csp({ useNonce: true, csp: filePolicy(settings.filesOrigin) })))
  .use(hostPages({ ...settings, ...server }))
  .fsRoutes();
