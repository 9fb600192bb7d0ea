/**
 * The protocol between a server and its starter of processes, with one socket per process. A frame is its kind (one
 * byte), a length (four bytes) and the content.
 */
export const LINK = { profile: 0, stdin: 1, kill: 2, stdout: 3, stderr: 4, ended: 5 } as const;

/** One of {@linkcode LINK}. */
export type LinkWord = typeof LINK[keyof typeof LINK];

/** A frame. */
export interface LinkFrame {
  /** One of {@linkcode LINK}, if the other side is what it should be. */
  readonly says: number;
  /** The content. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const HEAD = 5;
const LONGEST = 256 * 2 ** 10;

/** Writes to a socket, one frame after the other. Longer content is split into several frames. */
export class LinkWriter {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  /** Takes the socket's writing half. */
  constructor(writable: WritableStream<Uint8Array<ArrayBuffer>>) {
    this.#writer = writable.getWriter();
  }

  /** Settles when the socket has taken it. @throws when the other side is gone */
  async send(says: LinkWord, bytes: Uint8Array = new Uint8Array(0)): Promise<void> {
    for (let at = 0; at === 0 || at < bytes.byteLength; at += LONGEST) {
      const part = bytes.subarray(at, at + LONGEST);
      const frame = new Uint8Array(HEAD + part.byteLength);
      frame[0] = says;
      new DataView(frame.buffer).setUint32(1, part.byteLength);
      frame.set(part, HEAD);
      await this.#writer.write(frame);
    }
  }
}

/** Reads frames until the other side ends. @throws {SyntaxError} when it says something else */
export async function* readLink(
  readable: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<LinkFrame, undefined, undefined> {
  let rest = new Uint8Array(0);
  for await (const piece of readable) {
    rest = joined(rest, piece);
    while (rest.byteLength >= HEAD) {
      const length = new DataView(rest.buffer, rest.byteOffset).getUint32(1);
      if (length > LONGEST) throw new SyntaxError(`A frame of ${length} bytes is longer than any`);
      if (rest.byteLength < HEAD + length) break;
      yield { says: rest[0] as number, bytes: rest.slice(HEAD, HEAD + length) };
      rest = rest.subarray(HEAD + length);
    }
  }
}

function joined(a: Uint8Array<ArrayBuffer>, b: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (a.byteLength === 0) return b;
  const all = new Uint8Array(a.byteLength + b.byteLength);
  all.set(a);
  all.set(b, a.byteLength);
  return all;
}
