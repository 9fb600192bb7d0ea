/**
 * The user's folder for downloads and measurements of the project's commands. It is outside the clone, so a new
 * clone has it too. `$XDG_CACHE_HOME/atoll`, by default `~/.cache/atoll`.
 *
 * @throws {Error} where neither `XDG_CACHE_HOME` nor `HOME` is set.
 */
export async function cacheFolder(): Promise<string> {
  const home = Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE");
  const caches = Deno.env.get("XDG_CACHE_HOME") || (home && `${home}/.cache`);
  if (!caches) throw new Error("Cannot find a cache folder: set XDG_CACHE_HOME or HOME");
  const path = `${caches}/atoll`;
  await Deno.mkdir(path, { recursive: true });
  return path;
}
