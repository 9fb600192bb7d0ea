// deno-lint-ignore-file no-console -- a command talks to whoever started it
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/**
 * The path of Chromium: `CHROMIUM` if it is set, otherwise the installed program, otherwise the one that apt
 * installs now. `undefined` when there is none and apt cannot install it.
 */
export async function needChromium(): Promise<string | undefined> {
  const named = Deno.env.get("CHROMIUM");
  if (named !== undefined) return await isFile(named) ? named : undefined;
  for (const path of PLACES) if (await isFile(path)) return path;
  console.log("Chromium is missing: installing it with apt");
  for (const args of [["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]]) {
    const { code } = await new Deno.Command("apt-get", { args, env: { DEBIAN_FRONTEND: "noninteractive" } })
      .output()
      .catch(() => ({ code: 1 }));
    if (code !== 0) return undefined;
  }
  return PLACES[0];
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}
