import type { VNode } from "preact";

/** A turning ring for work of unknown length. `label` is what a reader hears. */
export function Spinner({ label }: { readonly label: string }): VNode {
  return <span class="at-spin" role="img" aria-label={label} />;
}
