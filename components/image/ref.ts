import type { FileRef } from "@/lib/value/file_ref.ts";

/** The wire value of a picture. */
export interface PictureRef extends FileRef {
  /** Description for people who cannot see it; `""` for a decoration. */
  readonly alt?: string | undefined;
}
