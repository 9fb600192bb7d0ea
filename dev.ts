import { Builder } from "fresh/dev";
import { readSettings } from "@/lib/gate/settings.ts";
import { stylePlugin } from "@/lib/style/plugin.ts";

const builder = new Builder({ target: "es2022" });
stylePlugin(builder, new URL("./", import.meta.url));

if (Deno.args.includes("build")) {
  await builder.build();
} else {
  Deno.env.set("ATOLL_DEV", "1");
  const { port, host } = readSettings((name) => Deno.env.get(name));
  await builder.listen(() => import("./main.ts"), { port, hostname: host });
}
