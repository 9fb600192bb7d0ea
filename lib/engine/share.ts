/** How far a handler is, as it is told to the page: `done` of `total`, or a share from 0 to 1. */
export interface Share {
  readonly done: number;
  readonly total?: number | undefined;
}

// 0.1 + 0.2 + 0.7 is a little more than 1.
const ROUNDING = 1e-9;

/**
 * Reads what a handler says of its progress. More than `total` counts as all: totals are often guessed. Nothing of nothing
 * is all as well.
 *
 * @throws {RangeError} when it is no share: not a finite number, less than 0, or more than 1 without a total.
 */
export function shareOf(done: number, total?: number): Share {
  if (!isCount(done) || !(total === undefined || isCount(total))) {
    const given = total === undefined ? `${done}` : `${done}, ${total}`;
    throw new RangeError(`Cannot tell progress(${given}): both must be finite numbers of at least 0`);
  }
  if (total === undefined) {
    if (done <= 1 + ROUNDING) return { done: Math.min(done, 1) };
    throw new RangeError(
      `Cannot tell progress(${done}): without a total it takes a share from 0 to 1. Write progress(${done}, total)`,
    );
  }
  return total === 0 ? { done: 1 } : { done: Math.min(done, total), total };
}

/** Whether {@linkcode shareOf} takes it. */
export function isShare(done: number, total?: number): boolean {
  return isCount(done) && (total === undefined ? done <= 1 + ROUNDING : isCount(total));
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
