import type { VNode } from "preact";

/**
 * The only place where markup that is not ours reaches the page. `html` must come from the sanitizer on the server
 * (`components/markdown/render.ts`), never from a browser.
 */
export function SafeHtml({ id, html }: { readonly id: string; readonly html: string }): VNode {
  // deno-lint-ignore react-no-danger -- the one place for it
  return <div id={id} class="at-md" dangerouslySetInnerHTML={{ __html: html }} />;
}
