/**
 * Names in the log each file of a project that is not a demo. It runs in a build, with the rights of the later server.
 */
import { listDemos } from "@/lib/gate/gallery.ts";

await listDemos();
// Some module may still hold something that would keep this alive.
Deno.exit(0);
