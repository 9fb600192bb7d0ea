import type { z } from "zod";
import { kindOf } from "@/lib/value/kind_of.ts";

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

/**
 * As {@linkcode tell}, of a value that a handler gave: `Volume must be a number, but the handler gave text`. `wire` is what
 * was checked: what the component made of the value.
 */
export function tellGiven(name: string, error: z.ZodError, given: unknown, wire: unknown): string {
  const told = tell(name, error);
  const [issue] = error.issues;
  // A component's own words say all there is to say.
  if (issue?.code === "custom") return told;
  return `${told}, but the handler gave ${kindOf(issue?.path.length ? valueAt(wire, issue.path) : given)}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
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
