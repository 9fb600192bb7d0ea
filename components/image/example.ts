import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ReadExample } from "@/lib/demo/component.ts";
import type { GivenPicture, Picture } from "./codec.ts";
import { pictureKind } from "./kind.ts";
import type { PictureRef } from "./ref.ts";

/** A larger picture would make each page heavy: only its words are shown. */
const MOST_BYTES_IN_PAGE = 16 * 1024;

/** The folder of the project, or of the build that is served: what it may read lies in it. */
const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

type Given = Picture | PictureRef | GivenPicture | Uint8Array | null;

/**
 * Reads a picture that an author gives as an example: the path of a file, from the folder of the project, or what a handler may
 * give. A file below `static/` is shown by its own address.
 *
 * @throws {TypeError} when there is no such file, or it is no picture.
 */
export function readExample(given: unknown): ReadExample<Given> {
  if (typeof given === "string") return readPath(given);
  if (given instanceof Uint8Array) return readBytes({ bytes: given });
  if (typeof given === "object" && given !== null && "bytes" in given && given.bytes instanceof Uint8Array) {
    return readBytes(given as GivenPicture);
  }
  const ref = given as PictureRef | null;
  const shown = ref && { url: ref.url, mime: ref.mime, name: ref.name };
  return { value: ref, shown, words: ref?.alt || ref?.name || "" };
}

function readPath(path: string): ReadExample<Given> {
  let bytes: Uint8Array;
  try {
    bytes = Deno.readFileSync(resolve(PROJECT, path));
  } catch (cause) {
    throw new TypeError(`the file "${path}" ${reasonOf(cause)}`, { cause });
  }
  const name = path.split("/").at(-1) ?? path;
  const alt = name.replace(/\.\w+$/, "").replace(/[_-]+/g, " ");
  const read = readBytes({ bytes, name }, `the file "${path}"`);
  const [, address] = /^(?:\.\/)?static(\/.+)$/.exec(path) ?? [];
  const url = address?.split("/").map(encodeURIComponent).join("/");
  return { ...read, shown: url ? { url, mime: mimeOf(bytes), name } : read.shown, words: alt };
}

function reasonOf(cause: unknown): string {
  if (cause instanceof Deno.errors.NotFound) return "does not exist in the folder of the project";
  if (cause instanceof Deno.errors.NotCapable) {
    return "may not be read by the server: put it below static/ or routes/, or permit it by ATOLL_ALLOW_READ";
  }
  return `cannot be read: ${cause instanceof Error ? cause.message : cause}`;
}

function readBytes(given: GivenPicture, what = "it"): ReadExample<Given> {
  const { bytes, alt = "", name = "" } = given;
  const mime = mimeOf(bytes);
  if (!mime) throw new TypeError(`${what} is not a PNG, JPEG, GIF, WebP or AVIF picture`);
  const inPage = bytes.length <= MOST_BYTES_IN_PAGE;
  const shown = inPage ? { url: `data:${mime};base64,${bytes.toBase64()}`, mime, name } : alt;
  return { value: given, shown, words: alt };
}

function mimeOf(bytes: Uint8Array): string | undefined {
  const kind = pictureKind(bytes);
  return kind && `image/${kind}`;
}
