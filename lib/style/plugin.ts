import { collect } from "./collect.ts";

/** The part of Fresh's `Builder` that {@linkcode stylePlugin} uses. */
export interface StaticFileBuilder {
  onTransformStaticFile(
    options: { pluginName: string; filter: RegExp },
    transform: (args: { text: string; path: string }) => Promise<{ content: string }>,
  ): void;
}

/**
 * Makes `static/atoll.css` the style sheet of the whole project, at the build and at every change in development.
 *
 * @param root Directory of the project, a file URL that ends with `/`.
 */
export function stylePlugin(builder: StaticFileBuilder, root: URL): void {
  builder.onTransformStaticFile({ pluginName: "atoll-style", filter: /atoll\.css$/ }, async () => {
    const { css, unknown } = await collect(root);
    for (const [name, files] of unknown) {
      // deno-lint-ignore no-console -- the author has to hear of it, and this runs in the build only
      console.warn(`No rule for class "${name}" in ${files.join(", ")}`);
    }
    return { content: css };
  });
}
