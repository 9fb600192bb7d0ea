/**
 * The measured app "echo" twice in one process, with the guard and without, for `guarding.ts`:
 * `deno run -A bench/guard_app.ts <port> <port without> <port of the clock>`. The last answers with the processor's time
 * of this process so far, in microseconds: what the system tells from outside comes in hundredths of a second.
 *
 * The guard is put round an app by replacing its `handler()`, so the one of its class is the app without it.
 */
import { cpuUsage } from "node:process";
import { App } from "fresh";

const [guarded, plain, clock] = Deno.args.map(Number) as [number, number, number];
Deno.env.set("ATOLL_BENCH_APP", "echo");
const { default: built } = await import(new URL("_fresh/server.js", import.meta.url).href) as {
  default: { fetch: Deno.ServeHandler };
};
const { app } = await import("@/main.ts");
const serve = (port: number, handler: Deno.ServeHandler) =>
  Deno.serve({ port, hostname: "127.0.0.1", onListen() {} }, handler);

serve(clock, () => {
  const { user, system } = cpuUsage();
  return new Response(String(user + system));
});
serve(plain, App.prototype.handler.call(app) as Deno.ServeHandler);
serve(guarded, built.fetch);
