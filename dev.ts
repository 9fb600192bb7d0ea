import { Builder } from "fresh/dev";
import { cacheBuild } from "@/lib/cli/cache_build.ts";
import { refuseUnknownSettings } from "@/lib/cli/known_settings.ts";
import { showTypes } from "@/lib/cli/dev_types.ts";
import { addressOf } from "@/lib/cli/listen.ts";
import { refuseOldDeno } from "@/lib/cli/needs.ts";
import { readSettings } from "@/lib/gate/settings.ts";
import { captureConsole } from "@/lib/ops/console.ts";
import { log, logBreaks } from "@/lib/ops/log.ts";
import { Strays } from "@/lib/ops/strays.ts";
import { stylePlugin } from "@/lib/style/plugin.ts";

refuseOldDeno("dev");
const builder = new Builder({ target: "es2022" });
stylePlugin(builder, new URL("./", import.meta.url));

if (Deno.args.includes("build")) {
  await builder.build();
  await cacheBuild(new URL("_fresh/server.js", import.meta.url));
} else {
  Deno.env.set("ATOLL_DEV", "1");
  // Fresh would ask its makers' server for its newest version.
  Deno.env.set("FRESH_NO_UPDATE_CHECK", "true");
  // What a handler forgot to wait for is told, as it is in production; it does not end the server.
  new Strays().catch();
  // Each error is in the log once, whoever prints it first.
  captureConsole();
  logBreaks();
  const names = new Set<string>();
  const { port, host } = readSettings((name) => (names.add(name), Deno.env.get(name)));
  refuseUnknownSettings(Deno.env.toObject(), names);
  void showTypes(new URL("./", import.meta.url));
  await builder.listen(() => import("./main.ts"), {
    port,
    hostname: host,
    onListen: ({ hostname, port }) =>
      log("info", "ready", { message: `Atoll is ready at ${addressOf(hostname, port)}` }),
  });
}
