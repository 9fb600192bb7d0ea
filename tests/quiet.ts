// deno-lint-ignore-file no-console -- what a test expects to be logged is kept off the report of the tests
/** Takes what is logged until it is disposed of. */
export function quiet(): Disposable & { readonly lines: readonly string[] } {
  const lines: string[] = [];
  const real = console.error;
  console.error = (...parts: unknown[]) => void lines.push(parts.map(String).join(" "));
  return { lines, [Symbol.dispose]: () => void (console.error = real) };
}
