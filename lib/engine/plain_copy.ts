/**
 * A copy of plain data: records, lists, maps, sets, dates and bytes. Everything else, such as an object of a class or a
 * function somewhere in it, is given back as it is.
 */
export function plainCopy<T>(value: T): T {
  return typeof value === "object" && value !== null && isPlain(value) ? structuredClone(value) : value;
}

function isPlain(value: object): boolean {
  const seen = new Set<object>();
  const todo: unknown[] = [value];
  while (todo.length > 0) {
    const one = todo.pop();
    if (typeof one === "function" || typeof one === "symbol") return false;
    if (typeof one !== "object" || one === null || seen.has(one)) continue;
    seen.add(one);
    switch (Object.getPrototypeOf(one)) {
      case Object.prototype:
      case null:
        for (const key in one) todo.push((one as Record<string, unknown>)[key]);
        break;
      case Array.prototype:
        for (const entry of one as unknown[]) todo.push(entry);
        break;
      case Map.prototype:
        for (const [key, entry] of one as Map<unknown, unknown>) todo.push(key, entry);
        break;
      case Set.prototype:
        for (const entry of one as Set<unknown>) todo.push(entry);
        break;
      case Date.prototype:
      case ArrayBuffer.prototype:
        break;
      default:
        if (!ArrayBuffer.isView(one)) return false;
    }
  }
  return true;
}
