/** The path of a URL, without a slash at its end. */
export function pathOf(url: string): string {
  // Without making a URL of it, which costs more than all else that a small event needs here.
  const start = url.indexOf("/", url.indexOf("//") + 2);
  if (start === -1) return "/";
  const end = url.slice(start).search(/[?#]/);
  const path = end === -1 ? url.slice(start) : url.slice(start, start + end);
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}
