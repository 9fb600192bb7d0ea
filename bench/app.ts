// deno-lint-ignore-file no-console -- a command talks on the console
/**
 * `deno task bench:app <app> <port>`: builds the measured apps and serves one, at `/` of 127.0.0.1, as production.
 * With `--built` it serves the build that is there, so that a cold start is a start and nothing else.
 */
import { demos } from "./demos.ts";

const out = new URL("_fresh/server.js", import.meta.url);
const [app = "", port = ""] = Deno.args.filter((arg) => !arg.startsWith("--"));

if (!Object.hasOwn(demos, app) || !/^\d{1,5}$/.test(port)) {
  console.error(`Usage: deno task bench:app <${Object.keys(demos).join("|")}> <port> [--built]`);
  Deno.exit(1);
}
// In a process of its own: what a build leaves in memory would be counted as the server's.
if (!Deno.args.includes("--built")) {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", new URL("build.ts", import.meta.url).pathname],
    stderr: "inherit",
  }).output();
  if (!success) Deno.exit(1);
}
// The route reads it when it is loaded.
Deno.env.set("ATOLL_BENCH_APP", app);
const { default: built } = await import(out.href) as { default: { fetch: Deno.ServeHandler } };
// As a start does: what a crash cut off ends, or waits for the page.
const { server } = await import("@/main.ts");
await server.engine.recover();
Deno.serve({
  port: Number(port),
  hostname: "127.0.0.1",
  onListen: ({ port }) => console.log(`${app} is ready at http://127.0.0.1:${port}/`),
}, built.fetch);
