/** How often a test does something. */
export interface Amounts {
  /** In `deno task test`: enough to notice that something is broken. */
  readonly gate: number;
  /** In `deno task proof`: enough to rely on. */
  readonly proof: number;
}

/** Which of the amounts this run is about. `deno task proof` sets `PROOF=1`. */
export function amount({ gate, proof }: Amounts): number {
  return Deno.env.get("PROOF") === "1" ? proof : gate;
}
