import type { PageProps } from "fresh";
import type { VNode } from "preact";
import { SafeHtml } from "@/components/ui/safe_html.tsx";
import { allPayloads } from "@/tests/canaries.ts";

/** What no page does: markup in the page that was not made safe. */
export default function Raw({ params }: PageProps): VNode {
  const [, text] = allPayloads[Number(params.payload)] as readonly [string, string];
  return <SafeHtml id="raw" html={text} copy={undefined} />;
}
