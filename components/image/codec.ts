import { Fault } from "@/lib/value/fault.ts";
import type { FileRef } from "@/lib/value/file_ref.ts";
import type { CodecContext, StoredFile } from "@/lib/demo/component.ts";
import { pictureSize } from "./size.ts";

/** A picture that a handler receives. */
export interface Picture extends StoredFile {
  /** Pixels in a row, as stored: turning by EXIF is not applied. */
  readonly width: number;
  /** Rows of pixels, as stored. */
  readonly height: number;
}

// JPEGs carry previews and colour profiles before their size; 1 MiB covers what cameras write.
const HEADER_BYTES = 1 << 20;

/**
 * Opens an uploaded picture: only its header is read until the handler asks for the bytes.
 *
 * @throws {Fault} `bad_input` when the file is no PNG, JPEG, GIF, WebP or AVIF picture.
 */
export async function decodePicture(ref: FileRef | null, context: CodecContext): Promise<Picture | null> {
  if (ref === null) return null;
  const file = await context.open(ref);
  const size = await sizeOf(file);
  if (!size) throw new Fault("bad_input", `Cannot read "${file.name}" as a picture`);
  const { id, url, name, mime } = file;
  return {
    id,
    url,
    name,
    size: file.size,
    mime,
    ...size,
    bytes: () => file.bytes(),
    stream: () => file.stream(),
  };
}

/**
 * Keeps what a handler gives as a picture.
 *
 * @throws {Fault} `bad_output` when the bytes are no PNG, JPEG, GIF, WebP or AVIF picture.
 */
export function encodePicture(
  given: Picture | FileRef | Uint8Array | null,
  context: CodecContext,
): FileRef | null | Promise<FileRef> {
  if (given === null) return null;
  if (!(given instanceof Uint8Array)) {
    if (typeof given !== "object" || !("id" in given)) {
      throw new Fault(
        "bad_output",
        "A picture is given as its encoded bytes, a Uint8Array, as one that was received, or as null",
      );
    }
    const { id, url, name, size, mime } = given;
    return { id, url, name, size, mime };
  }
  if (!pictureSize(given)) {
    throw new Fault(
      "bad_output",
      "Cannot show these bytes: they are no PNG, JPEG, GIF, WebP or AVIF picture",
    );
  }
  return context.keep(given, "image");
}

async function sizeOf(file: StoredFile): Promise<ReturnType<typeof pictureSize>> {
  let head = new Uint8Array();
  for await (const chunk of file.stream()) {
    const longer = new Uint8Array(head.length + chunk.length);
    longer.set(head);
    longer.set(chunk, head.length);
    head = longer;
    const size = pictureSize(head);
    if (size || head.length >= HEADER_BYTES) return size;
  }
  return undefined;
}
