import { z } from "zod";
import { component } from "@/lib/demo/component.ts";
import { fileRefShape } from "@/lib/value/file_ref.ts";
import Image from "@/islands/Image.tsx";
import { decodePicture, encodePicture } from "./codec.ts";
import { readExample } from "./example.ts";
import { ImageView } from "./view.tsx";

export type { GivenPicture, Picture } from "./codec.ts";
export type { PictureRef } from "./ref.ts";

const LONGEST_ALT = 2000;
const pictureSchema = z.object({ ...fileRefShape, alt: z.string().max(LONGEST_ALT).optional() });

/**
 * A picture: PNG, JPEG, GIF, WebP or AVIF. Handlers receive a {@linkcode Picture} or `null`; they may give one
 * back, encoded bytes, bytes with a description ({@linkcode GivenPicture}), or `null`. Raises `upload`, `input` and
 * `change` when one is chosen, `clear`, `input` and `change` when it is removed.
 *
 * @example
 * ```ts
 * import { image } from "atoll";
 *
 * const photo = image({ label: "Photo" });
 * ```
 */
export const image = component({
  kind: "image",
  props: z.object({
    /** Height of the field: 160, 256 or 448 pixels. */
    size: z.enum(["sm", "md", "lg"]).default("md"),
    /**
     * Description of the picture for people who cannot see it. Default: the label of the field. A picture with its own
     * description uses that.
     */
    alt: z.string().max(LONGEST_ALT).optional(),
    /** Text of the empty field. */
    placeholder: z.string().optional(),
    /** Buttons beside the label. Default both. */
    buttons: z.array(z.enum(["download", "fullscreen"])).default(["download", "fullscreen"]),
    /** Whether a picture must be chosen. Default `false`. */
    required: z.boolean().optional(),
    /** Most pixels of a picture, by its header. Default 100 million. */
    maxPixels: z.number().int().positive().default(100_000_000),
    /** Picture at the start. */
    value: pictureSchema.optional(),
  }),
  wire: () => pictureSchema.nullable(),
  taken: ({ required }) => required ? pictureSchema : pictureSchema.nullable(),
  empty: () => null,
  events: { change: null, input: null, upload: null, clear: null },
  view: ImageView,
  island: Image,
  decode: decodePicture,
  encode: encodePicture,
  form: ({ files: [file], texts: [earlier] }) => file ?? (earlier ? parse(earlier) : null),
  summary: (file) => file?.alt || file?.name || "",
  example: readExample,
});

const LONGEST_REFERENCE = 10_000;

// What is no JSON stays text, which the wire schema refuses with a message for the person.
function parse(text: string): unknown {
  if (text.length > LONGEST_REFERENCE) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
