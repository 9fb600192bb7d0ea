import { HttpError, type PageProps } from "fresh";
import type { VNode } from "preact";
import { tellAuthor } from "@/lib/gate/author_error.ts";
import { report } from "@/lib/gate/reply.ts";

/**
 * What a page that could not be made shows: never more than the public text of the error, but to its author while
 * it is written.
 */
export default function ErrorPage({ error, config }: PageProps): VNode {
  const status = error instanceof HttpError ? error.status : 500;
  const dev = config.mode === "development";
  if (status >= 500) report(error, { dev });
  if (status >= 500 && dev) return <AuthorPage error={error} />;
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
      <a class="mt-6 at-btn" href="/">See all demos</a>
    </div>
  );
}

/** What an author sees: their own error, and where it is. The page loads again once a file has changed. */
function AuthorPage({ error }: { readonly error: unknown }): VNode {
  const { text, place } = tellAuthor(error);
  return (
    <div class="max-w-3xl py-8 mx-auto">
      <h1>This page cannot be shown</h1>
      {place && <p class="mt-4 font-mono text-sm break-words">{place}</p>}
      <pre class="p-4 mt-2 break-words whitespace-pre-wrap font-mono text-sm border rounded border-line bg-surface text-bad">{text}</pre>
      <p class="mt-4 text-soft">Save a change, and this page loads again.</p>
    </div>
  );
}
