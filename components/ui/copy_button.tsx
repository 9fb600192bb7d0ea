import type { VNode } from "preact";
import { IconButton } from "./icon_button.tsx";

/** Puts a text into the clipboard; turns green for a moment when it is there. */
export function CopyButton({ text, done }: { readonly text: string; readonly done?: () => void }): VNode {
  return (
    <IconButton
      label="Copy"
      d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3"
      onClick={async ({ currentTarget: { dataset } }) => {
        await navigator.clipboard.writeText(text);
        dataset.done = "";
        setTimeout(() => delete dataset.done, 1500);
        done?.();
      }}
    />
  );
}
