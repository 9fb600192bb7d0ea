import type { PageGraph } from "./page.ts";

/** The name of the button that starts, without script, what a click on this field would start. */
export function submitsOf(page: Pick<PageGraph, "actions">, id: string): string | undefined {
  const when = `${id}:click`;
  for (const key in page.actions) {
    if (page.actions[key]?.when.includes(when)) return `$run.${key}`;
  }
}
