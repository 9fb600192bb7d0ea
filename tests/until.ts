const TRIES = 6000;
const PAUSE_MS = 10;

/**
 * Asks until the answer is as it has to be, and gives it. Nothing tells a test of what happens in another process, so it
 * asks again and again: for a minute at least, which is far more than anything takes that is in order.
 */
export async function until<T>(
  ask: () => T | Promise<T>,
  holds: (answer: T) => boolean = Boolean,
  { tries: most = TRIES, what = JSON.stringify }: {
    readonly tries?: number | undefined;
    /** What to say of the last answer. */
    readonly what?: (last: T) => string;
  } = {},
): Promise<T> {
  let answer = await ask();
  for (let tries = 1; !holds(answer); tries++) {
    if (tries >= most) throw new Error(`It did not come to that: ${what(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    answer = await ask();
  }
  return answer;
}
