import type { Key } from "@/lib/store/records.ts";
import type { AccountParts } from "./logins.ts";
import { fingerprint } from "./secret.ts";

/** A login that goes on elsewhere. The browser that began it keeps it: asking for many costs the server nothing. */
export interface Flow {
  /** The page that was asked for. */
  readonly page: string;
  /** Data that the source wants back. */
  readonly kept: Readonly<Record<string, string>>;
}

/** How long somebody may take to log in elsewhere, in milliseconds. */
export const FLOW_MS = 600_000;

/** A flow as a browser keeps it. */
export function packFlow(flow: Flow, nowMs: number): string {
  const text = JSON.stringify({ ...flow, sinceMs: nowMs });
  return new TextEncoder().encode(text).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** The flow of a text; `undefined` if the text is not a flow, or the flow began too long ago. */
export function unpackFlow(text: string, nowMs: number): Flow | undefined {
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    const { page, kept, sinceMs } = JSON.parse(new TextDecoder().decode(bytes));
    const isFlow = typeof page === "string" && typeof kept === "object" && kept !== null &&
      Object.values(kept).every((value) => typeof value === "string") &&
      typeof sinceMs === "number" && sinceMs <= nowMs && nowMs - sinceMs < FLOW_MS;
    return isFlow ? { page, kept } : undefined;
  } catch {
    return undefined;
  }
}

/** Flows that have led to a login: each does so once. */
export class Flows {
  readonly #parts: AccountParts;

  /** Opens nothing. */
  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  /** Says that a flow has ended well; `false` when it had before. */
  async end({ kept }: Flow): Promise<boolean> {
    const store = await this.#parts.store();
    const key: Key = ["accounts", "flows", fingerprint(JSON.stringify(Object.entries(kept).sort()))];
    const version = await store.commit(
      [{ type: "set", key, value: null, expiresMs: this.#parts.now() + FLOW_MS }],
      { checks: [{ key, version: null }] },
    );
    return version !== undefined;
  }
}
