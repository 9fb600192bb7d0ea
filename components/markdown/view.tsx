import type { VNode } from "preact";
import type { ViewProps } from "@/lib/value/page.ts";
import { CopyButton } from "@/components/ui/copy_button.tsx";
import { Frame, nameOf } from "@/components/ui/frame.tsx";
import { SafeHtml } from "@/components/ui/safe_html.tsx";

/** What the view of a markdown reads of its props. */
export interface MarkdownProps {
  readonly buttons: readonly "copy"[];
}

/** Prose. The markup was made safe on the server. */
export function MarkdownView(
  view: ViewProps<MarkdownProps, { readonly text: string; readonly html: string }>,
): VNode | null {
  const { id, props, value, raise } = view;
  // Prose needs no caption: its label is only read out unless the author asks for it.
  const framed = { ...view, props: { ...props, showLabel: props.showLabel ?? false } };
  return (
    <Frame
      view={framed}
      group
      tools={raise && props.buttons.includes("copy") && (
        <CopyButton
          name={nameOf(view)}
          text={value.text}
          copy={view.copy}
          done={() => raise("copy", { value: value.text })}
        />
      )}
    >
      <SafeHtml id={id} html={value.html} copy={view.copy} />
    </Frame>
  );
}
