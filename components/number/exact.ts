/** Whether a text of digits is an integer that a number holds without changing it: from 2^53 on some are not. */
export function isExact(text: string): boolean {
  return !/^-?\d+$/.test(text) || BigInt(text) === BigInt(Number(text));
}
