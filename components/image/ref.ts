import type { FileRef } from "@/lib/value/file_ref.ts";

/** A picture as it travels. */
export interface PictureRef extends FileRef {
  /** Description for people who cannot see it; `""` for a decoration. */
  readonly alt?: string | undefined;
}
