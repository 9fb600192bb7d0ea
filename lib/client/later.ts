/**
 * What a page needs once it is used, in one script: it comes with the first event, so that a page that loses its
 * connection after that lacks nothing.
 */
export { attend } from "./answers.ts";
export { apply } from "./frames.ts";
export { keep, restore } from "./keep.ts";
export { copy } from "./copy.ts";
export { mendTexts } from "./foreign_text.ts";
export { pause } from "./pause.ts";
export { say } from "./say.ts";
export { stay } from "./presence.ts";
export { stop } from "./stop.ts";
export { toast } from "./toast.ts";
