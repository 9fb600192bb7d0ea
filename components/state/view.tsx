/** Nothing: a state is never drawn. */
export function StateView(): null {
  return null;
}
