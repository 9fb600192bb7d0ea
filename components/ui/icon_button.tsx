import type { VNode } from "preact";
import { Icon } from "./icon.tsx";

/** What an {@linkcode IconButton} is given. */
export interface IconButtonProps {
  /** Its name, for the reader and the tooltip. */
  readonly label: string;
  /** SVG path of the icon. */
  readonly d: string;
  readonly onClick: (event: MouseEvent & { readonly currentTarget: HTMLButtonElement }) => void;
}

/** A small button that needs script; without script it is not shown. */
export function IconButton({ label, d, onClick }: IconButtonProps): VNode {
  return (
    <button type="button" class="at-icon-btn at-live" aria-label={label} title={label} onClick={onClick}>
      <Icon d={d} />
    </button>
  );
}
