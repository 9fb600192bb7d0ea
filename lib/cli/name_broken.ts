/**
 * Names in the log each file of a project that is no demo: run in a build, with the rights that its server will have.
 */
import { listDemos } from "@/lib/gate/gallery.ts";

await listDemos();
// Some module may still hold something that would keep this alive.
Deno.exit(0);
