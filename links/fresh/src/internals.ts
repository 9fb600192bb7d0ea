/**
 * What generated files use. Not for apps.
 * @module
 */
import * as nodePath from "node:path";

export { setBuildCache } from "./app.ts";
export { IslandPreparer } from "./build_cache.ts";
export { ProdBuildCache, type Snapshot } from "./prod_build_cache.ts";
/** Paths of files. */
export const path = nodePath;
