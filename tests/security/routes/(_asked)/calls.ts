// CANARY_SRC: this comment stays on the server.
let calls = 0;

/** Counts that a handler was called. */
export function called(): void {
  calls++;
}

/** How often any handler was called. */
export function howOften(): number {
  return calls;
}

/** No action: what no client may call by whatever name. */
export function privateFn(): string {
  called();
  return "CANARY_FILE";
}
