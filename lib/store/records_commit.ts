import { type CommitOptions, MAX_OPS, type Op } from "./records.ts";
import { type PackedKey, packKey } from "./records_key.ts";
import { packValue } from "./records_value.ts";

/** A commit that has been looked through: plain data that a worker can be sent. */
export interface PackedCommit {
  /** Key and the version it must have, 0 for none. */
  readonly checks: readonly (readonly [key: PackedKey, version: number])[];
  /** Key, packed value or `null` to delete, when it expires or `null` for never. */
  readonly ops: readonly (readonly [key: PackedKey, text: string | null, expiresMs: number | null])[];
  /** About how much there is to write. */
  readonly sizeBytes: number;
}

/** Packs what `Store.commit` was given. @throws {TypeError} @throws {RangeError} */
export function packCommit(ops: readonly Op[], { checks = [] }: CommitOptions = {}): PackedCommit {
  const most = Math.max(ops.length, checks.length);
  if (most > MAX_OPS) throw new RangeError(`A commit has ${most} ops or checks, ${MAX_OPS} are allowed`);
  let sizeBytes = 0;
  const packed = ops.map((op) => {
    const key = packKey(op.key);
    if (op.type === "delete") return [key, null, null] as const;
    const text = packValue(op.value);
    sizeBytes += key.length + text.length;
    return [key, text, expiry(op.expiresMs)] as const;
  });
  return { ops: packed, checks: checks.map(({ key, version }) => [packKey(key), version ?? 0]), sizeBytes };
}

function expiry(ms: number | undefined): number | null {
  if (Number.isNaN(ms)) throw new TypeError("expiresMs is not a number");
  return ms === undefined || ms === Infinity ? null : ms;
}
