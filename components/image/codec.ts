import { Fault } from "@/lib/value/fault.ts";
import type { CodecContext, StoredFile } from "@/lib/demo/component.ts";
import type { PictureRef } from "./ref.ts";
import { Room } from "./room.ts";
import { pictureSize, pictureSizeOf } from "./size.ts";

/** A picture that a handler receives. */
export interface Picture extends StoredFile {
  /** Pixels in a row, as stored: without EXIF rotation. */
  readonly width: number;
  /** Rows of pixels, as stored. */
  readonly height: number;
  /** Description of the picture, if it came with one. */
  readonly alt?: string | undefined;
  /**
   * Passes the bytes to `work`, which decodes them. The whole server decodes at most 100 million pixels at once; further
   * calls wait. An error of `work` counts as a damaged file, unless it is a `Fault`.
   *
   * @throws {Fault} (by the promise) `bad_input` at the field when the work fails
   */
  readonly decode: <T>(work: (bytes: Uint8Array<ArrayBuffer>) => T | Promise<T>) => Promise<T>;
}

/** A new picture from a handler, with a description for people who cannot see it. */
export interface GivenPicture {
  /** The encoded picture. */
  readonly bytes: Uint8Array;
  /** Description of the picture; `""` for a decoration. Default: the field's `alt` or label. */
  readonly alt?: string | undefined;
  /** Name to save it under. Default `image`. */
  readonly name?: string | undefined;
}

/** The props of an image that the codec reads. */
export interface PictureLimits {
  /** Most pixels. */
  readonly maxPixels: number;
}

/** Four bytes each, and as much again on the way: this is most of the memory that pictures take. */
const room = new Room(100_000_000);

/**
 * Opens an uploaded picture: only its header is read until the handler asks for the bytes.
 *
 * @throws {Fault} `bad_input` when the file is not a PNG, JPEG, GIF, WebP or AVIF picture, or has too many pixels.
 */
export async function decodePicture(
  ref: PictureRef | null,
  context: CodecContext,
  { maxPixels }: PictureLimits,
  field?: string,
): Promise<Picture | null> {
  if (ref === null) return null;
  const file = await context.open(ref);
  const size = await pictureSizeOf(file.stream());
  if (!size) throw new Fault("bad_input", `Cannot read "${file.name}" as a picture`);
  const { width, height } = size;
  if (width * height > maxPixels) {
    const most = Math.round(maxPixels / 10_000) / 100;
    throw new Fault(
      "bad_input",
      `"${file.name}" has ${width} × ${height} pixels. At most ${most} million are taken`,
    );
  }
  const { id, url, name, mime } = file;
  const decode: Picture["decode"] = (work) =>
    room.run(width * height, async () => {
      context.signal.throwIfAborted();
      const bytes = await file.bytes();
      try {
        return await work(bytes);
      } catch (cause) {
        if (cause instanceof Fault || context.signal.aborted) throw cause;
        throw new Fault("bad_input", `Cannot read "${name}" as a picture`, { field, cause });
      }
    });
  return {
    id,
    url,
    name,
    size: file.size,
    mime,
    ...size,
    ...words(ref),
    bytes: () => file.bytes(),
    stream: () => file.stream(),
    decode,
  };
}

/**
 * Keeps what a handler gives as a picture.
 *
 * @throws {Fault} `bad_output` when the bytes are not a PNG, JPEG, GIF, WebP or AVIF picture.
 */
export function encodePicture(
  given: Picture | PictureRef | GivenPicture | Uint8Array | null,
  context: CodecContext,
): PictureRef | null | Promise<PictureRef> {
  if (given === null) return null;
  if (given instanceof Uint8Array) return kept({ bytes: given }, context);
  if (typeof given === "object") {
    if ("bytes" in given && given.bytes instanceof Uint8Array) return kept(given as GivenPicture, context);
    if ("id" in given) return known(given, context);
  }
  throw new Fault(
    "bad_output",
    "A picture is its encoded bytes (a Uint8Array), { bytes, alt }, a picture from an input, or null",
  );
}

function kept(
  { bytes, alt, name = "image" }: GivenPicture,
  context: CodecContext,
): Promise<PictureRef> {
  if (!pictureSize(bytes)) {
    throw new Fault(
      "bad_output",
      "Cannot show these bytes: they are not a PNG, JPEG, GIF, WebP or AVIF picture",
    );
  }
  return context.keep(bytes, name).then((ref) => ({ ...ref, ...words({ alt }) }));
}

function words({ alt }: Pick<PictureRef, "alt">): Pick<PictureRef, "alt"> {
  return alt === undefined ? {} : { alt };
}

/**
 * The reference with the data of the server, because the given one may come from a visitor, URL included. A file
 * that was not uploaded may be one of the site, by its path.
 */
async function known(given: PictureRef, context: CodecContext): Promise<PictureRef> {
  try {
    const { id, url, name, size, mime } = await context.open(given);
    return { id, url, name, size, mime, ...words(given) };
  } catch (cause) {
    const { id, url, name, size, mime } = given;
    if (isOwnPath(url)) return { id, url, name, size, mime, ...words(given) };
    throw new Fault(
      "bad_output",
      "The picture is none of this session's files, and has no path of this site. Give its bytes instead",
      { cause },
    );
  }
}

/** Whether it is a path of the site that leads to no uploaded file, as a browser reads it. */
function isOwnPath(url: string): boolean {
  // A browser drops tabs and line ends: "/\t/host" is another host.
  if (!/^\/(?![/\\])[^\t\n\r\\]*$/.test(url)) return false;
  try {
    return !/(?:^|\/)files(?:[/?#]|$)/.test(decodeURIComponent(url));
  } catch {
    return false;
  }
}
