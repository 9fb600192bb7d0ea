/**
 * What pages and islands may use on the server and in the browser.
 * @module
 */
import type { ComponentChildren, VNode } from "preact";
import { BUILD_ID } from "./build_id.ts";

export { HttpError } from "../error.ts";
export { Head, type HeadProps } from "./head.ts";

/** Whether this code runs in a browser. */
export const IS_BROWSER: boolean = typeof document !== "undefined";

const CACHE_KEY = "__frsh_c";

/** A URL of the static file at `path` that may be cached for ever. Paths that are not the app's own stay as they are. */
export function asset(path: string): string {
  if (
    !path.startsWith("/") || path.startsWith("//") || path.includes(CACHE_KEY)
  ) return path;
  const hash = path.indexOf("#");
  const [base, fragment] = hash === -1 ? [path, ""] : [path.slice(0, hash), path.slice(hash)];
  return `${base}${base.includes("?") ? "&" : "?"}${CACHE_KEY}=${BUILD_ID}${fragment}`;
}

/** {@linkcode asset} for each image of a `srcset`. */
export function assetSrcSet(srcset: string): string {
  if (srcset.includes("(")) return srcset;
  return srcset.split(",").map((part) => {
    const [, space, url, rest] = /^(\s*)(\S*)([\s\S]*)$/.exec(part) ??
      ["", "", part, ""];
    return space + asset(url) + rest;
  }).join(",");
}

/** Props of {@linkcode Partial}. */
export interface PartialProps {
  /** Name of the region, unique on the page. */
  name: string;
  /** How new content joins the old. @default "replace" */
  mode?: "replace" | "append" | "prepend";
  /** Content. */
  children?: ComponentChildren;
}

/** A region that could be updated by itself. Here it is only its content. */
export function Partial(props: PartialProps): VNode {
  return props.children as VNode;
}
