import { z } from "zod";

/**
 * A reference to a file: wire values and props never contain bytes. Only the server creates references. Of a
 * reference from a client only its `id` counts; the server looks up everything else.
 */
export interface FileRef {
  /** Server-made id, 128 random bits or more. Knowing it is the right to read the file. */
  readonly id: string;
  /** Path on this server that answers with the bytes. */
  readonly url: string;
  /** Name to show and to save under: no path parts, no control characters, at most 200 bytes. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /** Media type found by looking at the bytes, `application/octet-stream` when unknown. */
  readonly mime: string;
}

/** The parts of {@linkcode fileRefSchema}, for components whose files carry more. */
export const fileRefShape = {
  id: z.string().regex(/^[A-Za-z0-9_-]{22,64}$/),
  // It becomes the address of a link and of a picture.
  url: z.string().max(2048).regex(
    /^(?:\/(?![/\\])|https?:\/\/)[^\s\\]*$/i,
    "Expected a path or an http address",
  ),
  name: z.string().max(1024),
  size: z.number().int().nonnegative(),
  mime: z.string().max(255),
};

/** Checks that a wire value has the shape of a {@linkcode FileRef}; unknown keys are dropped. */
export const fileRefSchema: z.ZodType<FileRef> = z.object(fileRefShape);
