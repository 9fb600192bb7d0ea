import { Builder } from "fresh/dev";
import { stylePlugin } from "@/lib/style/plugin.ts";

const builder = new Builder({ target: "es2022" });
stylePlugin(builder, new URL("./", import.meta.url));

if (Deno.args.includes("build")) {
  await builder.build();
} else {
  const port = Number(Deno.env.get("PORT") ?? 8000);
  await builder.listen(() => import("./main.ts"), {
    port,
    hostname: Deno.env.get("HOSTNAME") ?? "127.0.0.1",
  });
}
