/** Pictures that browsers show and that this component takes. */
export type PictureKind = "png" | "jpeg" | "gif" | "webp" | "avif";

/** How many of its first bytes tell what a picture is. */
export const KIND_BYTES = 512;

/** Brands of the general format: they say nothing of how a picture is coded. */
const GENERAL = ["mif1", "miaf", "msf1"];

/** What a picture is by its first {@linkcode KIND_BYTES}: neither a name nor a media type counts. HEIC is no AVIF. */
export function pictureKind(head: Uint8Array): PictureKind | undefined {
  const text = String.fromCharCode(...head.subarray(0, KIND_BYTES));
  if (text.startsWith("\x89PNG")) return "png";
  if (text.startsWith("\xff\xd8")) return "jpeg";
  if (text.startsWith("GIF8")) return "gif";
  if (text.startsWith("RIFF") && text.startsWith("WEBP", 8)) return "webp";
  if (!text.startsWith("ftyp", 4)) return undefined;
  const end = text.charCodeAt(2) * 256 + text.charCodeAt(3);
  const isAvif = (brand: string) => brand === "avif" || brand === "avis";
  const major = text.slice(8, 12);
  const others = text.slice(16, end).match(/.{4}/gs) ?? [];
  return isAvif(major) || GENERAL.includes(major) && others.some(isAvif) ? "avif" : undefined;
}
