/** Width and height of a picture in pixels, as stored: turning by EXIF is not applied. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Reads the size of a PNG, JPEG, GIF, WebP or AVIF picture from the bytes at its start.
 *
 * @returns `undefined` when the bytes are no such picture, or when the size stands further behind.
 */
export function pictureSize(bytes: Uint8Array): PictureSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (view.getUint32(0) === 0x89504e47) return { width: view.getUint32(16), height: view.getUint32(20) };
    if (view.getUint16(0) === 0xffd8) return jpegSize(view);
    if (text(bytes, 0, 4) === "GIF8") {
      return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    }
    if (text(bytes, 0, 4) === "RIFF" && text(bytes, 8, 4) === "WEBP") return webpSize(bytes, view);
    if (text(bytes, 4, 4) === "ftyp") return avifSize(bytes, view);
  } catch (error) {
    // A DataView that ends too early says so with a RangeError: the size is not among these bytes.
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}

function text(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + length));
}

// Segments follow each other; the first "start of frame" carries the size. C4, C8 and CC are tables, not frames.
function jpegSize(view: DataView): PictureSize | undefined {
  for (let at = 2; at < view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
    } else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    } else {
      at += 2 + view.getUint16(at + 2);
    }
  }
  return undefined;
}

function webpSize(bytes: Uint8Array, view: DataView): PictureSize | undefined {
  const kind = text(bytes, 12, 4);
  if (kind === "VP8 ") {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  if (kind === "VP8L") {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (kind === "VP8X") {
    const three = (at: number) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    return { width: three(24) + 1, height: three(27) + 1 };
  }
  return undefined;
}

// An AVIF may hold several pictures (tiles, thumbnails): the largest "ispe" property is the whole.
function avifSize(bytes: Uint8Array, view: DataView): PictureSize | undefined {
  let best: PictureSize | undefined;
  const end = Math.min(bytes.length - 16, 65_536);
  for (let at = 8; at < end; at++) {
    if (view.getUint32(at) !== 0x69737065) continue;
    const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    if (!best || size.width * size.height > best.width * best.height) best = size;
  }
  return best;
}
