import type { VNode } from "preact";

/** A line drawing of 16 by 16, in the colour of the text. `d` is an SVG path; the reader does not hear of it. */
export function Icon({ d }: { readonly d: string }): VNode {
  return (
    <svg
      class="at-icon"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={d} />
    </svg>
  );
}
