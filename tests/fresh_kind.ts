const root = new URL("../", import.meta.url);

/**
 * Which Fresh the project stands on: the stand-in in `links`, or upstream, for which a plain stand-in counts. Some figures
 * hold for one of them only.
 */
export async function freshKind(): Promise<"stand-in" | "upstream"> {
  const { links = [] } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root))) as {
    links?: string[];
  };
  if (!links.includes("./links/fresh")) return "upstream";
  const text = await Deno.readTextFile(new URL("links/fresh/src/plain.ts", root));
  return text.includes("PLAIN: boolean = true") ? "upstream" : "stand-in";
}
