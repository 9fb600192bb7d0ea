/**
 * About how many bytes a value takes: letters, bytes of buffers, and a little for every number and entry. Stops
 * counting when it is past `most`, so that a huge value costs no more than the bound that it breaks.
 */
export function weigh(value: unknown, most = Infinity): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 8;
  let sum = 0;
  const seen = new Set<object>();
  const todo: unknown[] = [value];
  while (todo.length > 0 && sum <= most) {
    const one = todo.pop();
    if (typeof one === "string") sum += one.length;
    else if (typeof one !== "object" || one === null) sum += 8;
    else if (!seen.has(one)) {
      seen.add(one);
      sum += 16;
      if (one instanceof ArrayBuffer || ArrayBuffer.isView(one)) sum += one.byteLength;
      else if (one instanceof Blob) sum += one.size;
      else if (one instanceof Map) { for (const entry of one) todo.push(entry[0], entry[1]); }
      else if (one instanceof Set || Array.isArray(one)) { for (const entry of one) todo.push(entry); }
      else {
        for (const key in one) {
          sum += key.length;
          todo.push((one as Record<string, unknown>)[key]);
        }
      }
    }
  }
  return sum;
}
