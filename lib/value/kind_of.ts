/**
 * The kind of a value in two or three words, for messages: `text`, `a list`, `a Date`. Of texts and objects it says
 * no more: they may hold what is nobody's business.
 */
export function kindOf(value: unknown): string {
  if (value instanceof Promise) return "a promise: an await is missing";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return value === "" ? "empty text" : "text";
    case "function":
      return "a function";
    case "symbol":
      return "a symbol";
    case "bigint":
      return "a BigInt";
    case "object":
      return value === null ? "null" : classOf(value);
    case "undefined":
      return "nothing";
    default:
      return String(value);
  }
}

function classOf(value: object): string {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return "an object";
  const name = prototype.constructor?.name;
  if (typeof name !== "string" || name === "") return "an object of a class";
  return /^[AEIOU]/.test(name) ? `an ${name}` : `a ${name}`;
}
