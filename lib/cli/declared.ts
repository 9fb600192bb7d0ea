// deno-lint-ignore-file no-console -- it says what it found to whoever started it
/**
 * Says which processes the demos of a project may ask for: the options of `remote()` while their modules load, one
 * profile per line. The starter of processes asks the project for this, never the server. Argument: its folder.
 */
import { hearRemotes } from "@/lib/demo/remote.ts";
import { writeProfile } from "@/lib/engine/pool/profile.ts";

const profiles = new Set<string>();
using _ = hearRemotes(({ module, options }) => {
  if (options.runs === "process") profiles.add(writeProfile({ module, options, name: "" }));
});
for await (const module of modulesIn(new URL("routes/", Deno.args[0]))) {
  try {
    await import(module.href);
  } catch (error) {
    console.error(error);
  }
}
for (const profile of profiles) console.log(profile);
// Some module may still hold something that would keep this alive.
Deno.exit(0);

// Folders in brackets with an underscore hold what routes import; there are no pages in them.
async function* modulesIn(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const url = new URL(encodeURIComponent(name) + (isDirectory ? "/" : ""), folder);
    if (isDirectory && !name.startsWith("(_")) yield* modulesIn(url);
    else if (/(?<!_test)\.tsx?$/.test(name)) yield url;
  }
}
