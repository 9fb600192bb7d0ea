import { Fault } from "@/lib/value/fault.ts";
import type { Json } from "@/lib/value/json.ts";
import { hasMoreValues, MOST_VALUES } from "@/lib/value/json_count.ts";
import { type BodyLimits, checkType, decode, readBytes } from "./arrival.ts";

/** Limits of {@linkcode readJson}. */
export interface JsonLimits extends Partial<BodyLimits> {
  /** How deep arrays and objects may lie in each other: `[]` is 1. Default 32. */
  readonly maxDepth?: number | undefined;
}

const MIB = 1024 * 1024;
const KEYS = new Set(["__proto__", "constructor", "prototype"]);
// An exponent of three digits, or so many digits that none is needed to be past all numbers. Each run of digits is looked
// at from its first one only: from each of its places it takes 0.2 s for 1 MB.
const HUGE = /\d[eE]\+?\d{3}|(?<!\d)\d{200}/;

/**
 * Reads a JSON body. Numbers are finite; no object has a key that a careless merge would follow to a prototype.
 *
 * @throws {Fault} `unsupported_type` when it is not sent as UTF-8 `application/json`; `too_large` past `maxBytes`
 * (default 1 MiB) and past 50,000 values; `bad_request` when it is not JSON, not UTF-8 or too deep; `bad_input` for a forbidden key or
 * number; `timeout` when it stalls; `cancelled` when the sender goes away.
 */
export async function readJson(request: Request, limits: JsonLimits = {}): Promise<Json> {
  const { maxBytes = MIB, maxDepth = 32, stallMs, graceMs } = limits;
  checkType(request, "application/json");
  const bytes = await readBytes(request, { maxBytes, stallMs, graceMs });
  const text = decode(bytes);
  if (hasMoreValues(text)) {
    throw new Fault("too_large", `The body has more than ${MOST_VALUES} values`);
  }
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Fault("bad_request", "The body is not valid JSON", { cause });
  }
  if (isSuspect(text, bytes, maxDepth)) check(value, maxDepth);
  return value;
}

// Looking at every value costs more than reading them, and almost no body needs it: an escape may hide a forbidden key,
// and only brackets can nest.
function isSuspect(text: string, bytes: Uint8Array, maxDepth: number): boolean {
  if (text.includes("__proto__") || text.includes('"constructor"') || text.includes('"prototype"')) {
    return true;
  }
  if (text.includes("\\u") || HUGE.test(text)) return true;
  // Each level takes two bytes, and most bodies have a bracket or three.
  if (bytes.length <= maxDepth * 2) return false;
  let brackets = 0;
  for (const bracket of "[{") {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      if (++brackets > maxDepth) return true;
    }
  }
  return false;
}

function check(root: Json, maxDepth: number): void {
  const values: Json[] = [root];
  const depths = [0];
  for (let value = values.pop(); value !== undefined; value = values.pop()) {
    const depth = depths.pop() as number;
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new Fault("bad_input", "The body has a number that is too large");
    }
    if (typeof value !== "object" || value === null) continue;
    if (depth === maxDepth) {
      throw new Fault("bad_request", `The body is nested more than ${maxDepth} levels deep`);
    }
    const inner = Array.isArray(value) ? value : Object.values(value as object) as Json[];
    if (inner.length > 0 && !Array.isArray(value)) {
      for (const key in value) {
        if (KEYS.has(key)) throw new Fault("bad_input", `The body has a key that is not allowed: ${key}`);
      }
    }
    for (const one of inner) {
      values.push(one);
      depths.push(depth + 1);
    }
  }
}
