import { type HandlerByMethod, page } from "fresh";
import type { VNode } from "preact";

/** Fresh would answer 200 without a handler that says otherwise. */
export const handler: HandlerByMethod<undefined, { title?: string }> = {
  GET: ({ state }) => {
    state.title = "Not found · Atoll";
    return page(undefined, { status: 404 });
  },
};

/** What an address without a page shows. Not the address: whoever made the link would choose words on this page. */
export default function NotFound(): VNode {
  return (
    <div class="max-w-md py-16 mx-auto text-center">
      <p class="text-sm font-medium text-accent">404</p>
      <h1 class="mt-2">There is nothing at this address</h1>
      <a class="mt-6 at-btn" href="/">See all demos</a>
    </div>
  );
}
