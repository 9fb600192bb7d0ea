import type { PageProps } from "fresh";
import type { VNode } from "preact";
import { listDemos } from "@/lib/gate/gallery.ts";

/** The gallery: one card for each demo. */
export default async function Gallery({ config }: PageProps): Promise<VNode> {
  const demos = await listDemos(config.mode === "development");
  return (
    <>
      <h1>Demos</h1>
      <p class="mt-1 text-soft">
        {demos.length === 0
          ? "Put a page into routes/demos/ and it stands here."
          : `${demos.length} ${demos.length === 1 ? "demo" : "demos"}`}
      </p>
      <ul class="grid gap-4 mt-6 sm:grid-cols-2 lg:grid-cols-3">
        {demos.map(({ path, title, description, error }) => (
          <li key={path} class="at-card">
            <h2 class="text-base">
              <a class="no-underline" href={path}>{title}</a>
            </h2>
            <p class="flex-1 mt-1 text-soft">{description}</p>
            {error && <p class="mt-1 text-bad">{error}</p>}
            <p class="mt-3 font-mono text-xs text-soft">{path}</p>
          </li>
        ))}
      </ul>
    </>
  );
}
