import type { VNode } from "preact";

/**
 * The only place where markup that is not ours reaches the page. `html` must come from the server, where `safeHtml()`
 * (`lib/content/safe_html.ts`) made it, never from a browser.
 */
export function SafeHtml({ id, html }: { readonly id: string; readonly html: string }): VNode {
  // deno-lint-ignore react-no-danger -- the one place for it
  return <div id={id} class="at-md" dangerouslySetInnerHTML={{ __html: html }} />;
}
