/**
 * Puts everything that the production server imports into Deno's cache, so that a server with `--cached-only` finds it.
 * The build itself loads less: the modules that only the server of the build imports would be missing.
 *
 * @throws {Error} when a module is not available; Deno's own message was printed.
 */
export async function cacheBuild(server: URL): Promise<void> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", "--quiet", server.href],
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error("Cannot cache the modules of the build. What went wrong is above");
}
