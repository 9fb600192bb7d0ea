import type { ViewProps } from "@/lib/value/page.ts";
import { useChange } from "./use_change.ts";

/** What the view of something that folds reads of its props. */
export interface Folding {
  readonly open: boolean;
}

/** Raises `expand` and `collapse`, whoever opened or closed it, and gives back what the person's toggling calls. */
export function useFold(
  { props, move, raise }: Pick<ViewProps<Folding, null>, "props" | "move" | "raise">,
): ((open: boolean) => void) | undefined {
  useChange(props.open, (open) => raise?.(open ? "expand" : "collapse"));
  return move && ((open) => move({ open }));
}
