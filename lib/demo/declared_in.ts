const project = new URL("../../", import.meta.url).href;
const library = new URL("lib/", project).href;

/** The file that called into this library, from the root of the project: `routes/demos/greeter.tsx`. For messages. */
export function declaredIn(): string | undefined {
  const own = new Error().stack?.split("\n").slice(1) ?? [];
  for (const line of own) {
    const url = /(file:\/\/[^\s()]+?)(?:\?[^:]*)?:\d+:\d+\)?$/.exec(line)?.[1];
    if (url === undefined || url.startsWith(library) && !/_test\.tsx?$/.test(url)) continue;
    return url.startsWith(project) ? decodeURI(url.slice(project.length)) : decodeURI(new URL(url).pathname);
  }
}
