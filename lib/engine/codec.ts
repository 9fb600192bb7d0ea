import type { CodecContext, StoredFile } from "@/lib/demo/component.ts";
import { type BlobRecord, type Blobs, toRef } from "@/lib/store/port.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { Run } from "./run.ts";
import type { Sealing } from "./seal.ts";

/** The parts of codec contexts. */
export interface CodecOptions {
  /** Where the bytes of files are kept. */
  readonly blobs: Blobs;
  /** Makes what only this server can read. */
  readonly sealing: Sealing;
  /** Where a file of a session is found, at a page. */
  readonly url: (page: string, id: string, session: string) => string;
}

/** What the components of a run read and keep files with, and what they seal for the browser. */
export function codecOf(run: Run, { blobs, sealing, url }: CodecOptions): CodecContext {
  const { page, session: { id: owner }, request: { user } } = run.call;
  // A browser may be used by several people, one after the other.
  const whose = (name: string) => user === undefined ? name : JSON.stringify([name, user.id]);
  const urlOf = ({ id, owner }: BlobRecord) => url(page, id, owner);
  return new RunCodec(run, {
    seal: (value, name) => sealing.seal(value, whose(name)),
    unseal: (sealed, name) => sealing.unseal(sealed, whose(name)),
    open: async (ref) => {
      const record = await blobs.get(ref.id);
      if (record?.owner !== owner) {
        throw new Fault("bad_input", "This file has expired. Choose it again");
      }
      return opened(blobs, record, urlOf(record));
    },
    keep: async (bytes, name) => {
      const record = await blobs.put(bytes, { owner, name, signal: run.signal });
      return toRef(record, urlOf(record));
    },
  });
}

class RunCodec implements CodecContext {
  readonly #run: Run;
  readonly seal: CodecContext["seal"];
  readonly unseal: CodecContext["unseal"];
  readonly open: CodecContext["open"];
  readonly keep: CodecContext["keep"];

  constructor(run: Run, { seal, unseal, open, keep }: Omit<CodecContext, "signal">) {
    this.#run = run;
    this.seal = seal;
    this.unseal = unseal;
    this.open = open;
    this.keep = keep;
  }

  // Made when it is asked for: most fields need none.
  get signal(): AbortSignal {
    return this.#run.signal;
  }
}

function opened(blobs: Blobs, record: BlobRecord, url: string): StoredFile {
  const gone = () => new Fault("bad_input", `The file ${record.name} has expired. Choose it again`);
  return {
    ...toRef(record, url),
    bytes: async () => {
      const body = await blobs.read(record.id);
      if (!body) throw gone();
      return new Uint8Array(await new Response(body).arrayBuffer());
    },
    stream: () => {
      const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
      blobs.read(record.id).then((body) => {
        if (!body) throw gone();
        return body.pipeTo(writable);
      }).catch((error) => writable.abort(error).catch(() => {}));
      return readable;
    },
  };
}
