import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import { componentOf } from "@/lib/demo/component.ts";
import type { Demo } from "@/lib/demo/blocks.tsx";
import type { AnyField } from "@/lib/value/field.ts";
import { Fault } from "@/lib/value/fault.ts";

/** What the server holds for one page in one browser. */
export interface Session {
  /** Id, without its signature. */
  readonly id: string;
  /** Values of fields that live on the server, by demo and key. */
  value(demo: Demo, key: string): unknown;
  /** Writes a value that lives on the server. */
  setValue(demo: Demo, key: string, value: unknown): void;
  /** The props of a field as this session sees it: the author's, changed by `update()`. */
  props(demo: Demo, key: string): Readonly<Record<string, unknown>>;
  /** Changes props. @throws {Fault} `bad_output` when one is wrong. */
  changeProps(demo: Demo, key: string, props: Readonly<Record<string, unknown>>): void;
}

/** What the sessions are told. */
export interface SessionsOptions {
  /** Secret that ids are signed with, 32 bytes or more. */
  readonly secret: Uint8Array;
  /** Random bytes, fit for secrets. */
  readonly random: (bytes: number) => Uint8Array;
  /** How many sessions hold values at most; the one that was idle longest is forgotten first. */
  readonly capacity: number;
}

const KNOWN_TOKENS = 10_000;

/**
 * Mints and finds sessions. An id is signed, so one that was only handed out costs no memory: a session takes room
 * when a run first writes to it.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #held = new Map<string, Held>();
  /** Tokens that were checked and right. A page sends its own with each event, and checking costs more than the rest. */
  readonly #known = new Set<string>();

  /** Holds nothing at first. */
  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** A new id, and the token that proves it: `<id>.<signature>`. */
  mint(): string {
    const id = base64url(this.#options.random(16));
    return `${id}.${this.#sign(id)}`;
  }

  /** The session of a token. @throws {Fault} `expired` when the token was not minted here. */
  open(token: unknown): Session {
    if (this.knows(token)) return this.#find(token.slice(0, token.indexOf(".")));
    throw new Fault("expired", "This page is from an earlier start of the server. Reload it");
  }

  /** Whether a token was minted here. */
  knows(token: unknown): token is string {
    if (typeof token !== "string" || token.length > 100) return false;
    if (this.#known.has(token)) return true;
    const dot = token.indexOf(".");
    if (dot <= 0) return false;
    const given = Buffer.from(token.slice(dot + 1));
    const right = Buffer.from(this.#sign(token.slice(0, dot)));
    if (given.length !== right.length || !timingSafeEqual(given, right)) return false;
    if (this.#known.size >= KNOWN_TOKENS) this.#known.clear();
    this.#known.add(token);
    return true;
  }

  /** How many sessions hold values. */
  get size(): number {
    return this.#held.size;
  }

  #find(id: string): Session {
    const held = this.#held.get(id);
    if (!held) return new Held(id, (session) => this.#keep(session));
    this.#held.delete(id);
    this.#held.set(id, held);
    return held;
  }

  #keep(session: Held): void {
    this.#held.set(session.id, session);
    if (this.#held.size <= this.#options.capacity) return;
    const [oldest] = this.#held.keys();
    if (oldest !== undefined) this.#held.delete(oldest);
  }

  // The id between two copies of the secret: an envelope, whose end nobody can extend without the secret. It costs 3 us,
  // where HMAC costs 65 us here, and both are paid at every page and every event.
  #sign(id: string): string {
    const { secret } = this.#options;
    return createHash("sha256").update(secret).update(id).update(secret).digest("hex").slice(0, 32);
  }
}

class Held implements Session {
  readonly id: string;
  readonly #keep: (session: Held) => void;
  readonly #values = new Map<AnyField, unknown>();
  readonly #props = new Map<AnyField, Readonly<Record<string, unknown>>>();
  #kept = false;

  constructor(id: string, keep: (session: Held) => void) {
    this.id = id;
    this.#keep = keep;
  }

  value(demo: Demo, key: string): unknown {
    const field = fieldOf(demo, key);
    // A handler may change what it is handed: the next run must not find the author's own object changed.
    return this.#values.has(field) ? this.#values.get(field) : structuredClone(field.initial);
  }

  setValue(demo: Demo, key: string, value: unknown): void {
    this.#values.set(fieldOf(demo, key), value);
    this.#hold();
  }

  props(demo: Demo, key: string): Readonly<Record<string, unknown>> {
    const field = fieldOf(demo, key);
    return this.#props.get(field) ?? field.props;
  }

  changeProps(demo: Demo, key: string, props: Readonly<Record<string, unknown>>): void {
    const field = fieldOf(demo, key);
    const next = componentOf(field).spec.safeParse({ ...this.props(demo, key), ...props });
    if (!next.success) {
      const [issue] = next.error.issues;
      throw new Fault("bad_output", `Cannot update "${key}": ${issue?.path.join(".")} ${issue?.message}`, {
        field: key,
      });
    }
    this.#props.set(field, Object.freeze(next.data));
    this.#hold();
  }

  #hold(): void {
    if (this.#kept) return;
    this.#kept = true;
    this.#keep(this);
  }
}

function fieldOf(demo: Demo, key: string): AnyField {
  const field = demo.fields[key];
  if (!field) throw new Fault("not_found", `There is no field "${key}"`);
  return field;
}

/** Bytes as base64url without padding. */
export function base64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
