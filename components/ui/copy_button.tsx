import type { VNode } from "preact";
import type { CopyText } from "@/lib/value/page.ts";
import { IconButton } from "./icon_button.tsx";

/** Options of a {@linkcode CopyButton}. */
export interface CopyButtonProps {
  /** Name of what is copied. */
  readonly name: string;
  /** The text for the clipboard. */
  readonly text: string;
  /** Puts it there, and says whether it is there; absent on the server. */
  readonly copy: CopyText | undefined;
  /** Called once the text is in the clipboard. */
  readonly done?: () => void;
}

/** Puts a text into the clipboard, and says for a moment beside itself whether it is there. */
export function CopyButton({ name, text, copy, done }: CopyButtonProps): VNode {
  return (
    <IconButton
      label={`Copy ${name}`}
      d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3"
      onClick={async ({ currentTarget }) => {
        if (await copy?.(text, currentTarget)) done?.();
      }}
    />
  );
}
