import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { CopyText } from "@/lib/value/page.ts";

/** Options of a {@linkcode SafeHtml}. */
export interface SafeHtmlProps {
  readonly id: string;
  /** Markup from `safeHtml()` on the server. */
  readonly html: string;
  /** For the copy buttons of blocks of code; absent where the view is not alive. */
  readonly copy: CopyText | undefined;
}

/**
 * The only place where markup that is not ours reaches the page. `html` must come from the server, where `safeHtml()`
 * (`lib/content/safe_html.ts`) made it, never from a browser. Where the view is alive each block of code has a copy button.
 */
export function SafeHtml({ id, html, copy }: SafeHtmlProps): VNode {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (copy && html.includes("<pre")) {
      // Without that script there are no buttons.
      import("./code_copy.ts").then(
        (code) => code.addCopyButtons(ref.current, copy),
        Object,
      );
    }
  }, [html]);
  // deno-lint-ignore react-no-danger -- the one place for it
  return (
    <div
      ref={ref}
      id={id}
      class="at-md"
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}
