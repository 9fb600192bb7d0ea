import { howOften } from "./(_asked)/calls.ts";

/** What a test cannot see from outside: how often handlers were called, and whether a prototype was changed. */
export const handler = {
  GET: () =>
    Response.json({ calls: howOften(), polluted: Object.keys(Object.prototype).concat(inherited()) }),
};

function inherited(): string[] {
  const found: string[] = [];
  for (const key in {}) found.push(key);
  return found;
}
