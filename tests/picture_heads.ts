import { Buffer } from "node:buffer";

/** Bytes from hexadecimal digits. */
export const hex = (text: string) =>
  Uint8Array.from(text.replace(/\s/g, "").match(/../g) ?? [], (two) => parseInt(two, 16));
/** Bytes of a text. */
export const ascii = (text: string) => new TextEncoder().encode(text);
/** Bytes of some pieces, one after the other. */
export const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

/** A box of an AVIF. */
export function box(type: string, ...parts: Uint8Array[]): Uint8Array {
  const inner = join(...parts);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, inner.length + 8);
  return join(length, ascii(type), inner);
}
/** A thumbnail of 30 x 20 and a picture of 300 x 200. */
export function meta(): Uint8Array {
  const extents = (size: string) => box("ispe", hex("00000000"), hex(size));
  const colours = box("colr", ascii("prof"), new Uint8Array(2000));
  const list = box("ipco", extents("0000001e 00000014"), colours, extents("0000012c 000000c8"));
  return box("meta", hex("00000000"), box("hdlr", new Uint8Array(24)), box("iprp", list));
}

/** Only the heads of files: 300 x 200 each. */
export const heads = {
  png: hex("89504e470d0a1a0a 0000000d 49484452 0000012c 000000c8 0806000000"),
  gif: join(ascii("GIF89a"), hex("2c01 c800 80 00 00")),
  jpeg: hex(
    "ffd8 ffe0 0010 4a46494600010100000100010000 fffe 0004 6869 ffc2 0011 08 00c8 012c 03 012200 021101 031101",
  ),
  webp: join(ascii("RIFF"), hex("00000000"), ascii("WEBPVP8 "), hex("00000000 000000 9d012a 2c01 c800")),
  webpLossless: join(ascii("RIFF"), hex("00000000"), ascii("WEBPVP8L"), hex("00000000 2f 2bc13100")),
  webpExtended: join(
    ascii("RIFF"),
    hex("00000000"),
    ascii("WEBPVP8X"),
    hex("0a000000 00000000 2b0100 c70000"),
  ),
  avif: join(box("ftyp", ascii("avif"), hex("00000000"), ascii("avifmif1miaf")), meta()),
  avifGeneral: join(
    box("ftyp", ascii("mif1"), hex("00000000"), ascii("mif1avif")),
    box("mdat", ascii("ispe"), new Uint8Array(40).fill(255)),
    meta(),
  ),
};
