import { demoFiles } from "@/lib/gate/demo_files.ts";
import { typeMistakes } from "@/lib/gate/type_mistakes.ts";
import { log } from "@/lib/ops/log.ts";
import { logError } from "@/lib/ops/log_error.ts";
import { checkTypes } from "./type_check.ts";

/**
 * Checks the types of all demos in the background and shows what is wrong over the pages that are open. A change of a file
 * starts the dev server again, and with it this; a new file is checked with the next one.
 */
export async function showTypes(root: URL): Promise<void> {
  const over = new AbortController();
  addEventListener("unload", () => over.abort(), { once: true });
  try {
    const mistakes = await checkTypes(root, await demoPaths(root), over.signal);
    typeMistakes.tell(mistakes);
    for (const { text, at } of mistakes) log("warn", "type_error", { message: at ? `${at} ${text}` : text });
  } catch (error) {
    if (!over.signal.aborted) logError(error, "types_unchecked");
  }
}

/** Paths of all demos from the folder of their project. */
export async function demoPaths(root: URL): Promise<string[]> {
  const files = await Array.fromAsync(demoFiles(new URL("routes/demos/", root)));
  return files.filter(({ apart }) => apart === undefined).map(({ name }) => `routes/demos/${name}`);
}
