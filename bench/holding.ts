import type { Effort, Put } from "./part.ts";

const root = new URL("../", import.meta.url);

/** How long one request of 1 MB keeps all others waiting at most, over components, bodies and ways in. */
export async function holding(put: Put, _: Effort): Promise<void> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "bench/hold_app.ts"],
    cwd: root,
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("Cannot measure: bench/hold_app.ts failed");
  put("hold", Number(new TextDecoder().decode(stdout)));
}
