/** Builds the measured apps with the project's own `main.ts`: only their routes are others. */
import { Builder } from "fresh/dev";
import { stylePlugin } from "@/lib/style/plugin.ts";

const root = new URL("../", import.meta.url);
const builder = new Builder({
  root: root.href,
  routeDir: "bench/routes",
  outDir: "bench/_fresh",
  serverEntry: "main.ts",
  target: "es2022",
});
stylePlugin(builder, root);
await builder.build();
