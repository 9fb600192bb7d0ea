import { KIND_BYTES, pictureKind } from "./kind.ts";

/** Width and height of a picture in pixels, as stored: turning by EXIF is not applied. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Asks for some bytes of a file, each time at the same place or further behind, and finds the size in them. */
type Search<T> = Generator<readonly [at: number, length: number], T, DataView>;

/** Metadata may stand before the size: depth maps and previews of phones take a few MiB. */
const MOST_BYTES_BEFORE = 32 * 1024 * 1024;
/** Segments of metadata have up to 64 KiB each, but may be small. */
const MOST_ASKED = 20_000;

/**
 * Finds the size of a PNG, JPEG, GIF, WebP or AVIF picture.
 *
 * @returns `undefined` when the bytes are no such picture.
 */
export function pictureSize(bytes: Uint8Array): PictureSize | undefined {
  const search = find();
  let step = search.next();
  for (let asked = 0; !step.done && asked < MOST_ASKED; asked++) {
    const [at, length] = step.value;
    if (at + length > bytes.length) return undefined;
    step = search.next(new DataView(bytes.buffer, bytes.byteOffset + at, length));
  }
  return step.done ? step.value : undefined;
}

/** As {@linkcode pictureSize}, of bytes that come in pieces: no more is kept of them than is looked at. */
export async function pictureSizeOf(stream: ReadableStream<Uint8Array>): Promise<PictureSize | undefined> {
  const reader = stream.getReader();
  try {
    const search = find();
    let kept: Uint8Array = new Uint8Array();
    let start = 0;
    let step = search.next();
    for (let asked = 0; !step.done; asked++) {
      const [at, length] = step.value;
      if (at > MOST_BYTES_BEFORE || asked > MOST_ASKED) return undefined;
      while (start + kept.length < at + length) {
        const { done, value } = await reader.read();
        if (done) return undefined;
        const passed = Math.min(at - start, kept.length);
        const longer = new Uint8Array(kept.length - passed + value.length);
        longer.set(kept.subarray(passed));
        longer.set(value, kept.length - passed);
        kept = longer;
        start += passed;
      }
      step = search.next(new DataView(kept.buffer, kept.byteOffset + at - start, length));
    }
    return step.value;
  } finally {
    // Nobody reads the rest.
    await reader.cancel();
  }
}

function* find(): Search<PictureSize | undefined> {
  const start = yield [0, 12];
  const length = text(start, 4) === "ftyp" ? Math.min(Math.max(start.getUint32(0), 12), KIND_BYTES) : 12;
  const head = yield [0, length];
  const size = yield* sizeOf(pictureKind(new Uint8Array(head.buffer, head.byteOffset, length)));
  return size && size.width > 0 && size.height > 0 ? size : undefined;
}

function* sizeOf(kind: ReturnType<typeof pictureKind>): Search<PictureSize | undefined> {
  switch (kind) {
    case "png": {
      const head = yield [16, 8];
      return { width: head.getUint32(0), height: head.getUint32(4) };
    }
    case "gif": {
      const head = yield [6, 4];
      return { width: head.getUint16(0, true), height: head.getUint16(2, true) };
    }
    case "jpeg":
      return yield* jpegSize();
    case "webp":
      return yield* webpSize();
    case "avif":
      return yield* avifSize();
    case undefined:
      return undefined;
    default:
      return kind satisfies never;
  }
}

function text(view: DataView, at: number): string {
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, 4));
}

// Segments follow each other; the first "start of frame" carries the size. C4, C8 and CC are tables, not frames.
function* jpegSize(): Search<PictureSize | undefined> {
  for (let at = 2;;) {
    const segment = yield [at, 4];
    if (segment.getUint8(0) !== 0xff) return undefined;
    const marker = segment.getUint8(1);
    if (marker === 0xff) {
      at++;
    } else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      const frame = yield [at, 9];
      return { width: frame.getUint16(7), height: frame.getUint16(5) };
    } else if (marker === START_OF_SCAN || marker === END_OF_IMAGE || segment.getUint16(2) < 2) {
      return undefined;
    } else {
      at += 2 + segment.getUint16(2);
    }
  }
}

const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;

function* webpSize(): Search<PictureSize | undefined> {
  const kind = text(yield [12, 4], 0);
  if (kind === "VP8 ") {
    const frame = yield [26, 4];
    return { width: frame.getUint16(0, true) & 0x3fff, height: frame.getUint16(2, true) & 0x3fff };
  }
  if (kind === "VP8L") {
    const bits = (yield [21, 4]).getUint32(0, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (kind === "VP8X") {
    const canvas = yield [24, 6];
    const three = (at: number) => canvas.getUint16(at, true) | (canvas.getUint8(at + 2) << 16);
    return { width: three(0) + 1, height: three(3) + 1 };
  }
  return undefined;
}

// An AVIF may hold several pictures (tiles, thumbnails): the largest "ispe" property is the whole.
function* avifSize(): Search<PictureSize | undefined> {
  const meta = yield* box("meta", 0, Infinity);
  // Version and flags stand before what is in "meta".
  const properties = meta && (yield* box("iprp", meta.from + 4, meta.to));
  const list = properties && (yield* box("ipco", properties.from, properties.to));
  if (!list) return undefined;
  let best: PictureSize | undefined;
  for (let at = list.from; at < list.to;) {
    const extents = yield* box("ispe", at, list.to);
    if (!extents) break;
    const view = yield [extents.from, 12];
    const size = { width: view.getUint32(4), height: view.getUint32(8) };
    if (!best || size.width * size.height > best.width * best.height) best = size;
    at = extents.to;
  }
  return best;
}

/** The first box of a type in a range of the file: where what is in it begins and ends. */
function* box(
  type: string,
  from: number,
  to: number,
): Search<{ readonly from: number; readonly to: number } | undefined> {
  for (let at = from; at + 8 <= to;) {
    const head = yield [at, 8];
    let length = head.getUint32(0);
    let before = 8;
    const found = text(head, 4);
    if (length === 1) {
      length = Number((yield [at, 16]).getBigUint64(8));
      before = 16;
    }
    // 0 is "up to the end of the file": nothing follows it.
    if (found === type) return { from: at + before, to: length === 0 ? to : Math.min(at + length, to) };
    if (length < before) return undefined;
    at += length;
  }
  return undefined;
}
