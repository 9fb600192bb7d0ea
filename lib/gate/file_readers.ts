import { Fault } from "@/lib/value/fault.ts";

/** What a file is never fit for, wherever it is asked for: all that a page would run or be styled by. */
const PROGRAMS = new Set([
  "audioworklet",
  "manifest",
  "paintworklet",
  "script",
  "serviceworker",
  "sharedworker",
  "style",
  "worker",
  "xslt",
]);

/** What a page of another origin may use a file for when files have an origin of their own. */
const SHOWN = new Set(["audio", "document", "empty", "image", "track", "video"]);

/**
 * Refuses a file to those who would run it, and to pages of other sites, which may only link to it: a browser says
 * where a request comes from and what for. `apart` is true where files have an origin of their own, for which the app's
 * pages are pages of another one, and for pages of other origins that the settings name.
 *
 * @throws {Fault} `forbidden`
 */
export function checkReader(headers: Headers, apart: boolean): void {
  const use = headers.get("sec-fetch-dest") ?? "";
  if (PROGRAMS.has(use) || headers.get("service-worker") !== null) {
    throw new Fault("forbidden", "An uploaded file cannot be run as a program");
  }
  const site = headers.get("sec-fetch-site");
  if (site === null || site === "same-origin" || site === "none") return;
  const isLink = headers.get("sec-fetch-mode") === "navigate" && use === "document";
  if (isLink || apart && SHOWN.has(use)) return;
  throw new Fault("forbidden", "Files are not shown on pages of other sites");
}
