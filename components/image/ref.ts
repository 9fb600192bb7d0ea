import type { FileRef } from "@/lib/value/file_ref.ts";

/** A picture as it travels. */
export interface PictureRef extends FileRef {
  /** What it shows, for those who cannot see it; `""` for one that only decorates. */
  readonly alt?: string | undefined;
}
