/** Where a slider's positions are. */
export interface Steps {
  readonly min: number;
  readonly max: number;
  readonly step?: number | undefined;
}

// What is left of a division of decimal fractions, as a share of a step.
const ROUNDING = 1e-6;

/** The position next to a number; the number itself where any is one. The right end is one, too. */
export function nearest(value: number, { min, max, step }: Steps): number {
  if (step === undefined || value === max) return value;
  const digits = Math.max(decimals(step), decimals(min));
  return Number((min + Math.round((value - min) / step) * step).toFixed(digits));
}

/** Whether a slider can stand at a number. */
export function isPosition(value: number, steps: Steps): boolean {
  return steps.step === undefined || Math.abs(nearest(value, steps) - value) <= ROUNDING * steps.step;
}

function decimals(value: number): number {
  const [, fraction = "", exponent = "0"] = /^-?\d+(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  return Math.min(Math.max(fraction.length - Number(exponent), 0), 100);
}
