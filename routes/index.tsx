import { type HandlerByMethod, page, type PageProps } from "fresh";
import type { VNode } from "preact";
import type { Account } from "atoll";
import { listDemos } from "@/lib/gate/gallery.ts";

/** Gives the page its title. */
export const handler: HandlerByMethod<undefined, { title?: string }> = {
  GET: ({ state }) => {
    state.title = "Demos · Atoll";
    return page(undefined);
  },
};

/**
 * The gallery: one card for each demo. What is no demo is named to authors, while they develop, and to people with the role
 * `operator`, where this page has a guard.
 */
export default async function Gallery(
  { config, state }: PageProps<unknown, { account?: Account }>,
): Promise<VNode> {
  const knows = config.mode === "development" || state?.account?.user.roles.includes("operator");
  const listed = await listDemos(knows);
  const demos = listed.filter(({ error }) => error === undefined);
  const broken = listed.filter(({ error }) => error !== undefined);
  return (
    <>
      <h1>Demos</h1>
      <p class="mt-1 text-soft">
        {demos.length === 0
          ? "Put a page into routes/demos/ and it stands here."
          : `${demos.length} ${demos.length === 1 ? "demo" : "demos"}`}
      </p>
      <ul class="grid grid-cols-1 gap-4 mt-6 sm:grid-cols-2 lg:grid-cols-3">
        {demos.map(({ path, title, description }) => (
          <li key={path} class="at-card">
            <h2 class="text-base">
              <a class="no-underline" href={path}>{title}</a>
            </h2>
            <p class="flex-1 mt-1 text-soft">{description}</p>
            <p class="mt-3 font-mono text-xs text-soft">{path}</p>
          </li>
        ))}
      </ul>
      {broken.length > 0 && (
        <section class="mt-8" aria-labelledby="broken">
          <h2 id="broken" class="text-base">Not shown to visitors</h2>
          <ul class="mt-2">
            {broken.map(({ title, error }) => (
              <li key={title} class="mt-2 font-mono text-xs whitespace-pre-wrap break-words text-bad">
                {error}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
