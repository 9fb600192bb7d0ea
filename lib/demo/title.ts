/**
 * The name of a demo for people: its title, or the last part of its path in words. `/demos/zz_reverse` is "Zz reverse".
 */
export function titleOf({ title }: { readonly title?: string | undefined }, path: string): string {
  if (title !== undefined) return title;
  const last = path.split("/").findLast((part) => part !== "") ?? "";
  const words = last.replace(/[_-]+|(?<=[a-z])(?=[A-Z])/g, " ").trim().toLowerCase();
  return words === "" ? "Demo" : words.charAt(0).toUpperCase() + words.slice(1);
}
