/**
 * What a page needs once it is used, in one script: it comes with the first event, so that a page that loses its
 * connection after that lacks nothing.
 */
export { patch } from "@/lib/wire/patch.ts";
export { mendTexts } from "./foreign_text.ts";
export { keep, restore } from "./keep.ts";
export { say } from "./say.ts";
export { notKept, toast } from "./toast.ts";
export { pause } from "./pause.ts";
export { stay } from "./presence.ts";
