// deno-lint-ignore-file no-console -- a command talks to whoever started it
/** `deno task build`: builds the project as it is now, for the next `deno task start`. Servers that run are left alone. */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./builds.ts";
import { failWith } from "./fail.ts";
import { flagsOf } from "./flags.ts";
import { refuseOldDeno } from "./needs.ts";
import { rightsOf } from "./rights.ts";

/** Names the files that are no demos. A build is one all the same: a demo may need what only its server has. */
async function nameBroken(built: URL): Promise<void> {
  const { flags, env } = await rightsOf({
    root,
    build: { root: built, others: [] },
    env: Deno.env.toObject(),
  });
  const path = (name: string) => fileURLToPath(new URL(name, built));
  await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", `--config=${path("deno.json")}`, ...flags, path("lib/cli/name_broken.ts")],
    cwd: root,
    clearEnv: true,
    env,
    stdin: "null",
    stderr: "inherit",
  }).output();
}

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
  await nameBroken(built);
  console.log(`Built: ${relative(fileURLToPath(root), fileURLToPath(built))}`);
} catch (error) {
  failWith(error, false);
}
