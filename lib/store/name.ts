const MAX_BYTES = 200;

// Control, line-separating, bidirectional and invisible characters, and the tag characters that can hide whole sentences.
// The joiners U+200C and U+200D stay: scripts and emoji need them.
const UNSEEN =
  /[\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;
// Characters with a meaning for file systems and shells, and look-alikes of the slash.
const UNSAFE = /["*:<>?|\u2044\u2215\u29f8\u29f9\uff0f\uff3c\ufe68]/g;
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;

/**
 * Makes a name safe to show and to save under. It keeps the last part of a path, without control, bidirectional or
 * separating characters. The result has no leading dot or dash, is not a device name, and has at most 200 bytes of
 * UTF-8 with its extension. A name with nothing left becomes `file`. Cleaning a clean name changes nothing.
 *
 * @example
 * ```ts
 * import { cleanName } from "@/lib/store/name.ts";
 * cleanName("../../x.png"); // "x.png"
 * ```
 */
export function cleanName(given: string): string {
  const last = given.slice(-4096).replace(/^[\s\S]*[/\\]/, "");
  const calm = last.toWellFormed().replaceAll("\ufffd", "_")
    .replace(UNSEEN, "")
    .normalize("NFC")
    .replace(UNSAFE, "_")
    // Any script needs a few marks on a letter, none needs a tower of them.
    .replace(/(\p{M}{4})\p{M}+/gu, "$1")
    .replace(/\s/gu, " ");
  const short = shorten(trim(calm));
  if (short === "") return "file";
  return DEVICE.test(short) ? shorten(`_${short}`) : short;
}

function trim(name: string): string {
  return name.replace(/^[\s.]+/u, "").replace(/[\s.]+$/u, "").replace(/^-/, "_");
}

// Cuts in the stem, so that a long name keeps the ending by which it is known.
function shorten(name: string): string {
  const encoder = new TextEncoder();
  if (name.length * 3 <= MAX_BYTES || encoder.encode(name).length <= MAX_BYTES) return name;
  const ending = /\.[A-Za-z0-9]{1,16}$/.exec(name)?.[0] ?? "";
  const room = new Uint8Array(MAX_BYTES - ending.length);
  const { read } = encoder.encodeInto(name.slice(0, name.length - ending.length), room);
  return trim(name.slice(0, read)) + ending;
}
