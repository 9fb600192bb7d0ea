import type { z } from "zod";

/** Says to a person what is wrong with a value, in one sentence: `Volume must be at most 10`. */
export function tell(name: string, error: z.ZodError): string {
  const [issue] = error.issues;
  if (!issue) return `${name} is not valid`;
  const what = issue.path.length === 0 ? name : `${name}, at ${issue.path.join(".")},`;
  switch (issue.code) {
    case "too_big":
      return issue.origin === "string"
        ? `${what} must have at most ${issue.maximum} characters`
        : issue.origin === "array"
        ? `${what} must have at most ${issue.maximum} entries`
        : `${what} must be ${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}`;
    case "too_small":
      return issue.origin === "string"
        ? `${what} must have at least ${issue.minimum} characters`
        : issue.origin === "array"
        ? `${what} must have at least ${issue.minimum} entries`
        : `${what} must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`;
    case "not_multiple_of":
      return `${what} must be a multiple of ${issue.divisor}`;
    case "invalid_type":
      return `${what} must be ${article(issue.expected)}`;
    case "invalid_value":
      return `${what} must be one of ${
        issue.values.slice(0, 20).map((value) => JSON.stringify(value)).join(", ")
      }`;
    case "custom":
      return issue.message.startsWith(name) ? issue.message : `${what} ${issue.message}`;
    default:
      return `${what} is not valid: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
  }
}

/** As {@linkcode tell}, of a value that a handler gave: `Volume must be a number, but the handler gave text`. */
export function tellGiven(name: string, error: z.ZodError, given: unknown): string {
  const told = tell(name, error);
  // A component's own words say all there is to say.
  return error.issues[0]?.code === "custom" ? told : `${told}, but the handler gave ${kindOf(given)}`;
}

// Of texts and objects only what they are: they may hold what is nobody's business.
function kindOf(given: unknown): string {
  if (given instanceof Promise) return "a promise: an await is missing";
  if (Array.isArray(given)) return "a list";
  switch (typeof given) {
    case "string":
      return given === "" ? "empty text" : "text";
    case "function":
      return "a function";
    case "object":
      return given === null ? "null" : "an object";
    case "undefined":
      return "nothing";
    default:
      return String(given);
  }
}

function article(type: string): string {
  switch (type) {
    case "string":
      return "text";
    case "int":
      return "a whole number";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    case "array":
      return "a list";
    default:
      return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
  }
}
