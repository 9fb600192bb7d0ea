import type { VNode } from "preact";
import type { FieldState } from "./page.ts";

/**
 * How the server has drawn a field, for as long as the field is as every new page has it. The same for all visitors,
 * so it is drawn once; empty in the browser.
 */
export const drawn: WeakMap<FieldState, () => VNode> = new WeakMap();
