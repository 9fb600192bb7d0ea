import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { PLAIN } from "../plain.ts";
import type { Bundle } from "./bundle.ts";
import { BUILD_ID_PLACEHOLDER } from "./esbuild_plugin.ts";
import { listStatic, type TransformedFile, type Transformer, transformFile } from "./transform.ts";

/** All files of a build that are sent to browsers. */
export interface Assets {
  /** Hash of everything in it, so that a URL with it in never stands for other contents. */
  readonly buildId: string;
  readonly files: readonly Asset[];
}

/** One file for browsers. */
export interface Asset {
  /** URL path. */
  readonly pathname: string;
  /** SHA-256 of the contents, hexadecimal. */
  readonly hash: string;
  readonly content: Uint8Array<ArrayBuffer>;
  /** Absolute path of the source when the contents are just that. */
  readonly source: string | null;
}

/** Gathers scripts and static files and gives them their build's hash. */
export async function gatherAssets(
  bundle: Bundle,
  staticDirs: readonly string[],
  transformers: readonly Transformer[],
  env: { mode: "development" | "production"; target: string | string[] },
): Promise<Assets> {
  const found = await listStatic(staticDirs);
  const transformed = (await Promise.all(
    Array.from(
      found,
      ([pathname, source]) => transformFile(pathname, source, transformers, env),
    ),
  )).flat();
  const scripts = [...bundle.files].filter(([name]) => !name.endsWith(".map"))
    .sort(([a], [b]) => a < b ? -1 : 1);
  const statics = await Promise.all(transformed.map(readStatic));
  const whole = createHash("sha256");
  for (const [name, text] of scripts) whole.update(name).update(text);
  for (const { pathname, content } of statics) {
    whole.update(pathname).update(content);
  }
  const buildId = PLAIN ? randomId() : whole.digest("hex").slice(0, BUILD_ID_LENGTH);
  const files = [
    ...scripts.map(([name, text]) => toAsset(scriptPath(buildId, name), null, withId(text, buildId))),
    ...statics.map(({ pathname, source, content, isOriginal }) =>
      toAsset(
        pathname,
        isOriginal ? source : null,
        isOriginal ? content : withId(decoder.decode(content), buildId),
      )
    ),
  ];
  return { buildId, files };
}

// 64 bits: two builds of one app never meet, and it stands in every page several times
const BUILD_ID_LENGTH = 16;
const decoder = new TextDecoder();

function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(20)), (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

/** URL path of the script `name`. */
export function scriptPath(buildId: string, name: string): string {
  return `/_fresh/js/${buildId}/${name}`;
}

interface ReadStatic extends Omit<TransformedFile, "content"> {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly isOriginal: boolean;
}

async function readStatic(file: TransformedFile): Promise<ReadStatic> {
  const hasId = file.content !== null &&
    decoder.decode(file.content).includes(BUILD_ID_PLACEHOLDER);
  if (file.content === null) {
    return {
      ...file,
      content: await Deno.readFile(file.source),
      isOriginal: true,
    };
  }
  const original = hasId ? null : await Deno.readFile(file.source);
  const isOriginal = original !== null &&
    Buffer.compare(original, file.content) === 0;
  return { ...file, content: file.content, isOriginal };
}

function withId(text: string, buildId: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(
    text.replaceAll(BUILD_ID_PLACEHOLDER, buildId),
  );
}

function toAsset(
  pathname: string,
  source: string | null,
  content: Uint8Array<ArrayBuffer>,
): Asset {
  return {
    pathname,
    source,
    content,
    hash: createHash("sha256").update(content).digest("hex"),
  };
}

const COMPRESSIBLE = /\.(?:js|mjs|css|svg|json|html|txt|md|xml|webmanifest)$/;
// What fits in one packet with its headers arrives no sooner when it is smaller
const COMPRESS_FROM_BYTES = 256;

/** The smaller forms of a file. None for one that is compressed already or too small to gain. */
export async function compress(
  { pathname, content }: Asset,
): Promise<[name: "br" | "gzip", bytes: Uint8Array<ArrayBuffer>][]> {
  if (PLAIN || !COMPRESSIBLE.test(pathname) || content.length < COMPRESS_FROM_BYTES) {
    return [];
  }
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(content, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
      },
    }),
    promisify(gzip)(content, { level: 9 }),
  ]);
  const forms: [name: "br" | "gzip", bytes: Uint8Array<ArrayBuffer>][] = [
    ["br", new Uint8Array(br)],
    ["gzip", new Uint8Array(gz)],
  ];
  return forms.filter(([, bytes]) => bytes.length < content.length);
}
