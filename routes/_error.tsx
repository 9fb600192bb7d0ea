import { HttpError, type PageProps } from "fresh";
import type { VNode } from "preact";
import { report } from "@/lib/gate/reply.ts";

/**
 * What a page that could not be made shows: never more than the public text of the error, but to its author while
 * it is written.
 */
export default function ErrorPage({ error, config }: PageProps): VNode {
  const status = error instanceof HttpError ? error.status : 500;
  const dev = config.mode === "development";
  const logged = status >= 500 ? report(error, { dev }) : "";
  const said = error instanceof HttpError && status < 500 ? error.message : "";
  return (
    <div class="max-w-md py-16 mx-auto text-center">
      <p class="text-sm font-medium text-bad">{status}</p>
      <h1 class="mt-2">{said || "Something went wrong here"}</h1>
      <p class="mt-2 text-soft">
        {status < 500
          ? "The page cannot be shown."
          : "This is our fault; details are in the log. Try again shortly."}
      </p>
      {dev && logged && <p class="mt-4 text-left text-bad whitespace-pre-wrap">{logged}</p>}
      <a class="mt-6 at-btn" href="/">See all demos</a>
    </div>
  );
}
