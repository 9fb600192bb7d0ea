import { isExact } from "./exact.ts";

/** What limits the numbers of a box. */
export interface Limits {
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly precision?: number | undefined;
}

/** Says to a person what is wrong with the text of a box, as the server says it; nothing for a number that it accepts. */
export function wordsFor(
  name: string,
  { value, validity }: Pick<HTMLInputElement, "value"> & {
    readonly validity: { readonly badInput: boolean };
  },
  { minimum = -Infinity, maximum = Infinity, precision }: Limits,
): string | undefined {
  if (validity.badInput) return `${name} must be a number`;
  if (value === "") return undefined;
  const typed = Number(value);
  if (typed < minimum) return `${name} must be at least ${minimum}`;
  if (typed > maximum) return `${name} must be at most ${maximum}`;
  if (precision === 0 && !Number.isInteger(typed)) return `${name} must be a whole number`;
  if (!isExact(value)) return `${name} has more digits than a number can keep`;
  return undefined;
}
