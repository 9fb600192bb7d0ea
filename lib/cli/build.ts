// deno-lint-ignore-file no-console -- a command talks to whoever started it
/** `deno task build`: builds the project as it is now, for the next `deno task start`. Servers that run are left alone. */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./builds.ts";
import { failWith } from "./fail.ts";
import { flagsOf } from "./flags.ts";
import { refuseOldDeno } from "./needs.ts";

refuseOldDeno("build");
const root = new URL("../../", import.meta.url);
try {
  const flags = flagsOf(Deno.args, {
    name: "build",
    does: "Builds the project as it is now, for the next deno task start. Servers that run are left alone.",
    flags: {},
  });
  if (typeof flags === "string") {
    console.log(flags);
    Deno.exit(0);
  }
  const built = await build(root, { onWait: () => console.error("Another process builds: waiting for it") });
  console.log(`Built: ${relative(fileURLToPath(root), fileURLToPath(built))}`);
} catch (error) {
  failWith(error, false);
}
