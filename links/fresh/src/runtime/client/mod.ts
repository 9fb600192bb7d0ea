/**
 * The browser's half: revives the islands of a page.
 * @module
 */
export { boot } from "./boot.ts";
