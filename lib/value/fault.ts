/**
 * The closed table of refusals, with the meaning of each code in HTTP and JSON-RPC. `status` is the HTTP status,
 * `rpc` the JSON-RPC error number, `retry` whether the same call may succeed later.
 */
export const FAULTS = {
  bad_request: { status: 400, rpc: -32700, retry: false },
  unauthorized: { status: 401, rpc: -32001, retry: false },
  forbidden: { status: 403, rpc: -32003, retry: false },
  not_found: { status: 404, rpc: -32601, retry: false },
  method_not_allowed: { status: 405, rpc: -32600, retry: false },
  timeout: { status: 504, rpc: -32008, retry: true },
  conflict: { status: 409, rpc: -32009, retry: true },
  expired: { status: 410, rpc: -32010, retry: false },
  too_large: { status: 413, rpc: -32013, retry: false },
  unsupported_type: { status: 415, rpc: -32015, retry: false },
  bad_host: { status: 421, rpc: -32021, retry: false },
  bad_input: { status: 422, rpc: -32602, retry: false },
  refused: { status: 422, rpc: -32022, retry: false },
  rate_limited: { status: 429, rpc: -32029, retry: true },
  cancelled: { status: 499, rpc: -32099, retry: true },
  bad_output: { status: 500, rpc: -32050, retry: false },
  internal: { status: 500, rpc: -32603, retry: false },
  queue_full: { status: 503, rpc: -32053, retry: true },
  offline: { status: 503, rpc: -32054, retry: true },
  interrupted: { status: 503, rpc: -32055, retry: true },
  no_space: { status: 507, rpc: -32057, retry: true },
} as const;

/** The code of a {@linkcode Fault}: a key of {@linkcode FAULTS}. */
export type FaultCode = keyof typeof FAULTS;

/** Options of a {@linkcode Fault}. */
export interface FaultOptions {
  /** Key of the field the message belongs to; the page shows it there. */
  field?: string | undefined;
  /** Messages by field, for several wrong fields. */
  fields?: Readonly<Record<string, string>> | undefined;
  /** The internal cause. It stays in the log and never reaches a client. */
  cause?: unknown;
}

/** A fault as a client gets it: without its cause. */
export interface FaultJson {
  /** Key of {@linkcode FAULTS}. */
  code: FaultCode;
  /** For the person at the page. */
  message: string;
  /** Key of the field it belongs to. */
  field?: string | undefined;
  /** Messages by field, for several wrong fields. */
  fields?: Readonly<Record<string, string>> | undefined;
}

/**
 * A refusal that a person can act on. A handler throws it to show its message on the page. Any other error of a
 * handler is shown as a neutral `internal` text in production.
 *
 * @example
 * ```ts
 * import { Fault } from "atoll";
 * function divide(a: number, b: number): number {
 *   if (b === 0) throw new Fault("refused", "Cannot divide by zero", { field: "b" });
 *   return a / b;
 * }
 * ```
 */
export class Fault extends Error {
  /** Always `Fault`. */
  override readonly name = "Fault";
  /** Key of {@linkcode FAULTS}. */
  readonly code: FaultCode;
  /** Key of the field at fault, if there is one. */
  readonly field: string | undefined;
  /** Messages by field, for several wrong fields. */
  readonly fields: Readonly<Record<string, string>> | undefined;

  /** `message` is for the person at the page; `options.cause` for the log. */
  constructor(code: FaultCode, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.field = options.field;
    this.fields = options.fields;
  }

  /** The HTTP status of this fault's code. */
  get status(): number {
    return FAULTS[this.code].status;
  }

  /** The part of a fault that clients may see. */
  toJSON(): FaultJson {
    const json: FaultJson = { code: this.code, message: this.message };
    if (this.field !== undefined) json.field = this.field;
    if (this.fields !== undefined) json.fields = this.fields;
    return json;
  }
}
