import type { VNode } from "preact";
import type { ViewProps } from "@/lib/value/page.ts";
import { Frame, nameOf } from "@/components/ui/frame.tsx";
import { SafeHtml } from "@/components/ui/safe_html.tsx";
import { Sandbox } from "@/components/ui/sandbox.tsx";

/** What the view of an html reads of its props. */
export interface HtmlViewProps {
  readonly size: "sm" | "md" | "lg";
}

/** Markup and whether it is active. What is not was made safe on the server. */
export interface Markup {
  readonly html: string;
  readonly active: boolean;
}

/** Markup: safe in the page, active in a sandbox. */
export function HtmlView(view: ViewProps<HtmlViewProps, Markup>): VNode | null {
  const { id, props, value } = view;
  // As prose, it needs no caption: its label is only read out unless the author asks for it.
  const framed = { ...view, props: { ...props, showLabel: props.showLabel ?? false } };
  return (
    <Frame view={framed} group>
      {value.active
        ? <Sandbox id={id} html={value.html} title={nameOf(view)} size={props.size} />
        : <SafeHtml id={id} html={value.html} copy={view.copy} />}
    </Frame>
  );
}
